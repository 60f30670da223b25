/** Files whose numbers are written in all the ways in which people write them. */
import type { Options, Spec } from "../oracle/oracle.ts";
import type { NumberOptions } from "../oracle/decimal_marks.ts";
import type { Dice } from "./dice.ts";
import {
  ambiguous,
  badNumber,
  borderline,
  mixedMoney,
  money,
  type NumberMaker,
  shaped,
  small,
  someWriting,
  written,
} from "./number_cells.ts";
import { padded } from "./text_cells.ts";

const FIELDS = ["region", "product", "revenue", "quantity", "discount"] as const;
const NUMBER_FIELDS = ["revenue", "quantity", "discount"] as const;
type Maker = (dice: Dice, row: number) => string;

export interface NumberFile {
  text: string;
  /** Of a file that isn't plain. */
  dialect?: Spec["dialect"];
  options: Partial<Options>;
  limits: { sampleRecordsMax?: number; blockBytes?: number };
}

/** A file, and how it is to be read. */
export function numberFile(dice: Dice): NumberFile {
  const delimiter = dice.weighted([[5, ","], [4, ";"], [1, "\t"]]);
  const makers: Record<typeof FIELDS[number], Maker> = {
    region: () => dice.pick(["East", "West", "North;South", "a,b"]),
    product: () => dice.pick(["p", "1.234", "$1.234", "1.234.567", '"q"', "1,5"]),
    revenue: someColumn(dice),
    quantity: someColumn(dice),
    discount: someColumn(dice),
  };
  const columns = dice.chance(0.5) ? FIELDS : dice.shuffled(FIELDS);
  const labels = columns.map((field) => labelOf(dice, field));
  const rows = dice.times(0, dice.pick([6, 20, 60]), () => null).map((_, row) => {
    const cells = columns.map((field) => padded(dice, makers[field](dice, row), 0.05));
    return dice.weighted<() => string[]>([
      [30, () => cells],
      [1, () => cells.slice(1)],
      [1, () => []],
      [1, () => labels],
      [0.5, () => cells.with(dice.whole(0, 4), 'x"y')],
    ])();
  });
  const end = dice.pick(["\n", "\r\n", "\r"]);
  const text = [labels, ...rows].map((cells) =>
    cells.map((cell) => quoted(dice, cell, delimiter)).join(delimiter) + end
  ).join("");
  return {
    text: dice.chance(0.1) ? `\ufeff${text}` : text,
    ...(delimiter !== "," && { dialect: dialectOf(delimiter) }),
    options: {
      ...someOptions(dice),
      columns: Object.fromEntries(
        columns.flatMap((field, index) =>
          labels[index].endsWith("rate (%)") ? [[field, labels[index]]] : []
        ),
      ),
    },
    limits: {
      ...(dice.chance(0.4) && { sampleRecordsMax: dice.whole(1, 12) }),
      ...(dice.chance(0.3) && { blockBytes: dice.whole(1, 400) }),
    },
  };
}

/** A dialect as it would have been detected. */
function dialectOf(delimiter: string): Spec["dialect"] {
  const quotes = { quote: '"', escape: "doubled", newline: "lf", confidence: 1 };
  return { encoding: "utf-8", delimiter, ...quotes };
}

/** One way to write numbers for all rows, or several; or another one from some row on. */
function someColumn(dice: Dice): Maker {
  const one = (): NumberMaker =>
    dice.weighted<() => NumberMaker>([
      [4, () => written(someWriting(dice))],
      [2, () => small],
      [1, () => money],
      [1, () => shaped],
      [0.5, () => mixedMoney],
      [2, () => ambiguous],
    ])();
  const first = one();
  const odd: NumberMaker = dice.pick([borderline, badNumber, borderline]);
  const oddity = dice.pick([0, 0.05, 0.3]);
  const last = dice.chance(0.4) ? one() : first;
  const change = dice.whole(0, 15);
  return (dice, row) => {
    if (dice.chance(oddity)) return odd(dice);
    return row < change ? first(dice) : last(dice);
  };
}

function labelOf(dice: Dice, field: typeof FIELDS[number]): string {
  if (field === "discount" && dice.chance(0.3)) return dice.pick(["Discount %", "discount %"]);
  if (NUMBER_FIELDS.some((name) => name === field) && dice.chance(0.05)) return `${field} rate (%)`;
  return field;
}

function someOptions(dice: Dice): NumberOptions {
  const some = () => NUMBER_FIELDS.filter(() => dice.chance(0.5));
  return {
    decimal_mark: dice.chance(0.15)
      ? Object.fromEntries(some().map((field) => [field, dice.pick([".", ","] as const)]))
      : {},
    percent: dice.chance(0.15) ? some() : null,
  };
}

function quoted(dice: Dice, cell: string, delimiter: string): string {
  const must = /["\r\n]/.test(cell) || cell.includes(delimiter);
  return must || dice.chance(0.1) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
