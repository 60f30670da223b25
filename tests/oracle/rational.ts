/**
 * Exact rationals, and the doubles nearest to them (ties to even) by integer arithmetic alone.
 *
 * A finite double is `significand * 2 ** exponent` with a significand below 2^53 and an exponent of at least -1074.
 */

export interface Rational {
  num: bigint;
  /** Above 0. */
  den: bigint;
}

const EXPONENT_MIN = -1074;
const SIGNIFICAND_BITS = 53;

/** The double nearest to a rational; an infinity if it overflows; 0, never -0, for what rounds to zero. */
export function nearestDouble({ num, den }: Rational): number {
  if (num < 0n) return 0 - nearestDouble({ num: -num, den });
  let exponent = Math.max(bitLength(num) - bitLength(den) - SIGNIFICAND_BITS, EXPONENT_MIN);
  let scaled = timesPowerOf2({ num, den }, -exponent);
  if (scaled.num / scaled.den >= 1n << BigInt(SIGNIFICAND_BITS)) { // one bit more than estimated
    exponent += 1;
    scaled = timesPowerOf2({ num, den }, -exponent);
  }
  const below = scaled.num / scaled.den;
  const twiceRest = 2n * (scaled.num - below * scaled.den);
  return compose(roundEven(below, compare(twiceRest, scaled.den)), exponent);
}

/** The double nearest to the square root of a rational that isn't negative. */
export function nearestSquareRoot(value: Rational): number {
  if (value.num === 0n) return 0;
  const halfBits = Math.floor((bitLength(value.num) - bitLength(value.den)) / 2);
  let exponent = Math.max(halfBits - SIGNIFICAND_BITS - 1, EXPONENT_MIN);
  const rootBelow = () => {
    const scaled = timesPowerOf2(value, -2 * exponent);
    return integerRoot(scaled.num / scaled.den);
  };
  while (rootBelow() >= 1n << BigInt(SIGNIFICAND_BITS)) exponent += 1;
  const below = rootBelow();
  // The root against below + 1/2: both sides squared and times 4.
  const scaled = timesPowerOf2(value, -2 * exponent);
  const half = compare(4n * scaled.num, (2n * below + 1n) ** 2n * scaled.den);
  return compose(roundEven(below, half), exponent);
}

/** The integer with which a finite double is that many times 2^-1074. */
export function inSmallestDoubles(double: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, Math.abs(double));
  const biased = bits.getBigUint64(0) >> 52n;
  const fraction = bits.getBigUint64(0) & (1n << 52n) - 1n;
  const magnitude = biased === 0n ? fraction : (1n << 52n | fraction) << (biased - 1n);
  return double < 0 ? -magnitude : magnitude;
}

function roundEven(below: bigint, half: number): bigint {
  const up = half > 0 || (half === 0 && below % 2n === 1n);
  return up ? below + 1n : below;
}

/** `significand * 2 ** exponent` by its bits; the significand is at most 2^53, and full unless the exponent is the least. */
function compose(significand: bigint, exponent: number): number {
  const hidden = 1n << 52n;
  const bits = significand < hidden
    ? significand // subnormal
    : (BigInt(exponent - EXPONENT_MIN + 1) << 52n) + (significand - hidden); // a carry raises the exponent
  if (bits >= 0x7ffn << 52n) return Infinity;
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

function timesPowerOf2({ num, den }: Rational, power: number): Rational {
  return power >= 0 ? { num: num << BigInt(power), den } : { num, den: den << BigInt(-power) };
}

/** The largest integer whose square is at most `n` (Newton, from above). */
function integerRoot(n: bigint): bigint {
  if (n === 0n) return 0n;
  let root = 1n << BigInt(Math.ceil(bitLength(n) / 2));
  for (;;) {
    const next = (root + n / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}

function bitLength(n: bigint): number {
  return n === 0n ? 0 : n.toString(2).length;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
