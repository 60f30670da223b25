/**
 * From exact quotients of integers to the nearest double, ties to even (IEEE 754 roundTiesToEven).
 *
 * Both functions compute an integer `q` of at least 64 bits and whether anything was cut off below it (`sticky`);
 * as a double keeps 53 bits, that is all that rounding can ask for.
 */

/** Bits of quotient to compute: 53, one to round by, and room to spare. */
const QUOTIENT_BITS = 64;
/** The exponent of the smallest subnormal: nothing finer exists. */
const EXPONENT_MIN = -1074;

/**
 * The double nearest to numerator / denominator; an infinity if that is beyond all doubles.
 *
 * ```ts
 * import { nearestQuotient } from "./rational.ts";
 * if (nearestQuotient(1n, 3n) !== 1 / 3) throw new Error("not the nearest");
 * ```
 *
 * @throws {RangeError} if the denominator isn't positive
 */
export function nearestQuotient(numerator: bigint, denominator: bigint): number {
  if (denominator <= 0n) throw new RangeError("a denominator must be positive");
  if (numerator === 0n) return 0;
  const negative = numerator < 0n;
  const n = negative ? -numerator : numerator;
  const shift = QUOTIENT_BITS - (bitLength(n) - bitLength(denominator));
  const [dividend, divisor] = scaled(n, denominator, shift);
  const q = dividend / divisor;
  const value = roundToDouble(q, q * divisor !== dividend, -shift);
  return negative ? 0 - value : value; // not -value: a zero has no sign
}

/**
 * The double nearest to the square root of numerator / denominator.
 *
 * @throws {RangeError} if the numerator is negative or the denominator isn't positive
 */
export function nearestRoot(numerator: bigint, denominator: bigint): number {
  if (denominator <= 0n) throw new RangeError("a denominator must be positive");
  if (numerator < 0n) throw new RangeError("a root needs a numerator that isn't negative");
  if (numerator === 0n) return 0;
  const bits = bitLength(numerator) - bitLength(denominator);
  const shift = Math.ceil((2 * QUOTIENT_BITS - bits) / 2);
  const [dividend, divisor] = scaled(numerator, denominator, 2 * shift);
  const q = dividend / divisor;
  const root = integerRoot(q);
  return roundToDouble(root, root * root !== q || q * divisor !== dividend, -shift);
}

/** Numerator and denominator of the quotient times 2^shift. */
function scaled(numerator: bigint, denominator: bigint, shift: number): [bigint, bigint] {
  return shift >= 0
    ? [numerator << BigInt(shift), denominator]
    : [numerator, denominator << BigInt(-shift)];
}

const scratch = new DataView(new ArrayBuffer(8));

/** The double nearest to (q + something below 1, if sticky) * 2^exponent; q has at least 55 bits. */
function roundToDouble(q: bigint, sticky: boolean, exponent: number): number {
  const unit = Math.max(exponent + bitLength(q) - 53, EXPONENT_MIN);
  const shift = BigInt(unit - exponent);
  let head = q >> shift;
  const rest = q - (head << shift);
  const half = 1n << (shift - 1n);
  if (rest > half || (rest === half && (sticky || (head & 1n) === 1n))) head += 1n;
  // Adding the head to the exponent field is right for subnormals (field 0), for normals (whose leading bit
  // adds the missing 1 to the field) and for a head that was rounded up to 2^53.
  const bits = (BigInt(unit - EXPONENT_MIN) << 52n) + head;
  if (bits >= 0x7ff0_0000_0000_0000n) return Infinity;
  scratch.setBigUint64(0, bits);
  return scratch.getFloat64(0);
}

/** The largest integer whose square isn't above q, for q > 0: Newton's method from above. */
function integerRoot(q: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(bitLength(q) / 2));
  for (;;) {
    const next = (root + q / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** Of n > 0. */
function bitLength(n: bigint): number {
  const hex = n.toString(16);
  return 4 * hex.length - Math.clz32(parseInt(hex[0], 16)) + 28;
}
