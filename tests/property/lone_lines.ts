/** Lines that are no rows, or look like it: notes, titles, formulas, and what stands among them. */
import type { Dice } from "./dice.ts";
import type { Column } from "./sales_file.ts";
import { noText, padded, text } from "./text_cells.ts";

const NOTES = [
  ...[
    "* preliminary figures",
    "*x",
    "† Ж",
    "‡a",
    "§ 5a",
    "©Acme",
    "¹e\u0301",
    "³ a",
    "# by hand",
    "#\u00a0é",
  ],
  ...["Source: ERP export", "Région: x", "Ж.-' a:", `A${"b".repeat(39)}:`, "N\u0303o:te"],
  ...[
    "Generated 2024-01-01",
    "source erp",
    "NOTES  and more",
    "As of today",
    "end of report",
    "Stand 1. Mai",
  ],
  ...["Page 3", "SEITE\u20031 von 2", "Report €5"],
];

const NO_NOTES = [
  ...["*", "** 5", "†‡", "#x", "#", "12:30", "A1: x", ":a", `A${"b".repeat(40)}:`, "\u0303a:"],
  ...[
    "source",
    "sources",
    "Sourcery x",
    "source - erp",
    "note,x",
    "as offered",
    "Page",
    "Page x",
    "pages 3",
  ],
  ...[
    "New York",
    "Sales Q2",
    "Sales\nQ2",
    "Q2",
    "2024 2025",
    "x",
    "-",
    "NA",
    "Total",
    "12.50",
    "=SUM(C2:C9)",
  ],
];

const FORMULAS = [
  "=SUM(C2:C99)",
  "=subtotal(9, $C$2:C$10)",
  "= Summe.Wenn(1;A1:A3)",
  "=É1( b1 : b2 )",
];
const NO_FORMULAS = [
  "=SUM(C2:D9)",
  "=C2*D2",
  "=SUM(c2:C9)",
  "=SUM(C2)",
  "=1(C1:C2)",
  "=",
  "=SUM(ABCD1:ABCD2)",
];

/** A record with one cell that isn't empty, or nearly so. */
export function loneLine(dice: Dice, columns: number): string {
  const word = dice.weighted([[4, dice.pick(NOTES)], [2, dice.pick(NO_NOTES)], [1, text(dice)]]);
  const long = dice.chance(0.05) ? word + "x".repeat(dice.whole(900, 1_010) - word.length) : word;
  const value = padded(dice, long, 0.1);
  const isQuoted = /[",\r\n]/.test(value) || dice.chance(0.2);
  const cell = isQuoted ? `"${value.replaceAll('"', '""')}"` : value;
  const empty = () => dice.weighted([[9, ""], [1, dice.pick(['""', " ", "\u2003", '"\n"'])]]);
  const cells = dice.weighted([[2, 1], [2, columns], [1, dice.whole(1, columns + 2)]]);
  const at = dice.chance(0.6) ? 0 : dice.whole(0, cells - 1);
  const made = Array.from({ length: cells }, (_, index) => index === at ? cell : empty());
  if (dice.chance(0.05)) made[dice.whole(0, cells - 1)] += dice.pick(["x", noText(dice), '"']);
  return made.join();
}

/** A row in which spreadsheets add up what stands above; or nearly so. */
export function formulaLine(dice: Dice, columns: readonly Column[]): string {
  const others = dice.chance(0.7) ? ["", "NA"] : ["", "1", "x", dice.pick(NO_FORMULAS)];
  return columns.map(({ field }) => {
    if (field === null || field === "region" || field === "product") return dice.pick(["", "x"]);
    const made = dice.chance(0.6) ? dice.pick(FORMULAS) : dice.pick(others);
    return `"${padded(dice, made, 0.1)}"`;
  }).join();
}

/**
 * Lines with what may stand where a table ends: lone records, blank lines, totals, and maybe the header again.
 *
 * @param header the line of the header
 */
export function tableEnd(dice: Dice, columns: readonly Column[], header: string): string[] {
  const many = dice.weighted([[9, 3], [1, 24]]);
  const lines = dice.times(0, many, () =>
    dice.weighted<() => string>([
      [12, () => loneLine(dice, columns.length)],
      [3, () => ""],
      [1, () => columns.map(({ field }) => field === "region" ? "Total" : "").join()],
      [1, () => formulaLine(dice, columns)],
    ])());
  return dice.chance(0.5) ? [...lines, header] : lines;
}
