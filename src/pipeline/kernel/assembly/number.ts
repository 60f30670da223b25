// A number cell as an integer (units), a scale and the nearest double.
//
// Up to sixteen bytes beside the sign: the cell is loaded so that its last byte is the last lane, all before it becomes '0', the point is closed
// up by a shuffle, and the sixteen digits are added in pairs: no loop, and no branch on what the digits are. Units up to 2^53 and a
// scale up to 22 are exact doubles, so one division rounds once: the result is the nearest double.
//
// Longer ones, as doubles are printed in full (3036.7599999999998): eight digits at a time, before the point and back from the end, as
// far as units fit an i64. Beyond 2^53 units a division rounds twice, which `mended` puts right. Whatever doesn't fit (exponents, more digits, words, faults) is for `../../number/number.ts`.

import { POINT_TABLE_BYTES, POINT_TABLES, POWERS } from "./layout";

const BYTES_MAX: usize = 16;
/** Units up to here are exact doubles. */
const UNITS_MAX: i64 = 1 << 53;
/** Of a longer number: as many digits are read before its point, and behind it. */
const LONG_WHOLE_MAX: usize = 8;
// @ts-ignore: decorator
@inline export const LONG_SCALE_MAX: u32 = 18;
const HUNDRED_MILLION: i64 = 100000000;
export const MINUS: u32 = 0x2d;
export const PLUS: u32 = 0x2b;
const POINT: u32 = 0x2e;
const COMMA: u32 = 0x2c;
export const ZERO: u32 = 0x30;

// Vector constants are read from memory: V8 builds a literal anew at each use, from two integers.
const SHUFFLES: usize = POWERS + 1024; // 16 x 16 bytes: closes up the point in lane i
const INSIDE: usize = POWERS + 1280; // 16 zeros, 16 ones: read so that the last lanes are ones
const TENS: usize = POWERS + 1312;
export const HUNDREDS: usize = POWERS + 1328;
export const TEN_THOUSANDS: usize = POWERS + 1344;
export const ZEROS: usize = POWERS + 1360; // '0', sixteen times
export const OVER_NINE: usize = POWERS + 1376; // added with saturation: gives a byte that is more than 9 the highest bit, all that `bitmask` looks at
export const POINTS: usize = POWERS + 1392;
// The same for two cells of up to eight bytes, side by side.
export const INSIDE_8: usize = POWERS + 1408; // for each length up to 8, eight bytes of which so many at the end are ones
export const PAIRS: usize = POWERS + 1488; // 10 * 256 + 1, eight times
export const SCALES_8: usize = POWERS + 1536; // of each mask of where points are; 0 too if there are too many
const GROUPS: usize = POWERS + 1792; // 17 x 16 bytes: closes up the point in lane i (16: there is none) and the marks of thousands before it
const GROUP_BYTES: usize = POWERS + 2064; // what stands between groups, sixteen times, as `POINTS`
/** The lanes of marks in front of groups of three digits of which the last ends with lane 15. */
const GROUP_MARKS: u32 = 0x1111;

/** Whether the decimal mark is a comma; else it is a point, by which it is called here in either case. */
export let hasDecimalComma: bool = false;

/** Write all tables, for numbers with this decimal mark. */
export function initTables(isComma: bool): void {
  hasDecimalComma = isComma;
  for (let i: usize = 0; i < 16; i++) {
    // Lanes up to the point take what stands before them; lane 0 takes what no lane holds: 0.
    for (let lane: usize = 0; lane < 16; lane++) {
      store<u8>(SHUFFLES + i * 16 + lane, <u8> (lane > i ? lane : lane - 1));
    }
    store<u8>(INSIDE + i, 0);
    store<u8>(INSIDE + 16 + i, 0xff);
    store<u8>(TENS + i, i & 1 ? 1 : 10);
    store<u8>(ZEROS + i, 0x30);
    store<u8>(OVER_NINE + i, 0x80 - 10);
    store<u8>(POINTS + i, <u8> ((isComma ? COMMA : POINT) - ZERO));
    store<u8>(GROUP_BYTES + i, <u8> ((isComma ? POINT : COMMA) - ZERO));
  }
  for (let point: i32 = 0; point <= 16; point++) {
    const last = min(point, 15); // lane of the last digit before the point
    for (let lane: i32 = 0; lane < 16; lane++) {
      const before = last - lane; // digits between it and the point
      const from = before < 0 ? lane : point - 1 - before - before / 3;
      store<u8>(GROUPS + (<usize> point << 4) + lane, <u8> (from < 0 ? 0xff : from));
    }
  }
  for (let length: usize = 0; length <= 8; length++) {
    store<u64>(INSIDE_8 + (length << 3), length == 0 ? 0 : ~(<u64> 0) << (64 - (<u64> length << 3)));
  }
  // Of a cell with one point and digits behind it: a shuffle that closes it up, then the power of ten that its digits are over. Any other
  // mask leaves the cell as it is: one without points is a number over 1, and a point that is left is no digit.
  for (let points: usize = 0; points < 256; points++) {
    const isClosed = points != 0 && (points & (points - 1)) == 0 && points != 0x80;
    const point: usize = isClosed ? <usize> ctz(<u32> points) : 0;
    const scale: usize = isClosed ? 7 - point : 0;
    store<u8>(SCALES_8 + points, <u8> scale);
    for (let second: usize = 0; second < 2; second++) {
      const at = POINT_TABLES + second * POINT_TABLE_BYTES + (points << 4);
      for (let lane: usize = 0; lane < 8; lane++) {
        // Lanes up to the point take what stands before them; lane 0 takes what no lane holds: 0.
        const from = isClosed && lane <= point ? lane - 1 : lane;
        store<u8>(at + lane, from > 7 ? 0xff : <u8> (from + second * 8));
      }
      let power: f64 = 1;
      for (let i: usize = 0; i < scale; i++) power *= 10;
      store<f64>(at + 8, power);
    }
  }
  for (let i: usize = 0; i < 8; i++) {
    store<i16>(HUNDREDS + i * 2, i & 1 ? 1 : 100);
    store<i16>(PAIRS + i * 2, 10 * 256 + 1);
    store<i16>(TEN_THOUSANDS + i * 2, i & 1 ? 1 : 10000);
  }
  let power: i64 = 1;
  for (let i: usize = 0; i < 19; i++) {
    store<i64>(POWERS + i * 8, power);
    store<i64>(POWERS + 368 + i * 8, i64.MAX_VALUE / power);
    power *= 10;
  }
  let double: f64 = 1; // each power up to 10^22 is exact, and so is each product on the way
  for (let i: usize = 0; i < 23; i++) {
    store<f64>(POWERS + 160 + i * 8, double);
    double *= 10;
  }
}

/** 10^exponent for exponent <= 18. */
// @ts-ignore: decorator
@inline export function powerOfTen(exponent: u32): i64 {
  return load<i64>(POWERS + (<usize> exponent << 3));
}

/** The largest integer that times 10^exponent is an i64. */
// @ts-ignore: decorator
@inline export function roomFor(exponent: u32): i64 {
  return load<i64>(POWERS + 368 + (<usize> exponent << 3));
}

/** What `readNumber` says of a cell that isn't a number that fits; no scale is as large. */
// @ts-ignore: decorator
@inline export const UNFIT: u32 = 0xff;

/**
 * Read the cell in [start, end) and store its units; its scale, or UNFIT.
 *
 * A cell with white space around it doesn't fit.
 */
// @ts-ignore: decorator
@inline export function readNumber(start: usize, end: usize, unitsTo: usize): u32 {
  const first: u32 = load<u8>(start);
  const negative = first == MINUS;
  start += <usize> (negative || first == PLUS);
  const length = end - start;
  // Also of an empty cell, where the length is 0 or, after what looked like a sign behind it, wraps around.
  if (length - 1 >= BYTES_MAX) return readLong(start, end, negative, unitsTo);
  let digits = v128.sub<u8>(v128.load(end - BYTES_MAX), v128.load(ZEROS));
  digits = v128.and(digits, v128.load(INSIDE + length));
  const points = <u32> i8x16.bitmask(i8x16.eq(digits, v128.load(POINTS)));
  let scale: u32 = 0;
  if (points) {
    // One point, and a digit beside it.
    if ((points & (points - 1)) != 0 || length == 1) return UNFIT;
    const point = ctz(points);
    scale = 15 - point;
    // Without decimals nothing would tell that there is a comma, which is counted.
    if (hasDecimalComma && scale == 0) return UNFIT;
    digits = v128.swizzle(digits, v128.load(SHUFFLES + (<usize> point << 4)));
  }
  return storeUnits(digits, negative, unitsTo) ? scale : UNFIT;
}

/** The same of a cell without its sign that isn't of 1 to sixteen bytes. */
function readLong(start: usize, end: usize, negative: bool, unitsTo: usize): u32 {
  const length = end - start;
  if (length - 1 >= LONG_WHOLE_MAX + 1 + LONG_SCALE_MAX) return UNFIT;
  const overNine = v128.load(OVER_NINE);
  const zeros = v128.load(ZEROS);
  const first = v128.add_sat<u8>(v128.sub<u8>(v128.load(end - 32), zeros), overNine);
  const last = v128.add_sat<u8>(v128.sub<u8>(v128.load(end - 16), zeros), overNine);
  // Of the last 32 bytes, those within the cell that are no digits: it has to be one, and the point.
  const strange = (<u32> i8x16.bitmask(first) | (<u32> i8x16.bitmask(last) << 16)) & (0xffffffff << (32 - <u32> length));
  if (strange == 0 || (strange & (strange - 1)) != 0) return UNFIT;
  const point = end - 32 + <usize> ctz(strange);
  if (load<u8>(point) != <u8> (hasDecimalComma ? COMMA : POINT)) return UNFIT;
  const scale = <u32> (end - point) - 1;
  if (scale - 1 >= LONG_SCALE_MAX || point - start > LONG_WHOLE_MAX) return UNFIT;
  const whole = lastDigits(point, <i32> (point - start));
  if (whole >= roomFor(scale)) return UNFIT; // else units are below (whole + 1) * 10^scale, which is an i64
  const upper = lastDigits(end - 16, <i32> scale - 16) * HUNDRED_MILLION + lastDigits(end - 8, <i32> scale - 8);
  const decimals = upper * HUNDRED_MILLION + lastDigits(end, <i32> scale);
  storeSigned(unitsTo, whole * powerOfTen(scale) + decimals, negative);
  return scale;
}

// @ts-ignore: decorator
@inline function storeSigned(to: usize, units: i64, negative: bool): void {
  const sign = -(<i64> negative);
  store<i64>(to, (units ^ sign) - sign);
}

/** The number that the digits before `end` make: so many of them, but eight at most and none if that is negative. */
// @ts-ignore: decorator
@inline function lastDigits(end: usize, count: i32): i64 {
  const inside = load<u64>(INSIDE_8 + (<usize> max(0, min(8, count)) << 3));
  return eightDigits(<i64> (load<u64>(end - 8) & inside & 0x0f0f0f0f0f0f0f0f));
}

/** The same of a number without a sign that has marks between groups of three digits: commas, or points where a comma is the decimal mark. */
export function readGrouped(start: usize, end: usize, unitsTo: usize): u32 {
  const length = end - start;
  const first: u32 = load<u8>(start);
  if (length - 1 >= BYTES_MAX || first <= ZERO) return UNFIT; // a mark is below it
  let digits = v128.sub<u8>(v128.load(end - BYTES_MAX), v128.load(ZEROS));
  digits = v128.and(digits, v128.load(INSIDE + length));
  const points = <u32> i8x16.bitmask(i8x16.eq(digits, v128.load(POINTS)));
  if (points & (points - 1)) return UNFIT;
  const point: u32 = points ? ctz(points) : 16;
  const marks = <u32> i8x16.bitmask(i8x16.eq(digits, v128.load(GROUP_BYTES)));
  // One in each of these places within the cell, and in no other. The first byte is none, so it must not be such a place: no group has four digits.
  const wanted = (GROUP_MARKS >>> (16 - point)) & (0xffff << (16 - <u32> length));
  if (marks == 0 || marks != wanted || (hasDecimalComma && point == 15)) return UNFIT; // as in `readNumber`
  digits = v128.swizzle(digits, v128.load(GROUPS + (<usize> point << 4)));
  return storeUnits(digits, false, unitsTo) ? (points ? 15 - point : 0) : UNFIT;
}

/** Store the integer that sixteen digits make; false if one is no digit, or if the integer doesn't fit. */
// @ts-ignore: decorator
@inline function storeUnits(digits: v128, negative: bool, unitsTo: usize): bool {
  if (i8x16.bitmask(v128.add_sat<u8>(digits, v128.load(OVER_NINE)))) return false;
  let units: i64;
  if (i64x2.extract_lane(digits, 0) == 0) units = eightDigits(i64x2.extract_lane(digits, 1));
  else {
    units = sixteenDigits(digits);
    if (units > UNITS_MAX) return false;
  }
  storeSigned(unitsTo, units, negative);
  return true;
}

/** The double nearest to units / 10^scale, both as `readNumber` reads them. */
// @ts-ignore: decorator
@inline export function valueOf(units: i64, scale: u32): f64 {
  const value = <f64> units / load<f64>(POWERS + 160 + (<usize> scale << 3));
  // Two exact doubles, rounded once; else two roundings, of which the second was of a rounded number.
  return units <= UNITS_MAX && units >= -UNITS_MAX ? value : mended(value, units, scale);
}

/**
 * The double nearest to units / 10^scale, given one that two roundings made of it: of 2^53 to 2^63 units, 1 <= scale <= 18, below 2^27.
 *
 * As each rounding is off by 2^-53 at most, relatively, `value` = m * 2^-e, with 2^52 <= m < 2^53, is less than two of its last places from
 * the exact number, which is m + rest / 10^scale last places. So |rest| < 2^61, and the low 64 bits of both products tell it. It is rounded to the nearest
 * place, and no number is half way between two: it would be an odd multiple of 2^-k with 54 bits and k <= 18, hence 2^35 at least.
 * Where last places become smaller, at m = 2^52, it is counted in those; from above it `m` doesn't get there, since the error is about one place at m near 2^52.
 * Above 2^53, where places become larger, `m` becomes 2^53 + 1 at most, which is converted to 2^53, the nearer one.
 */
function mended(value: f64, units: i64, scale: u32): f64 {
  const bits = reinterpret<u64>(abs(value));
  let m = <i64> (bits & 0xfffffffffffff) | 0x10000000000000;
  let e = <u64> 1075 - (bits >>> 52);
  const over = powerOfTen(scale);
  let rest = (abs(units) << e) - m * over;
  if (rest < 0 && m == 0x10000000000000) {
    m <<= 1;
    rest <<= 1;
    e++;
  }
  while (2 * rest > over) {
    m++;
    rest -= over;
  }
  while (2 * rest < -over) {
    m--;
    rest += over;
  }
  return copysign<f64>(<f64> m * reinterpret<f64>((1023 - e) << 52), value);
}

/** The number that eight digits make, the first in the lowest byte: pairs, then both fours at once. */
// @ts-ignore: decorator
@inline function eightDigits(digits: i64): i64 {
  const pairs = digits * 10 + (digits >>> 8);
  const outer = (pairs & 0x000000ff000000ff) * 0x000f424000000064; // 10^6 and 10^2
  const inner = ((pairs >>> 16) & 0x000000ff000000ff) * 0x0000271000000001; // 10^4 and 1
  return (outer + inner) >>> 32;
}

/** The number that sixteen digits make: 16 x 1 digit, 8 x 2, 4 x 4, 2 x 8. */
function sixteenDigits(digits: v128): i64 {
  const tens = v128.load(TENS);
  const low = i32x4.extadd_pairwise_i16x8_u(i16x8.extmul_low_i8x16_u(digits, tens));
  const high = i32x4.extadd_pairwise_i16x8_u(i16x8.extmul_high_i8x16_u(digits, tens));
  const fours = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_u(low, high), v128.load(HUNDREDS));
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_u(fours, fours), v128.load(TEN_THOUSANDS));
  const both = i64x2.extract_lane(eights, 0);
  return (both & 0xffffffff) * HUNDRED_MILLION + (both >>> 32);
}
