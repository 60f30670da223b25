/**
 * One cell of a number column: its nearest double, and the exact decimal that was written.
 *
 * Nearly every cell is a few digits with a point, so that is read in one loop without making a string: the digits as an
 * integer in a double, exact as long as it is safe, and those beyond as a second one. All else (currencies, thousands,
 * exponents, very long numbers, faults) takes the slow way: to the plain form (`number_text.ts`), then to the number.
 */
import { NUMBER_DIGITS_MAX, NUMBER_EXPONENT_MAX } from "../../domain/limits.ts";
import type { CELL_REJECT_CODES } from "../../domain/report.ts";
import { type NumberFormat, PLAIN_FORMAT } from "./number_format.ts";
import { PERCENT } from "./number_marks.ts";
import { NumberText } from "./number_text.ts";

/** Why a single cell isn't accepted. */
export type CellFault = (typeof CELL_REJECT_CODES)[number];

/** Powers of ten that a double holds exactly: an integer below 2^53 over one of them is rounded only once. */
export const EXACT_POWERS_OF_TEN: readonly number[] = Array.from(
  { length: 23 },
  (_, i) => Number(`1e${i}`),
);

const DIGITS_EXACT = EXACT_POWERS_OF_TEN.length - 1;
/** Below this, one more digit leaves an integer safe. */
const UNITS_ROOM = Math.floor(Number.MAX_SAFE_INTEGER / 10);
const TAIL_DIGITS_MAX = 15;
/** A cell this long has hundreds of leading zeros; as a whole it is too long for a function's arguments. */
const LONG_BYTES = 1_000;
/** Making a view of the bytes costs as much as so many of them. */
const SHORT_BYTES_MAX = 8;
/** A percentage is a number over 10^2. */
const PERCENT_SHIFT = 2;
const MISSING = new Set(["na", "n/a", "#n/a", "null", "none", "nan", "-"]);
const MISSING_BYTES_MAX = 4;
const INFINITE = /^[+-]?inf(inity)?$/i;
const INFINITE_BYTES_MAX = 9;

const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const LOWER_CASE = 0x20;
const LETTER_E = 0x65;
const LETTER_I = 0x69;
const LETTER_N = 0x6e;
const HASH = 0x23;

/** Holds the number that was read last; reused, because there are millions. */
export class NumberCell {
  /** Null of a number; else nothing below is meant. */
  fault: CellFault | null = null;
  value = 0;
  /** The exact number is units / 10^scale, or wide / 10^scale when `wide` isn't null. Units are a safe integer. */
  units = 0;
  wide: bigint | null = null;
  /** Negative if the exponent exceeds the decimals. */
  scale = 0;
  /** What was taken off before it had plain digits: bits of `number_marks.ts`. */
  taken = 0;
  /** Of a `type-error`: whether the cell is a number under the other decimal mark. */
  isUnderOtherMark = false;
  readonly #format: NumberFormat;
  readonly #isPlainFormat: boolean;
  readonly #text = new NumberText();

  constructor(format: NumberFormat = PLAIN_FORMAT) {
    this.#format = format;
    this.#isPlainFormat = format.mark === "." && !format.isPercent;
  }

  /** The decimal mark of its column. */
  get mark(): NumberFormat["mark"] {
    return this.#format.mark;
  }

  /** The name of the currency, if one was taken off. */
  get currency(): string {
    return this.#text.currency;
  }

  /** Read the cell in [start, end), which is already trimmed. */
  read(bytes: Uint8Array, start: number, end: number): void {
    this.fault = null;
    this.wide = null;
    this.taken = 0;
    if (this.#isPlainFormat && this.#readPlain(bytes, start, end)) return;
    this.#readAny(bytes, start, end);
  }

  /** Whether the cell was digits with at most one point and a sign, and not too many of them. */
  #readPlain(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    const first = bytes[at];
    if (at < end && (first === MINUS || first === PLUS)) at++;
    let units = 0;
    let digits = 0;
    // What no longer fits into units.
    let tail = 0;
    let tailDigits = 0;
    let point = -1;
    for (; at < end; at++) {
      const byte = bytes[at];
      const digit = byte - ZERO;
      if (digit >= 0 && digit <= 9) {
        digits++;
        if (units < UNITS_ROOM) units = units * 10 + digit;
        else {
          tail = tail * 10 + digit;
          tailDigits++;
        }
      } else if (byte === POINT && point < 0) point = at;
      else return false;
    }
    const scale = point < 0 ? 0 : end - point - 1;
    if (digits === 0 || scale > DIGITS_EXACT || tailDigits > TAIL_DIGITS_MAX) return false;
    this.scale = scale;
    if (tailDigits > 0) {
      if (end - start > LONG_BYTES) return false;
      const wide = BigInt(units) * BigInt(EXACT_POWERS_OF_TEN[tailDigits]) + BigInt(tail);
      this.wide = first === MINUS ? -wide : wide;
      this.value = Number(ascii(bytes, start, end));
      return true;
    }
    const value = scale === 0 ? units : units / EXACT_POWERS_OF_TEN[scale];
    this.value = first === MINUS ? -value : value;
    this.units = first === MINUS ? -units : units;
    return true;
  }

  #readAny(bytes: Uint8Array, start: number, end: number): void {
    if (start === end || isMissing(bytes, start, end)) return this.#fail("required-value");
    const text = this.#text;
    const { mark, isPercent } = this.#format;
    this.isUnderOtherMark = false;
    if (!hasDigit(bytes, start, end)) {
      return this.#fail(isInfinite(bytes, start, end) ? "non-finite" : "type-error");
    }
    if (!text.read(bytes, start, end, mark)) {
      this.isUnderOtherMark = text.read(bytes, start, end, mark === "." ? "," : ".");
      return this.#fail("type-error");
    }
    this.taken = isPercent ? text.taken | PERCENT : text.taken;
    const shift = (this.taken & PERCENT) === 0 ? 0 : PERCENT_SHIFT;
    if (this.#readPlain(text.bytes, 0, text.length) && this.#shiftPlain(shift)) return;
    this.wide = null;
    this.#readExact(splitNumber(text.bytes, 0, text.length)!, shift);
  }

  /** Divide what was read plainly by 10^shift; false if that takes more than one division of doubles. */
  #shiftPlain(shift: number): boolean {
    if (shift === 0) return true;
    if (this.wide !== null || this.scale + shift > DIGITS_EXACT) return false;
    this.scale += shift;
    this.value = this.units / EXACT_POWERS_OF_TEN[this.scale];
    return true;
  }

  /** The slow way from the plain form to a number, divided by 10^shift. */
  #readExact({ digits, decimals, exponent, negative }: NumberParts, shift: number): void {
    if (digits.length > NUMBER_DIGITS_MAX || Math.abs(exponent) > NUMBER_EXPONENT_MAX) {
      return this.#fail("non-finite");
    }
    const sign = negative ? "-" : "";
    this.scale = digits === "" ? 0 : decimals - exponent + shift;
    // V8 rounds correctly for any number of digits; ECMAScript asks for that only up to 20.
    this.value = Number(`${sign}${digits || "0"}e${-this.scale}`);
    if (!Number.isFinite(this.value)) return this.#fail("non-finite");
    this.units = Number(sign + (digits || "0"));
    if (!Number.isSafeInteger(this.units)) this.wide = BigInt(sign + digits);
  }

  #fail(fault: CellFault): void {
    this.fault = fault;
  }
}

/** Whether a cell that isn't empty is one of the words of a missing value. */
function isMissing(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > MISSING_BYTES_MAX) return false;
  // Making a string is dear, so first look whether one of them begins like this.
  const first = bytes[start];
  if ((first | LOWER_CASE) !== LETTER_N && first !== HASH && first !== MINUS) return false;
  return MISSING.has(ascii(bytes, start, end).toLowerCase());
}

/** Whether a cell may be a number at all. */
function hasDigit(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (bytes[at] >= ZERO && bytes[at] <= ZERO + 9) return true;
  }
  return false;
}

/** Whether a cell is a word of infinity. */
function isInfinite(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > INFINITE_BYTES_MAX) return false;
  const first = bytes[start];
  if ((first | LOWER_CASE) !== LETTER_I && first !== PLUS && first !== MINUS) return false;
  return INFINITE.test(ascii(bytes, start, end));
}

/** Whether the bytes in [start, end) are a number as it may be written, finite or not. */
export function isNumber(bytes: Uint8Array, start: number, end: number): boolean {
  return splitNumber(bytes, start, end) !== null;
}

interface NumberParts {
  negative: boolean;
  /** From the first that isn't zero; empty of zero. Cut somewhere beyond the limit if there are too many. */
  digits: string;
  /** Digits after the point, all of them. */
  decimals: number;
  /** As written; one that is out of range may be any number out of range. */
  exponent: number;
}

/** The number grammar; null of what doesn't match it. Linear, whatever the length of the cell. */
function splitNumber(bytes: Uint8Array, start: number, end: number): NumberParts | null {
  const negative = bytes[start] === MINUS;
  let at = start < end && (negative || bytes[start] === PLUS) ? start + 1 : start;
  const wholeStart = at;
  const wholeEnd = at = digitsEnd(bytes, at, end);
  const hasPoint = at < end && bytes[at] === POINT;
  const decimalsStart = hasPoint ? at + 1 : at;
  const decimalsEnd = at = digitsEnd(bytes, decimalsStart, end);
  if (wholeEnd === wholeStart && decimalsEnd === decimalsStart) return null;
  let exponent = 0;
  if (at < end && (bytes[at] | LOWER_CASE) === LETTER_E) {
    at++;
    const down = bytes[at] === MINUS;
    if (at < end && (down || bytes[at] === PLUS)) at++;
    const exponentStart = at;
    at = digitsEnd(bytes, at, end);
    if (at === exponentStart) return null;
    exponent = boundedInteger(bytes, exponentStart, at) * (down ? -1 : 1);
  }
  if (at < end) return null;
  const whole = significant(bytes, wholeStart, wholeEnd);
  const part = whole === ""
    ? significant(bytes, decimalsStart, decimalsEnd)
    : ascii(bytes, decimalsStart, Math.min(decimalsEnd, decimalsStart + NUMBER_DIGITS_MAX + 1));
  return { negative, digits: whole + part, decimals: decimalsEnd - decimalsStart, exponent };
}

function digitsEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] >= ZERO && bytes[at] <= ZERO + 9) at++;
  return at;
}

/** Digits without leading zeros, at most one more than a number may have. */
function significant(bytes: Uint8Array, start: number, end: number): string {
  while (start < end && bytes[start] === ZERO) start++;
  return ascii(bytes, start, Math.min(end, start + NUMBER_DIGITS_MAX + 1));
}

/** The value of digits, not exact once it is out of every range. */
function boundedInteger(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (; start < end && value <= NUMBER_EXPONENT_MAX; start++) {
    value = value * 10 + bytes[start] - ZERO;
  }
  return value;
}

/** A few hundred bytes as text, one character each. */
function ascii(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= SHORT_BYTES_MAX) {
    let text = "";
    for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]);
    return text;
  }
  // `apply` takes a typed array as it is, where spreading iterates over it at three times the cost.
  return String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
}
