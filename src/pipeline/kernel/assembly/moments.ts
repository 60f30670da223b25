// Stage 3, aggregate: exact sums of doubles and of their squares.
//
// As in `../../exact/moments.ts`, a double is ±m * 2^(bin - 1074) with an integer m < 2^53. Per bin, 64-bit integers sum m and, with
// m = h * 2^26 + l, the products h*h, h*l and l*l, each below 2^54: hundreds of them fit (young sums); then they are added to 128
// bits (old sums). Of a normal double h*h is at least 2^52, so its sum also tells when the others might be full. TypeScript reads the
// old sums and makes big integers of them. Because all of it is exact, what was added can be taken away again.

import { OLD, YOUNG } from "./layout";

const BINS: usize = 2048;
/** i64 m, hh, hl, ll. */
const YOUNG_BYTES: usize = 32;
/** Four sums of 128 bits, low half first. */
const OLD_BYTES: usize = 64;
/** A sum of h*h below it is one of at most 512 normal doubles, and the other three have room for as many. */
const HH_MAX: u64 = 1 << 61;
const NORMAL_BIT: u64 = 1 << 52;

export function resetMoments(): void {
  memory.fill(YOUNG, 0, BINS * YOUNG_BYTES);
  memory.fill(OLD, 0, BINS * OLD_BYTES);
}

/** Add a finite double. */
// @ts-ignore: decorator
@inline export function addMoment(value: f64): void {
  const bits = reinterpret<u64>(value);
  const exponent = <usize> ((bits >>> 52) & 0x7ff);
  if (exponent == 0) addRare(bits, 0);
  else {
    const m = (bits & (NORMAL_BIT - 1)) | NORMAL_BIT;
    const bin = YOUNG + (exponent - 1) * YOUNG_BYTES;
    const sign = <i64> bits >> 63;
    const h = m >>> 26;
    const l = m & 0x3ffffff;
    const hh = load<u64>(bin, 8) + h * h;
    store<i64>(bin, load<i64>(bin) + ((<i64> m ^ sign) - sign));
    store<u64>(bin, hh, 8);
    store<u64>(bin, load<u64>(bin, 16) + h * l, 16);
    store<u64>(bin, load<u64>(bin, 24) + l * l, 24);
    if (hh >= HH_MAX) age(bin);
  }
}

/** Take away a finite double that was added. */
export function removeMoment(value: f64): void {
  addRare(reinterpret<u64>(value), -1);
}

/** Add a finite double that may be of any size, or take it away; its bin is left without young sums. */
function addRare(bits: u64, away: i64): void {
  const exponent = <usize> ((bits >>> 52) & 0x7ff);
  const isNormal = exponent != 0;
  const m = (bits & (NORMAL_BIT - 1)) | (<u64> isNormal << 52);
  if (m == 0) return;
  const bin = YOUNG + (exponent - <usize> isNormal) * YOUNG_BYTES;
  const sign = (<i64> bits >> 63) ^ away;
  const h = <i64> (m >>> 26);
  const l = <i64> (m & 0x3ffffff);
  age(bin);
  store<i64>(bin, (<i64> m ^ sign) - sign);
  store<i64>(bin, (h * h ^ away) - away, 8);
  store<i64>(bin, (h * l ^ away) - away, 16);
  store<i64>(bin, (l * l ^ away) - away, 24);
  age(bin);
}

/** Add all young sums to the old ones. */
export function settleMoments(): void {
  for (let bin = YOUNG; bin < YOUNG + BINS * YOUNG_BYTES; bin += YOUNG_BYTES) age(bin);
}

/** The next bin, from a given one on, that has old sums; as many as there are if none has. */
export function nextBin(from: u32): u32 {
  let bin = from;
  for (; bin < <u32> BINS; bin++) {
    const old = OLD + <usize> bin * OLD_BYTES;
    const halves = v128.or(v128.load(old), v128.load(old, 16));
    if (v128.any_true(v128.or(halves, v128.or(v128.load(old, 32), v128.load(old, 48))))) break;
  }
  return bin;
}

function age(bin: usize): void {
  const old = OLD + ((bin - YOUNG) << 1);
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
