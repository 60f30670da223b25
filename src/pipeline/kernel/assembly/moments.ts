// Stage 3, aggregate: exact sums of doubles and of their squares.
//
// As in `../../exact/moments.ts`, a double is ±m * 2^(bin - 1074) with an integer m < 2^53. Per bin, 64-bit integers sum m and, with
// m = h * 2^26 + l, the products h*h, h*l and l*l, each below 2^54: 256 of them fit (young sums); then they are added to 128
// bits (old sums). TypeScript reads the old sums and makes big integers of them. Because all of it is exact, what was added can be
// taken away again.

import { OLD, YOUNG } from "./layout";

const BINS: usize = 2048;
/** i64 m, hh, hl, ll; u64 count. */
const YOUNG_BYTES: usize = 64;
/** Four sums of 128 bits, low half first. */
const OLD_BYTES: usize = 64;
const VALUES_MAX: u64 = 256;

export function resetMoments(): void {
  memory.fill(YOUNG, 0, BINS * YOUNG_BYTES);
  memory.fill(OLD, 0, BINS * OLD_BYTES);
}

/** Add a finite double; with `away` -1 instead of 0, take it away. */
// @ts-ignore: decorator
@inline export function addMoment(value: f64, away: i64): void {
  const bits = reinterpret<u64>(value);
  const exponent = <usize> ((bits >>> 52) & 0x7ff);
  const isNormal = exponent != 0;
  const m: u64 = (bits & 0xfffffffffffff) | (<u64> isNormal << 52);
  const bin = YOUNG + (exponent - <usize> isNormal) * YOUNG_BYTES;
  const sign = (<i64> bits >> 63) ^ away;
  const h = <i64> (m >>> 26);
  const l = <i64> (m & 0x3ffffff);
  store<i64>(bin, load<i64>(bin) + ((<i64> m ^ sign) - sign));
  store<i64>(bin, load<i64>(bin, 8) + ((h * h ^ away) - away), 8);
  store<i64>(bin, load<i64>(bin, 16) + ((h * l ^ away) - away), 16);
  store<i64>(bin, load<i64>(bin, 24) + ((l * l ^ away) - away), 24);
  const count = load<u64>(bin, 32) + 1;
  store<u64>(bin, count, 32);
  if (count == VALUES_MAX) age(bin);
}

/** Add all young sums to the old ones. */
export function settleMoments(): void {
  for (let bin = YOUNG; bin < YOUNG + BINS * YOUNG_BYTES; bin += YOUNG_BYTES) {
    if (load<u64>(bin, 32) != 0) age(bin);
  }
}

function age(bin: usize): void {
  const old = OLD + (bin - YOUNG);
  for (let sum: usize = 0; sum < 4; sum++) {
    const young = load<u64>(bin + (sum << 3));
    const at = old + (sum << 4);
    const low = load<u64>(at) + young;
    const top = <u64> (<i64> young >> 63);
    store<u64>(at, low);
    store<u64>(at, load<u64>(at, 8) + top + <u64> (low < young), 8);
  }
  memory.fill(bin, 0, YOUNG_BYTES);
}
