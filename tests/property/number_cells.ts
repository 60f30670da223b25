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

/** How one column is written: what people put between, before and behind digits. */
export interface Writing {
  decimal: "." | ",";
  group: "" | "." | "," | " " | "\u00a0" | "\u202f" | "'" | "\u2019";
  /** In front, behind, or none. */
  currency: readonly [front: string, behind: string];
  isPercent: boolean;
  /** Digits behind the decimal mark. */
  decimals: readonly number[];
}

const GROUPS = ["", "", "T", "T", " ", "\u00a0", "\u202f", "'", "\u2019"] as const;
const CURRENCIES = [
  ...[
    "$",
    "€",
    "£",
    "¥",
    "₹",
    "US$",
    "R$",
    "USD",
    "EUR",
    "CHF",
    "kr",
    "kr.",
    "Rs.",
    "zł",
    "¤",
    "₿",
    "CAD",
    "A$",
    "AUD",
    "￥",
    "₨",
  ],
];

export function someWriting(dice: Dice): Writing {
  const decimal = dice.pick([".", ","] as const);
  const other = decimal === "." ? "," : ".";
  const group = dice.pick(GROUPS);
  const sign = dice.pick(CURRENCIES) + dice.pick(["", "", " ", "\u00a0", "\u202f "]);
  const behind = dice.pick(["", "", " ", "\u00a0"]) + dice.pick(CURRENCIES);
  return {
    decimal,
    group: group === "T" ? other : group,
    currency: dice.weighted([
      [3, ["", ""] as const],
      [2, [sign, ""] as const],
      [2, ["", behind] as const],
      [0.5, [sign, behind] as const],
    ]),
    isPercent: dice.chance(0.15),
    decimals: dice.pick([[0], [2], [2], [3], [0, 1, 2, 3, 4]]),
  };
}

/** Numbers written like that. */
export function written(writing: Writing): NumberMaker {
  return (dice) => {
    const size = dice.pick([10, 1_000, 1_000_000, 2_000_000_000]);
    const whole = String(dice.whole(dice.pick([0, 1, 1]), size));
    const grouped = whole.replace(/\B(?=([0-9]{3})+$)/g, writing.group);
    const decimals = dice.pick(writing.decimals);
    const part = Array.from({ length: decimals }, () => dice.whole(0, 9)).join("");
    const digits = decimals === 0 ? grouped : `${grouped}${writing.decimal}${part}`;
    const [front, behind] = writing.isPercent ? ["", dice.pick(["%", " %"])] : writing.currency;
    return dice.weighted<string>([
      [12, `${front}${digits}${behind}`],
      [1, `-${front}${digits}${behind}`],
      [1, `${front}-${digits}${behind}`],
      [1, `(${front}${digits}${behind})`],
      [1, `${front}(${digits})${behind}`],
      [1, `${front}${digits}-${behind}`],
      [1, `${front}${digits}${behind}-`],
      [0.5, `${front}${digits}e${dice.whole(0, 3)}${behind}`],
    ]);
  };
}

/** Amounts in any of these currencies, in some rows in two. */
export const mixedMoney: NumberMaker = (dice) => {
  const amount = dice.whole(1, 999);
  return dice.pick([
    `${dice.pick(CURRENCIES)}${amount}`,
    `${amount} ${dice.pick(CURRENCIES)}`,
    `${dice.pick(CURRENCIES)} ${amount} ${dice.pick(CURRENCIES)}`,
    `${amount}`,
  ]);
};

/** Nothing says where the point is. */
export const ambiguous: NumberMaker = (dice) => {
  const mark = dice.pick([".", ","]);
  const end = dice.pick(["", "", "", " €", "-"]);
  return `${dice.whole(1, 999)}${mark}${dice.whole(100, 999)}${end}`;
};

/** What is just no number, and what is one against appearances. */
export const borderline: NumberMaker = (dice) =>
  dice.pick([
    ...["1,23", "12,34", "1,2345", "12,34,567", "1,23,456.5", "12,345,67", "1,2,3", "123,45,678"],
    ...["0,123", "0.123", "00,123", "1.234.567", "1,234,567", "1.234,5", "1,234.5", "1.234.5"],
    ...["1 234 567", "1 23", "12 34", "1 234'567", "1\u00a0234 567", "1'234'567,8", "1’234’567.8"],
    ...[
      "- 5",
      "- $5",
      "$ -5",
      "$ - 5",
      "+$5",
      "$+5",
      "+ 5",
      "--5",
      "-5-",
      "(-5)",
      "-(5)",
      "(5",
      "5)",
    ],
    ...[
      "((5))",
      "( 5 )",
      "(5)-",
      "(5 $)",
      "$(5)",
      "(5)$",
      "($5",
      "()",
      "$",
      "$-",
      "-$",
      "%",
      "(%)",
    ],
    ...["5%", "5 %", "%5", "5%%", "5%$", "$5%", "5$%", "-5%", "(5%)", "(5)%", "5%-", "5-%", "1e2%"],
    ...[
      "$5$",
      "$$5",
      "5$$",
      "$5 USD",
      "USD5USD",
      "5USDEUR",
      "5 usd",
      "5 Eur",
      "5EUR",
      "5E3EUR",
      "5E",
    ],
    ...[
      "Rs.5",
      "Rs5",
      "Rs..5",
      "kr,5",
      "kr.5",
      "5kr.",
      "5 kr. -",
      "¢5",
      "5¢",
      "₥5",
      "US $5",
      "us$5",
    ],
    ...[
      ",5",
      ".5",
      "5,",
      "5.",
      "1.234,",
      "1,234.",
      ",",
      ".",
      "1,e3",
      "1,5e3",
      "1.234e2",
      "1,234e2",
    ],
    ...[
      "inf%",
      "$inf",
      "(inf)",
      "NaN%",
      "(NA)",
      "- -",
      "1.8e308%",
      "1e400%",
      "1e401%",
      "-0%",
      "(0)",
    ],
    ...[
      "1\t234",
      "1\u2009234",
      "5\u2009€",
      "１,234",
      "1٬234",
      "1_234",
      "1,234 567",
      "1 ,234",
      "1, 234",
    ],
    ...["9".repeat(401) + "%", `1${",000".repeat(140)}`, `1${",000".repeat(133)}`, "1\u2019234"],
  ]);
