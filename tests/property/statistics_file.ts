/** Files of whole rows whose numbers strain mean, deviation, threshold and sums. */
import type { Dice } from "./dice.ts";
import { extreme, midpoint, money, spellings } from "./number_cells.ts";
import { assemble, cell, someColumns, type Style } from "./sales_file.ts";

/** Revenue and quantity of each row, and a k that goes with them. */
interface Series {
  rows: [revenue: string, quantity: string][];
  k: number;
}

const ANY_K = [2, 2, 1.5, 3, 0.5, 0.1, 100, 1e-300, 5e-324, 1e-9, 99.99999999999999];

export function statisticsFile(dice: Dice, style: Style): { text: string; k: number } {
  const { rows, k } = someSeries(dice);
  const columns = someColumns(dice, style);
  const header = columns.map(({ label }) => cell(dice, label, style.quotes)).join();
  const lines = dice.shuffled(rows).map(([revenue, quantity]) => {
    const values = { revenue, quantity, discount: dice.pick([extreme, midpoint])(dice) };
    return columns.map(({ field }) => {
      if (field === "region") return cell(dice, dice.pick(style.regions), style.quotes);
      if (field === "product" || field === null) return "p";
      return values[field];
    }).join();
  });
  return { text: assemble(dice, style, [header, ...lines]), k };
}

function someSeries(dice: Dice): Series {
  const k = dice.pick(ANY_K);
  const ones = (revenues: string[]): Series["rows"] => revenues.map((revenue) => [revenue, "1"]);
  const copies = (revenue: string, least: number, most: number) =>
    dice.times(least, most, () => revenue);
  return dice.weighted<() => Series>([
    [4, () => ({ k, rows: dice.times(1, 12, () => [extreme(dice), extreme(dice)]) })],
    [
      2,
      () => ({ k, rows: dice.times(1, 12, () => [extreme(dice), dice.pick(["1", "-3", "0.1"])]) }),
    ],
    [1, () => ({ k, rows: ones([extreme(dice)]) })],
    // Equal as doubles: spelt in many ways, or zeros of both signs.
    [1, () => {
      const same = dice.whole(1, 99);
      return { k, rows: dice.times(2, 9, () => [spellings(dice, same * 7), spellings(dice, 7)]) };
    }],
    [
      1,
      () => ({ k, rows: dice.times(2, 9, () => [dice.pick(["0", "-0"]), dice.pick(["1", "-1"])]) }),
    ],
    // One row that stands exactly on the threshold, give or take its rounding: z = (n - 1) / sqrt(n) = k.
    [3, () => {
      const [root, usual, outlier] = dice.weighted<() => [number, string, string]>([
        [2, () => dice.pick([[4, "1.7", "71.61"], [8, "4.9", "84.74"], [4, "9.9", "89.79"]])], // flagged
        [
          1,
          () =>
            dice.pick([[2, "0", "1"], [4, "1", "2"], [8, "3", "1e9"], [2, "-1e-323", "5e-324"]]),
        ],
        [3, () => [dice.pick([2, 4, 8]), `${dice.whole(0, 9)}.${dice.whole(0, 9)}`, money(dice)]],
      ])();
      const n = root * root;
      return { k: (n - 1) / root, rows: ones([...copies(usual, n - 1, n - 1), outlier]) };
    }],
    // Just reachable and just unreachable.
    [1, () => {
      const n = dice.whole(2, 12);
      const edge = (n - 1) / Math.sqrt(n);
      return {
        k: edge + dice.pick([-0.001, 0, 0.001]),
        rows: ones([...copies("5", n - 1, n - 1), "6"]),
      };
    }],
    // Deviations, thresholds and distances beyond a double, and just within.
    [2, () => {
      const huge = dice.pick(["1.7e308", "1.7976931348623157e308", "9e307", "1e308"]);
      const rows = ones([
        ...copies(`-${huge}`, 0, 12),
        ...copies(huge, 1, 3),
        ...copies("0", 0, 4),
      ]);
      return { k: dice.pick([k, 0.1, 1, 2]), rows };
    }],
    [1, () => {
      const rows = ones([...copies("1e307", 1, 5), ...copies("-1e307", 1, 5)]);
      return { k: dice.pick([50, 100]), rows };
    }],
    [1, () => {
      const few = dice.whole(1, 3);
      return { k, rows: ones([...copies("-1.7e308", few, few), ...copies("1.7e308", few, few)]) };
    }],
    [1, () => {
      const rows = ones([...copies("-1.7e308", 24, 30), "1.7e308"]);
      return { k: dice.pick([0.5, 1, 2]), rows };
    }],
    // Squares that overflow or underflow though deviations don't; deviations that round to nothing.
    [1, () => {
      const exponent = dice.pick([200, 160, 154, -154, -162, -200, -300]);
      return { k, rows: ones(dice.times(2, 12, () => `${dice.whole(-9, 99)}e${exponent}`)) };
    }],
    [1, () => {
      const rows = ones([
        ...copies("0", 1, 9),
        ...copies("5e-324", 1, 2),
        ...copies("-1e-323", 0, 1),
      ]);
      return { k, rows };
    }],
    // A spread that is small beside the mean: sums of squares cancel.
    [1, () => ({ k, rows: ones(dice.times(2, 12, () => `1e15${dice.pick(["", "", "0"])}`)) })],
    [1, () => {
      return { k, rows: ones(dice.times(2, 12, () => `${4503599627370496 + dice.whole(0, 3)}`)) };
    }],
    [1, () => ({ k, rows: ones(dice.times(2, 12, () => `1000000.${dice.whole(0, 99)}`)) })],
    // Each mean halfway between two doubles.
    [1, () => {
      const between = midpoint(dice);
      return { k, rows: dice.times(1, 4, () => [between, between]) };
    }],
  ])();
}
