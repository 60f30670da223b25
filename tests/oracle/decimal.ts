/** Exact decimals: `units / 10 ** places`. */
import { type Mark, plainNumber } from "./number_text.ts";
import { nearestDouble, type Rational } from "./rational.ts";

export interface Decimal {
  units: bigint;
  /** At least 0. */
  places: number;
}

export const ZERO: Decimal = { units: 0n, places: 0 };

export function add(a: Decimal, b: Decimal): Decimal {
  const places = Math.max(a.places, b.places);
  return { units: unitsAt(a, places) + unitsAt(b, places), places };
}

function unitsAt(decimal: Decimal, places: number): bigint {
  return decimal.units * 10n ** BigInt(places - decimal.places);
}

export function toRational(decimal: Decimal): Rational {
  return { num: decimal.units, den: 10n ** BigInt(decimal.places) };
}

/** Plain digits, without exponent, trailing zeros or trailing point; zero is `0`. */
export function plainDigits({ units, places }: Decimal): string {
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, "");
  return sign + whole + (fraction === "" ? "" : "." + fraction);
}

/** The numbers of semantics.md section 4. */
export type NumberCell =
  | { decimal: Decimal; double: number; taken: string[] }
  | "type-error"
  | "non-finite";

const NUMBER = /^([+-]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))(?:[eE]([+-]?[0-9]+))?$/;
const DIGITS_MAX = 400;
const EXPONENT_MAX = 400n;

/** What a trimmed cell that isn't missing says as a number. */
export function readNumber(
  cell: string,
  { mark, isPercent }: { mark: Mark; isPercent: boolean } = { mark: ".", isPercent: false },
): NumberCell {
  if (/^[+-]?inf(inity)?$/i.test(cell)) return "non-finite";
  const plain = plainNumber(cell, mark);
  if (plain === null) return "type-error";
  const { text } = plain;
  const match = NUMBER.exec(text);
  if (match === null) throw new Error(`${cell}: ${text} isn't plain`);
  const [, sign, whole = "", afterWhole = "", alone = "", written = "0"] = match;
  const fraction = afterWhole + alone; // at most one of the two is there
  const digits = whole + fraction;
  if (digits.replace(/^0+/, "").length > DIGITS_MAX) return "non-finite";
  const exponent = BigInt(written.replace(/^\+/, ""));
  if (exponent > EXPONENT_MAX || exponent < -EXPONENT_MAX) return "non-finite";

  const hundredths = isPercent || plain.isPercent;
  const units = BigInt(digits) * (sign === "-" ? -1n : 1n);
  const places = fraction.length - Number(exponent) + (hundredths ? 2 : 0);
  const decimal = places >= 0
    ? { units, places }
    : { units: units * 10n ** BigInt(-places), places: 0 };
  const magnitude = nearestDouble(toRational(decimal));
  const double = units === 0n && sign === "-" ? -0 : magnitude;
  // Two ways to one double: the rational above, and the engine's own reading.
  if (!hundredths && double !== Number(text)) {
    throw new Error(`${text}: ${double} is not ${Number(text)}`);
  }
  if (!Number.isFinite(double)) return "non-finite";
  const taken = plain.taken.filter((kind) => kind !== "percent");
  return { decimal, double, taken: hundredths ? [...taken, "percent"] : taken };
}
