// Numbers as text: doubles as ECMAScript's `Number::toString` writes them, exact decimals in plain digits.
//
// The shortest digits of a double are found as Raffaello Giulietti found them ("The Schubfach way to render doubles", 2020): the double's two
// neighbours bound an interval, scaled by a power of ten so that it holds one or two integers; the products that
// scale it are rounded to odd, which keeps all comparisons exact. Its table of powers of ten is made in `../powers_table.ts`.
//
// Writers return where the text ends, and may write up to `SLACK` bytes behind that.

import { DECIMAL_POWERS, DIGITS, POWER_MIN } from "./layout";

const DIGIT_BYTES: usize = 24;
const MINUS: u8 = 0x2d;
const POINT: u8 = 0x2e;
const ZERO: u8 = 0x30;
/** Of eight digits, so many may stand behind the point: of more, a double may be one that is written with an exponent. */
const SHORT_SCALE_MAX: u32 = 6;
/** As many bytes as a number's text has at most, and what copying in sixteens writes beyond. */
export const NUMBER_BYTES_MAX: usize = 64;

const HIDDEN_BIT: u64 = 1 << 52;
const EIGHT: u64 = 100000000;
const ZEROS: u64 = 0x3030303030303030;

/** The decimal that was found: decimal * 10^power. */
let decimal: u64 = 0;
let power: i32 = 0;

/** Write a finite double. */
export function writeDouble(to: usize, value: f64): usize {
  let bits = reinterpret<u64>(value);
  if (bits << 1 == 0) {
    store<u8>(to, ZERO);
    return to + 1;
  }
  if (<i64> bits < 0) {
    store<u8>(to++, MINUS);
    bits &= 0x7fffffffffffffff;
  }
  shortest(bits & (HIDDEN_BIT - 1), <i32> (bits >>> 52));
  if (decimal < EIGHT && <u32> -power <= SHORT_SCALE_MAX) return writeShort(to, decimal, -power);
  const start = putDigits(decimal, 1);
  const count = <i32> (DIGITS + DIGIT_BYTES - start);
  const point = count + power;
  if (point > 21 || point < -5) return writeScientific(to, start, count, point - 1);
  if (power >= 0) {
    copyDigits(to, start);
    memory.fill(to + count, ZERO, power);
    return to + point;
  }
  if (point > 0) {
    copyDigits(to, start);
    copyDigits(to + point + 1, start + point);
    store<u8>(to + point, POINT);
    return to + count + 1;
  }
  store<u64>(to, 0x3030303030302e30); // 0.000000
  copyDigits(to + 2 - point, start);
  return to + 2 - point + count;
}

/** d.ddde±x */
function writeScientific(to: usize, start: usize, count: i32, exponent: i32): usize {
  store<u8>(to++, load<u8>(start));
  if (count > 1) {
    store<u8>(to++, POINT);
    copyDigits(to, start + 1);
    to += count - 1;
  }
  store<u8>(to, 0x65); // e
  store<u8>(to, exponent < 0 ? MINUS : 0x2b, 1);
  return writeInteger(to + 2, <u64> (exponent < 0 ? -exponent : exponent));
}

/** Write a whole number. */
export function writeInteger(to: usize, value: u64): usize {
  if (value < EIGHT) return writeShort(to, value, 0);
  const start = putDigits(value, 1);
  copyDigits(to, start);
  return to + (DIGITS + DIGIT_BYTES - start);
}

/** Write units / 10^scale without trailing zeros; scale at most 18. */
export function writeDecimal(to: usize, units: i64, scale: u32): usize {
  if (units < 0) store<u8>(to++, MINUS);
  const value = <u64> (units < 0 ? -units : units);
  if (value < EIGHT && scale <= SHORT_SCALE_MAX) return writeShort(to, value, scale);
  const start = putDigits(value, scale + 1);
  let end: usize = DIGITS + DIGIT_BYTES;
  const point = end - <usize> scale;
  while (end > point && load<u8>(end - 1) == ZERO) end--;
  copyDigits(to, start);
  to += point - start;
  if (end == point) return to;
  store<u8>(to, POINT);
  copyDigits(to + 1, point);
  return to + 1 + (end - point);
}

/** The same of up to eight digits, which nearly all numbers have: they never leave the processor's registers. */
// @ts-ignore: decorator
@inline function writeShort(to: usize, value: u64, scale: u32): usize {
  const digits = eightDigits(value);
  const whole = 8 - scale;
  const start = min<u32>(<u32> ctz(digits ^ ZEROS) >>> 3, whole - 1);
  store<u64>(to, digits >>> (<u64> start << 3));
  to += <usize> (whole - start);
  const decimals = <i32> scale - <i32> (<u32> clz(digits ^ ZEROS) >>> 3);
  if (decimals <= 0) return to;
  store<u8>(to, POINT);
  store<u64>(to + 1, digits >>> (<u64> whole << 3));
  return to + 1 + <usize> decimals;
}

// @ts-ignore: decorator
@inline function copyDigits(to: usize, from: usize): void {
  v128.store(to, v128.load(from));
  store<u64>(to, load<u64>(from, 16), 16);
}

/** Put the digits at the end of DIGITS, at least so many of them; where they begin. */
function putDigits(value: u64, least: u32): usize {
  const high = value / EIGHT;
  const top = high / EIGHT;
  const first = eightDigits(top);
  const second = eightDigits(high - top * EIGHT);
  const third = eightDigits(value - high * EIGHT);
  store<u64>(DIGITS, first);
  store<u64>(DIGITS, second, 8);
  store<u64>(DIGITS, third, 16);
  let zeros = ctz(first ^ ZEROS); // in bits: 64 if there are only zeros
  if (zeros == 64) {
    zeros += ctz(second ^ ZEROS);
    if (zeros == 128) zeros += ctz(third ^ ZEROS);
  }
  return DIGITS + min(<usize> zeros >>> 3, DIGIT_BYTES - <usize> least);
}

/** Eight digits, the first in the lowest byte: halves, quarters, digits, all of them at once. */
// @ts-ignore: decorator
@inline function eightDigits(value: u64): u64 {
  const high = value / 10000;
  let parts = high | ((value - high * 10000) << 32);
  let heads = ((parts * 10486) >>> 20) & 0x0000007f0000007f; // by 100
  parts = heads | ((parts - heads * 100) << 16);
  heads = ((parts * 103) >>> 10) & 0x000f000f000f000f; // by 10
  return (heads | ((parts - heads * 10) << 8)) | 0x3030303030303030;
}

/** Find the shortest decimal that reads back as this double, and of those the nearest. */
function shortest(fraction: u64, biased: i32): void {
  let c = fraction;
  let q = -1074;
  if (biased != 0) {
    c |= HIDDEN_BIT;
    q = biased - 1075;
    if (q <= 0 && q > -53 && (c & (((<u64> 1) << -q) - 1)) == 0) {
      decimal = c >>> -q;
      power = 0;
      return;
    }
  }
  const isOdd = c & 1;
  const isUneven = fraction == 0 && biased > 1; // the neighbour below is nearer
  const k = (q * 1262611 - (isUneven ? 524031 : 0)) >> 22; // floor of log10 of 2^q, or of 3/4 2^q
  const h = <u64> (q + ((-k * 1741647) >> 19) + 1);
  const g = DECIMAL_POWERS + (<usize> (-k - POWER_MIN) << 4);
  const gLow = load<u64>(g);
  const gHigh = load<u64>(g, 8);
  const below = roundToOdd(gHigh, gLow, ((c << 2) - 2 + <u64> isUneven) << h);
  const at = roundToOdd(gHigh, gLow, (c << 2) << h);
  const above = roundToOdd(gHigh, gLow, ((c << 2) + 2) << h);
  const lower = below + isOdd;
  const upper = above - isOdd;
  const s = at >>> 2;
  if (s >= 10) {
    const short = s / 10;
    const isDownIn = lower <= 40 * short;
    const isUpIn = 40 * short + 40 <= upper;
    if (isDownIn != isUpIn) return strip(short + <u64> isUpIn, k + 1);
  }
  const isDownIn = lower <= 4 * s;
  const isUpIn = 4 * s + 4 <= upper;
  if (isDownIn != isUpIn) return strip(s + <u64> isUpIn, k);
  const middle = 4 * s + 2;
  strip(s + <u64> (at > middle || (at == middle && (s & 1) != 0)), k);
}

/** Without trailing zeros. */
function strip(digits: u64, exponent: i32): void {
  if ((digits & 0xff) == 0 && digits % EIGHT == 0) {
    digits /= EIGHT;
    exponent += 8;
  }
  while ((digits & 1) == 0) {
    const shorter = digits / 10;
    if (shorter * 10 != digits) break;
    digits = shorter;
    exponent++;
  }
  decimal = digits;
  power = exponent;
}

/** The upper 64 bits of g * c, of 192, with the last bit set if anything but the first is below. */
// @ts-ignore: decorator
@inline function roundToOdd(gHigh: u64, gLow: u64, c: u64): u64 {
  const x = high64(gLow, c);
  const low = gHigh * c + x;
  const high = high64(gHigh, c) + <u64> (low < x);
  return high | <u64> (low > 1);
}

/** The upper half of a product. */
// @ts-ignore: decorator
@inline function high64(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >>> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >>> 32;
  const first = aHigh * bLow + ((aLow * bLow) >>> 32);
  const second = aLow * bHigh + (first & 0xffffffff);
  return aHigh * bHigh + (first >>> 32) + (second >>> 32);
}
