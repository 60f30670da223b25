// A number cell: up to sixteen bytes beside the sign, as an integer (units), a scale and the nearest double.
//
// The cell is loaded so that its last byte is the last lane, all before it becomes '0', the point is closed up
// by a shuffle, and the sixteen digits are added in pairs: no loop, and no branch on what the digits are. Units up to 2^53 and a
// scale up to 22 are exact doubles, so one division rounds once: the result is the nearest double. Whatever doesn't fit (exponents,
// more digits, words, faults) is for `../../number.ts`.

import { POWERS } from "./layout";

const BYTES_MAX: usize = 16;
const UNITS_MAX: i64 = 1 << 53;
const MINUS: u32 = 0x2d;
const PLUS: u32 = 0x2b;
const POINT: u32 = 0x2e;

/** What `readNumber` found, if it returned true. */
export let units: i64 = 0;
export let scale: u32 = 0;
export let value: f64 = 0;

/** Write the powers of ten. */
export function initPowers(): void {
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
export function powerOfTen(exponent: u32): i64 {
  return load<i64>(POWERS + (<usize> exponent << 3));
}

/** The largest integer that times 10^exponent is an i64. */
// @ts-ignore: decorator
export function roomFor(exponent: u32): i64 {
  return load<i64>(POWERS + 368 + (<usize> exponent << 3));
}

/** Whether the trimmed cell in [start, end) is a number that fits. */
// @ts-ignore: decorator
export function readNumber(start: usize, end: usize): bool {
  const first: u32 = load<u8>(start);
  const negative = first == MINUS;
  if (negative || first == PLUS) start++;
  const length = end - start;
  // Also of an empty cell, where end - start is 0 or, after what looked like a sign behind it, wraps around.
  if (length - 1 >= BYTES_MAX) return false;
  const lanes = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const outside = i8x16.lt_u(lanes, i8x16.splat(<i8> (BYTES_MAX - length)));
  let digits = v128.sub<i8>(v128.load(end - BYTES_MAX), i8x16.splat(0x30));
  digits = v128.andnot(digits, outside);
  const points = <u32> i8x16.bitmask(i8x16.eq(digits, i8x16.splat(<i8> (POINT - 0x30))));
  scale = 0;
  if (points) {
    // One point, and a digit beside it.
    if ((points & (points - 1)) != 0 || length == 1) return false;
    const point = ctz(points);
    scale = 15 - point;
    // Lanes up to the point take what stands before them; lane 0 takes what lies outside, so 0.
    const behind = i8x16.le_u(lanes, i8x16.splat(<i8> point));
    digits = v128.swizzle(digits, v128.add<i8>(lanes, behind));
  }
  if (v128.any_true(i8x16.gt_u(digits, i8x16.splat(9)))) return false;
  // 16 x 1 digit, 8 x 2, 4 x 4, 2 x 8.
  const tens = i8x16(10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1);
  const low = i32x4.extadd_pairwise_i16x8_u(i16x8.extmul_low_i8x16_u(digits, tens));
  const high = i32x4.extadd_pairwise_i16x8_u(i16x8.extmul_high_i8x16_u(digits, tens));
  const pairs = i16x8.narrow_i32x4_u(low, high);
  const fours = i32x4.dot_i16x8_s(pairs, i16x8(100, 1, 100, 1, 100, 1, 100, 1));
  const eights = i32x4.dot_i16x8_s(
    i16x8.narrow_i32x4_u(fours, fours),
    i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1),
  );
  const all = <i64> i32x4.extract_lane(eights, 0) * 100000000 + <i64> i32x4.extract_lane(eights, 1);
  if (all > UNITS_MAX) return false;
  const magnitude = <f64> all / load<f64>(POWERS + 160 + (<usize> scale << 3));
  units = negative ? -all : all;
  value = negative ? -magnitude : magnitude;
  return true;
}
