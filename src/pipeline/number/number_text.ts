/**
 * A number as people write it, as plain digits: `(€ 1.234,50)` under a decimal comma is `-1234.50`.
 *
 * One walk from left to right: what may stand in front, the number, what may stand behind. Nothing is tried twice, so that a
 * cell costs its length, and everything that isn't said in `docs/semantics.md`, section 4, is no number.
 */
import { currencyAt } from "./currency.ts";
import type { DecimalMark } from "../../domain/options.ts";
import { CURRENCY, DECIMAL_COMMA, NEGATIVE_FORM, PERCENT, THOUSANDS } from "./number_marks.ts";

const SPACE = 0x20;
const PERCENT_SIGN = 0x25;
const APOSTROPHE = 0x27;
const OPEN = 0x28;
const CLOSE = 0x29;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const LOWER_CASE = 0x20;
const LETTER_E = 0x65;
const BUFFER_BYTES_MIN = 64;

/** Reads cells; holds what the last one came to. Reused, because there are millions. */
export class NumberText {
  /** The number in the plain form, in [0, length). */
  bytes = new Uint8Array(BUFFER_BYTES_MIN);
  length = 0;
  /** A set of bits of `number_marks.ts`. A percentage isn't divided here. */
  taken = 0;
  /** The name of the currency, if one was taken off; of two, the one behind. */
  currency = "";
  #decimal = POINT;
  #group = COMMA;
  #isNegative = false;
  #isFrontFull = false;
  #hasOpen = false;

  /** Whether the cell in [start, end), which is trimmed, is a number under this mark. Else what is held means nothing. */
  read(bytes: Uint8Array, start: number, end: number, mark: DecimalMark): boolean {
    this.length = 0;
    this.taken = 0;
    this.#decimal = mark === "." ? POINT : COMMA;
    this.#group = mark === "." ? COMMA : POINT;
    this.#isNegative = false;
    if (this.bytes.length < end - start + 2) this.bytes = new Uint8Array(2 * (end - start + 2));
    let at = this.#readFront(bytes, start, end);
    if (at < 0) return false;
    at = this.#readNumber(bytes, at, end);
    return at >= 0 && this.#readBehind(bytes, at, end);
  }

  /** Pass sign, parenthesis and currency; where the number begins, or -1. */
  #readFront(bytes: Uint8Array, start: number, end: number): number {
    let sign = 0;
    let hasOpen = false;
    let hasCurrency = false;
    let afterSign = -1;
    let at = start;
    while (at < end) {
      const byte = bytes[at];
      afterSign = -1;
      if ((byte === MINUS || byte === PLUS) && sign === 0) {
        sign = byte;
        afterSign = ++at;
      } else if (byte === OPEN && !hasOpen) {
        hasOpen = true;
        at++;
      } else {
        const currency = hasCurrency ? null : currencyAt(bytes, at, end);
        if (currency === null) break;
        hasCurrency = true;
        this.currency = currency.name;
        at += currency.bytes.length;
      }
      at = spacesEnd(bytes, at, end);
      // `- 5` is no number, `- $5` is one.
      if (afterSign >= 0 && at > afterSign && at < end && this.#mayBegin(bytes[at])) return -1;
    }
    if (hasOpen && sign !== 0) return -1;
    if (hasCurrency) this.taken |= CURRENCY;
    this.#isFrontFull = sign !== 0 || hasOpen;
    this.#hasOpen = hasOpen;
    if (sign === MINUS || hasOpen) this.#append(MINUS);
    return at;
  }

  #mayBegin(byte: number): boolean {
    return isDigit(byte) || byte === this.#decimal;
  }

  /** Copy the number in the plain form; where it ends, or -1 if there is none. */
  #readNumber(bytes: Uint8Array, start: number, end: number): number {
    const wholeEnd = digitsEnd(bytes, start, end);
    this.#copy(bytes, start, wholeEnd);
    const mayBeGrouped = wholeEnd > start && wholeEnd - start <= 3 && bytes[start] !== ZERO;
    let at = mayBeGrouped ? this.#readGroups(bytes, start, wholeEnd, end) : wholeEnd;
    if (at < 0) return -1;
    const isGrouped = at > wholeEnd;
    let digits = wholeEnd - start;
    if (at < end && bytes[at] === this.#decimal) {
      const decimalsEnd = digitsEnd(bytes, at + 1, end);
      digits += decimalsEnd - at - 1;
      this.#append(POINT);
      this.#copy(bytes, at + 1, decimalsEnd);
      if (this.#decimal === COMMA) this.taken |= DECIMAL_COMMA;
      at = decimalsEnd;
    }
    if (digits === 0) return -1;
    return isGrouped ? at : this.#readExponent(bytes, at, end);
  }

  /** Copy groups of digits behind the first; where they end, -1 if they are none that mark thousands. */
  #readGroups(bytes: Uint8Array, start: number, firstEnd: number, end: number): number {
    const mark = groupMarkLength(bytes, firstEnd, end, this.#group);
    let at = firstEnd;
    let [twos, threes, last] = [0, 0, 0];
    while (mark > 0 && isMarkedDigit(bytes, firstEnd, mark, at, end)) {
      const from = at + mark;
      at = digitsEnd(bytes, from, end);
      last = at - from;
      if (last === 2) twos++;
      else if (last === 3) threes++;
      else return -1;
      this.#copy(bytes, from, at);
    }
    if (at === firstEnd) return at;
    this.taken |= THOUSANDS;
    // As in India: pairs, and three digits at the end.
    const mayHavePairs = this.#group === COMMA && bytes[firstEnd] === COMMA &&
      firstEnd - start <= 2;
    const isIndian = mayHavePairs && threes === 1 && last === 3;
    return twos === 0 || isIndian ? at : -1;
  }

  #readExponent(bytes: Uint8Array, start: number, end: number): number {
    if (start >= end || (bytes[start] | LOWER_CASE) !== LETTER_E) return start;
    let at = start + 1;
    if (at < end && (bytes[at] === MINUS || bytes[at] === PLUS)) at++;
    const exponentEnd = digitsEnd(bytes, at, end);
    // Else it may be a currency's code.
    if (exponentEnd === at) return start;
    this.#copy(bytes, start, exponentEnd);
    return exponentEnd;
  }

  /** Pass parenthesis, minus, and currency or percent sign; whether that is all. */
  #readBehind(bytes: Uint8Array, start: number, end: number): boolean {
    let hasClose = false;
    let hasMinus = false;
    let hasUnit = false;
    for (let at = spacesEnd(bytes, start, end); at < end; at = spacesEnd(bytes, at, end)) {
      const byte = bytes[at];
      if (byte === CLOSE && !hasClose) {
        hasClose = true;
        at++;
      } else if (byte === MINUS && !hasMinus) {
        hasMinus = true;
        at++;
      } else if (hasUnit) return false;
      else if (byte === PERCENT_SIGN) {
        if ((this.taken & CURRENCY) !== 0) return false;
        hasUnit = true;
        this.taken |= PERCENT;
        at++;
      } else {
        const currency = currencyAt(bytes, at, end);
        if (currency === null) return false;
        hasUnit = true;
        this.taken |= CURRENCY;
        this.currency = currency.name;
        at += currency.bytes.length;
      }
    }
    if (hasClose !== this.#hasOpen || (hasMinus && this.#isFrontFull)) return false;
    if (hasClose || hasMinus) this.taken |= NEGATIVE_FORM;
    if (hasMinus) this.#prependMinus();
    return true;
  }

  #prependMinus(): void {
    this.bytes.copyWithin(1, 0, this.length++);
    this.bytes[0] = MINUS;
  }

  #append(byte: number): void {
    this.bytes[this.length++] = byte;
  }

  #copy(bytes: Uint8Array, from: number, to: number): void {
    while (from < to) this.bytes[this.length++] = bytes[from++];
  }
}

export function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}

function digitsEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && isDigit(bytes[at])) at++;
  return at;
}

/** The length of a space at `at`: 1, 2 (U+00A0) or 3 (U+202F) bytes; 0 of none. */
function spaceLength(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return 0;
  const byte = bytes[at];
  if (byte === SPACE) return 1;
  if (byte === 0xc2) return at + 1 < end && bytes[at + 1] === 0xa0 ? 2 : 0;
  if (byte !== 0xe2 || at + 2 >= end) return 0;
  return bytes[at + 1] === 0x80 && bytes[at + 2] === 0xaf ? 3 : 0;
}

/** Where spaces that begin at `at`, if any, end. */
export function spacesEnd(bytes: Uint8Array, at: number, end: number): number {
  for (let length = spaceLength(bytes, at, end); length > 0; length = spaceLength(bytes, at, end)) {
    at += length;
  }
  return at;
}

/** The length of what marks thousands at `at`; 0 of anything else. */
function groupMarkLength(bytes: Uint8Array, at: number, end: number, group: number): number {
  if (at >= end) return 0;
  const byte = bytes[at];
  if (byte === group || byte === APOSTROPHE) return 1;
  const isQuote = byte === 0xe2 && at + 2 < end && bytes[at + 1] === 0x80 && bytes[at + 2] === 0x99;
  return isQuote ? 3 : spaceLength(bytes, at, end);
}

/** Whether the mark that stands at `first` stands at `at` too, with a digit behind. */
function isMarkedDigit(
  bytes: Uint8Array,
  first: number,
  length: number,
  at: number,
  end: number,
): boolean {
  if (at + length >= end || !isDigit(bytes[at + length])) return false;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== bytes[first + i]) return false;
  return true;
}
