/** Files whose columns are told by options, and the options: mostly such as fit the file. */
import type { ColumnOptions } from "../oracle/header.ts";
import type { Dice } from "./dice.ts";
import {
  assemble,
  cell,
  type Column,
  FIELDS,
  line,
  someColumns,
  type Style,
  variant,
} from "./sales_file.ts";

export interface MappedFile {
  text: string;
  options: Partial<ColumnOptions>;
}

/** Labels that a user has to name, some of which look like something else. */
const STRANGE_LABELS = [
  ...["Net Sales", "2023", "1e 5", "N/A", "inf", "12", "Ümsatz", "ΣΑΣ", "İl", "\u212api", "@x"],
  ...["[y]", "📦", "a,b", 'say "x"', "total", "Region total", "%", "column 1", "is_anomaly"],
];

export function mappedFile(dice: Dice, style: Style): MappedFile {
  return dice.weighted([[5, labelled], [3, headless]])(dice, style);
}

/** Some fields have strange labels, which options name. */
function labelled(dice: Dice, style: Style): MappedFile {
  const columns = someColumns(dice, style);
  const labels = dice.shuffled(STRANGE_LABELS);
  const named: ColumnOptions["columns"] = {};
  for (const column of columns) {
    if (column.field === null || dice.chance(0.4)) continue;
    column.label = labels.pop()!;
    named[column.field] = dice.chance(0.7) ? column.label : variant(dice, column.label);
  }
  const optional = dice.chance(0.4);
  const at = columns.findIndex(({ field }) => field === "discount");
  if (optional && dice.chance(0.7)) {
    columns.splice(at, 1);
    // Asked for all the same, it is missing.
    if (dice.chance(0.8)) delete named.discount;
  }
  dice.weighted<() => void>([
    [8, () => {}],
    // The name of a field, or one of its aliases, on a column that isn't it.
    [3, () => columns.push({ label: dice.pick([...FIELDS, "qty", "Sales", "sku"]), field: null })],
    [1, () => columns.push({ label: dice.pick([...Object.values(named), "x"]), field: null })],
    [1, () => named[dice.pick(FIELDS)] = dice.pick(["no such label", "Sale", "regions"])],
    // One field takes the column of another.
    [1, () => {
      const [taker, loser] = dice.shuffled(FIELDS);
      if (named[loser] === undefined) named[taker] = loser;
    }],
  ])();
  const header = columns.map(({ label }) => cell(dice, label, style.quotes)).join();
  return {
    text: assemble(dice, style, [header, ...rows(dice, style, columns)]),
    options: {
      columns: named,
      discount: optional ? "optional" : "required",
    },
  };
}

/** Rows only; options name the fields by their positions. */
function headless(dice: Dice, style: Style): MappedFile {
  const columns = someColumns(dice, style);
  const optional = dice.chance(0.3);
  if (optional && dice.chance(0.7)) {
    columns.splice(columns.findIndex(({ field }) => field === "discount"), 1);
  }
  const named: ColumnOptions["columns"] = {};
  columns.forEach(({ field }, index) => {
    if (field !== null) named[field] = dice.pick(["", "", "0"]) + (index + 1);
  });
  dice.weighted<() => void>([
    [8, () => {}],
    [1, () => delete named[dice.pick(FIELDS)]],
    [1, () => named[dice.pick(FIELDS)] = String(columns.length + dice.whole(1, 3))],
  ])();
  // Labels that such columns get, as a row.
  const lines = rows(dice, style, columns.map(({ field }) => ({ field, label: field ?? "x" })));
  return {
    text: assemble(dice, style, lines),
    options: { columns: named, header: "none", discount: optional ? "optional" : "required" },
  };
}

function rows(dice: Dice, style: Style, columns: readonly Column[]): string[] {
  return dice.times(...style.rows, () => line(dice, style, columns));
}
