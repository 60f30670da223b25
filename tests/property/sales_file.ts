/** Sales files: a header, and rows with faults of every kind among them. */
import { ALIASES } from "../oracle/header.ts";
import type { Dice } from "./dice.ts";
import { formulaLine, loneLine, tableEnd } from "./lone_lines.ts";
import { badNumber, money, type NumberMaker, shaped, small, zero } from "./number_cells.ts";
import { noText, padded, region, someRegions, text, totalsWord, whiteSpace } from "./text_cells.ts";

export const FIELDS = ["region", "product", "revenue", "quantity", "discount"] as const;
type Field = (typeof FIELDS)[number];

/** How one file is written. */
export interface Style {
  /** How likely a row has a fault, or is no row at all. */
  faults: number;
  rows: [least: number, most: number];
  revenue: NumberMaker;
  quantity: NumberMaker;
  discount: NumberMaker;
  regions: readonly string[];
  /** How likely a cell is quoted without need. */
  quotes: number;
  lineEnds: readonly string[];
  /** Added columns, and labels written in other ways. */
  fancyHeader: boolean;
}

export function someStyle(dice: Dice): Style {
  const numbers = dice.pick([money, money, shaped]);
  return {
    faults: dice.pick([0, 0.05, 0.3, 0.7]),
    rows: dice.weighted([[8, [0, 12]], [2, [10, 40]]]),
    revenue: numbers,
    quantity: dice.pick([small, small, shaped]),
    discount: numbers,
    regions: someRegions(dice),
    quotes: dice.pick([0, 0.1, 0.5, 1]),
    lineEnds: dice.pick([["\n"], ["\n"], ["\r\n"], ["\r"], ["\n", "\r\n", "\r"]]),
    fancyHeader: dice.chance(0.7),
  };
}

/** One column of a generated file. */
export interface Column {
  label: string;
  field: Field | null;
}

/** A whole file, as text (see `file_text.ts`). */
export function salesFile(dice: Dice, style: Style): string {
  const columns = someColumns(dice, style);
  const header = columns.map(({ label }) => cell(dice, label, style.quotes)).join(",");
  const rows = dice.times(...style.rows, () => line(dice, style, columns));
  if (style.faults > 0) {
    dice.times(0, 2, () => {
      const at = dice.chance(0.5) ? rows.length : dice.whole(0, rows.length);
      rows.splice(at, 0, ...tableEnd(dice, columns, header));
    });
  }
  return assemble(dice, style, [header, ...rows]);
}

/** Lines with their ends, and what may stand around them. */
export function assemble(dice: Dice, style: Style, lines: string[]): string {
  const end = () => dice.pick(style.lineEnds);
  const blanks = () => dice.chance(style.faults / 3) ? blank(dice) + end() : "";
  const mark = dice.weighted([[8, ""], [2, "\ufeff"], [0.3, "\ufeff\ufeff"]]);
  const all = lines.map((line) => blanks() + line + end()).join("") + blanks();
  return mark + (dice.chance(0.5) ? withoutLastEnd(all) : all);
}

function withoutLastEnd(text: string): string {
  return text.replace(/(\r\n|\n|\r)$/, "");
}

/** The columns of a file that is accepted: each field once, in any order, among any others. */
export function someColumns(dice: Dice, style: Style): Column[] {
  const byAlias = () => style.fancyHeader && dice.chance(0.15);
  const names = FIELDS.map((field) => byAlias() ? dice.pick(ALIASES[field]) : field);
  const schema = FIELDS.map((field, index): Column => {
    return { label: style.fancyHeader ? variant(dice, names[index]) : field, field };
  });
  if (!style.fancyHeader) return dice.chance(0.5) ? schema : dice.shuffled(schema);
  const others = dice.times(0, 4, (): Column => ({ label: otherLabel(dice), field: null }));
  // An exact name wins over aliases, however many there are.
  const exact = FIELDS.filter((field, index) => names[index] === field);
  if (exact.length > 0 && dice.chance(0.2)) {
    const label = () => variant(dice, dice.pick(ALIASES[dice.pick(exact)]));
    others.push(...dice.times(1, 3, (): Column => ({ label: label(), field: null })));
  }
  return dice.shuffled([...schema, ...others]);
}

/** Another way to write a label that compares equal. */
export function variant(dice: Dice, label: string): string {
  return dice.pick([
    label,
    label.toUpperCase(),
    label[0].toUpperCase() + label.slice(1),
    padded(dice, label, 0.8),
    label.replaceAll(" ", "_ -"),
    `${label}_`,
    `-${label} -`,
    `\n${label}\r\n`,
  ]);
}

function otherLabel(dice: Dice): string {
  return dice.pick([
    ...["note", "note", "", " ", "_", "_line", "_region", "__x", " _raw", "date", "re gion", "a,b"],
    ...[
      "rev_per_unit",
      "Rev Per-Unit",
      "REV__PER UNIT ",
      "is_anomaly",
      "Z score",
      "z_score (input)",
    ],
    ...['say "x"', "two\nlines", "📦", "revenues", "region name", "\u0000"],
  ]);
}

/** One line, or several if its record spans them; sometimes none that is a row. */
export function line(dice: Dice, style: Style, columns: readonly Column[]): string {
  const values = columns.map(({ field }) => goodValue(dice, style, field));
  if (!dice.chance(style.faults)) {
    return values.map((value) => cell(dice, value, style.quotes)).join();
  }

  const at = (field: Field) => columns.findIndex((column) => column.field === field);
  const raw = () => values.map((value) => cell(dice, value, style.quotes));
  const replaced = (cells: string[], index: number, made: string) => cells.with(index, made).join();
  const anywhere = dice.whole(0, columns.length - 1);
  return dice.weighted<() => string>([
    [6, () => {
      for (const field of dice.shuffled(FIELDS).slice(0, dice.weighted([[3, 1], [1, 2], [1, 4]]))) {
        values[at(field)] = badValue(dice, field);
      }
      return raw().join();
    }],
    [2, () => replaced(raw(), at("quantity"), zero(dice))],
    [1, () => raw().with(at("revenue"), "1e300").with(at("quantity"), "-1e-300").join()],
    [1, () => raw().slice(0, dice.whole(1, columns.length - 1)).join()],
    [1, () => [...raw(), ...dice.times(1, 3, () => dice.pick(["", "x", '""', "1"]))].join()],
    [2, () => replaced(raw(), anywhere, badQuote(dice))],
    [2, () => replaced(raw(), anywhere, dice.pick(['"abc', '"', '"""', '"a""', '"x\ny,"",z']))],
    [1, () => replaced(raw(), anywhere, dice.pick(['a"b', ' "a"', 'a""', ' "', '5"', 'x"y"']))],
    [2, () => {
      values[anywhere] += noText(dice) + dice.pick(["", "", "x"]);
      return raw().join();
    }],
    [1, () => raw().with(anywhere, noText(dice)).slice(dice.whole(0, 1)).join()],
    [1, () => replaced(raw(), anywhere, `"${text(dice).replaceAll('"', '""')}${noText(dice)}"z`)],
    [1, () => columns.map(({ label }) => cell(dice, label, style.quotes)).join()],
    [1, () => columns.map(({ field }) => ` ${field?.toUpperCase() ?? "x"}_`).join()],
    [
      1,
      () =>
        columns.map(({ label, field }) =>
          cell(dice, field === null ? "x" : variant(dice, label), style.quotes)
        ).join(),
    ],
    [2, () => {
      values[at("region")] = totalsWord(dice);
      return raw().join();
    }],
    [1, () => ",".repeat(dice.whole(1, columns.length))],
    [
      1,
      () => dice.pick(['""', '" "', "x", "\ufeff,", noText(dice), whiteSpace(dice) + noText(dice)]),
    ],
    [2, () => blank(dice)],
    [2, () => loneLine(dice, columns.length)],
    [1, () => formulaLine(dice, columns)],
  ])();
}

function goodValue(dice: Dice, style: Style, field: Field | null): string {
  switch (field) {
    case "region":
      return region(dice, style.regions);
    case "revenue":
    case "quantity":
    case "discount":
      return padded(dice, style[field](dice), 0.05);
    case "product":
      return text(dice) + "p"; // never missing
    case null:
      return dice.chance(0.3) ? "" : text(dice);
  }
}

function badValue(dice: Dice, field: Field): string {
  if (field === "region" || field === "product") return dice.pick(["", " ", "\u2003\t", "\n"]);
  return badNumber(dice);
}

function badQuote(dice: Dice): string {
  return dice.pick(['"a"b', '""x', '"a" ', '"a"b"c"', '"a\nb"c', '"x""y"z', '"\r"\t', '"a"\u00a0']);
}

function blank(dice: Dice): string {
  return dice.chance(0.5) ? "" : whiteSpace(dice);
}

/** A value as a cell of a file: quoted where it must be, and sometimes where it needn't. */
export function cell(dice: Dice, value: string, quotes: number): string {
  const must = /[,\r\n]/.test(value) || value.startsWith('"');
  return must || dice.chance(quotes) ? `"${value.replaceAll('"', '""')}"` : value;
}
