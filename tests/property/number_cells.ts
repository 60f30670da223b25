/** What stands in number cells: numbers of every shape and size, and what only looks like one. */
import type { Dice } from "./dice.ts";

/** Makes a number cell. */
export type NumberMaker = (dice: Dice) => string;

/** Numbers at the edges of a double: of its range, of its precision, and of the rule for digits. */
const EDGES = [
  ...["1.7976931348623157e308", "1.7976931348623158e308", "-1.7976931348623157e+308"],
  ...["5e-324", "4.9406564584124654e-324", "2.4703282292062328e-324", "2.4703282292062327e-324"],
  ...["2.2250738585072014e-308", "2.2250738585072011e-308", "1e-400", "-1e-400", "0e400", "0e-400"],
  ...[
    "9007199254740993",
    "9007199254740995",
    "0.1",
    "1e23",
    "8.5e-5",
    "1e21",
    "123456789012345680000",
  ],
  ...[
    "1e+0000300",
    "1e-0000000",
    "1E0",
    "00012",
    "-00",
    "+0.0",
    "000.000",
    "5.",
    ".5",
    "-.5e1",
    "+5.e-1",
  ],
  "0.30000000000000004",
  "1." + "0".repeat(399),
  "1234567890".repeat(40) + "e-395",
  "0." + "0".repeat(300) + "7".repeat(400) + "e290",
  "0".repeat(500) + "42.50",
];

/** Numbers by their form, but not finite by rule or by size. */
const TOO_MUCH = [
  ...["1e401", "1e-401", "0e401", "0e-401", "1e99999999999999999999", "1e400", "1e309", "-1e309"],
  ...["1.7976931348623159e308", "inf", "-Inf", "+INFINITY", "infinity", "-infinity"],
  "1." + "0".repeat(400),
  "1234567890".repeat(40) + "1e-395",
  "0." + "0".repeat(10) + "7".repeat(401),
];

const NO_NUMBERS = [
  ...[
    "abc",
    "$1",
    "$1,234.56",
    "1,234",
    "1 234",
    "１２",
    "٣",
    "−5",
    "1e",
    "e5",
    ".",
    "+",
    "--1",
    "+-1",
  ],
  ...[
    "0x10",
    "1_000",
    "1e5.5",
    "1.2.3",
    "infinit",
    "inf inity",
    "Infinityx",
    "1n",
    "1d",
    "5%",
    "(5)",
  ],
  ...["\u200b1", "1\u0000", "1e+", ".e1", "true", "0b1", "+-inf", "n a", "N/A.", "--"],
];

const MISSING = [
  "",
  " ",
  "\u3000",
  "NA",
  "na",
  "N/A",
  "#n/a",
  "NULL",
  "None",
  "NaN",
  "nan",
  "-",
  " - ",
];

/** A number cell that is at fault. */
export function badNumber(dice: Dice): string {
  return dice.pick(dice.pick([TOO_MUCH, NO_NUMBERS, MISSING]));
}

export function zero(dice: Dice): string {
  return dice.pick([
    "0",
    "-0",
    "+0.00",
    "0e5",
    ".0",
    "0.",
    "1e-400",
    "2e-324",
    "-1e-330",
    "0e-400",
  ]);
}

export const money: NumberMaker = (dice) => {
  return (dice.whole(0, 2_000_000) / 100).toFixed(dice.whole(0, 2));
};

export const small: NumberMaker = (dice) => String(dice.whole(1, 9));

/** Any shape, sizes from daily life. */
export const shaped: NumberMaker = (dice) => {
  const digits = String(dice.whole(0, 99_999));
  const fraction = String(dice.whole(0, 999));
  return dice.pick([
    digits,
    `-${digits}`,
    `+${digits}.${fraction}`,
    `${digits}.`,
    `.${fraction}`,
    `-0${digits}.${fraction}00`,
    `${digits}e${dice.whole(-5, 5)}`,
    `${digits}.${fraction}E+${dice.whole(0, 4)}`,
    `0.10`,
  ]);
};

/** Any size that a double has, and some that it hasn't. */
export const extreme: NumberMaker = (dice) => {
  const sign = dice.pick(["", "", "-"]);
  return dice.weighted<() => string>([
    [3, () => dice.pick(EDGES)],
    [2, () => `${sign}${dice.whole(1, 9)}.${dice.whole(0, 2 ** 31)}e${dice.whole(-330, 307)}`],
    [2, () => sign + midpoint(dice)],
    [1, () => `${sign}${dice.whole(1, 20)}e-324`],
  ])();
};

/** Exactly between two neighbouring doubles, or a hair's breadth beside. */
export const midpoint: NumberMaker = (dice) => {
  const significand = 2n ** 52n + BigInt(dice.whole(0, 2 ** 31)) * BigInt(dice.whole(1, 2 ** 20));
  const between = (2n * significand + 1n) * 2n ** BigInt(dice.whole(0, 60));
  return dice.pick([
    `${between}`,
    `${between}.${"0".repeat(dice.whole(0, 60))}1`,
    `${between - 1n}.${"9".repeat(dice.whole(1, 60))}`,
    `${between}e-${dice.whole(1, 40)}`,
  ]);
};

/** One number in several spellings, so that doubles are equal and texts are not. */
export function spellings(dice: Dice, whole: number): string {
  return dice.pick([`${whole}`, `${whole}.0`, `+${whole}`, `0${whole}.`, `${whole}0e-1`]);
}
