/**
 * Exact sums of doubles and of their squares, hence mean and standard deviation that don't depend on any order.
 *
 * A double is ±m * 2^(bin - 1074) with an integer m < 2^53 and 2,046 bins. Per bin, m is split into limbs
 * a + b * 2^18 + c * 2^36, and the sums of a, b, c and of the terms of m^2 are kept in doubles. Each term is below
 * 2^38, so 2^15 of them add up without rounding; before that, touched bins are emptied into two big integers.
 *
 * Invariants: S = sum of x * 2^1074 and Q = sum of x^2 * 2^2148 are integers and exact; no limb sum exceeds 2^53.
 */
import { nearestQuotient, nearestRoot } from "./rational.ts";

const BINS = 2_046;
/** Limb sums per bin: a, b, c, then aa, ab, bb + 2ac, bc, cc. */
const SUMS = 8;
/** Values between two flushes: half of what would still be exact. */
const FLUSH_VALUES = 1 << 14;
/** x = integer / 2^1074 for every double x. */
const DENOMINATOR_BITS = 1_074n;

/** How many values, the sum of x * 2^1074 and that of x^2 * 2^2148. */
export type MomentsState = [count: number, sum: bigint, squares: bigint];

export class Moments {
  /** How many values were added. */
  count = 0;
  #sum = 0n;
  #squares = 0n;
  #unflushed = 0;
  readonly #sums = new Float64Array(BINS * SUMS);
  readonly #touched = new Uint8Array(BINS);
  readonly #touchedBins: number[] = [];
  readonly #value = new Float64Array(1);
  readonly #halves = new Uint32Array(this.#value.buffer);

  /** Add a finite double. */
  add(value: number): void {
    this.count++;
    this.#value[0] = value;
    const low = this.#halves[LOW];
    const high = this.#halves[HIGH];
    const exponent = (high >>> 20) & 0x7ff;
    const top = (high & 0xfffff) | (exponent === 0 ? 0 : 0x100000);
    const bin = exponent === 0 ? 0 : exponent - 1;
    if (this.#touched[bin] === 0) {
      this.#touched[bin] = 1;
      this.#touchedBins.push(bin);
    }
    const a = low & 0x3ffff;
    const b = (low >>> 18) | ((top & 0xf) << 14);
    const c = top >>> 4;
    const sums = this.#sums;
    const at = bin * SUMS;
    if (high >>> 31 === 0) {
      sums[at] += a;
      sums[at + 1] += b;
      sums[at + 2] += c;
    } else {
      sums[at] -= a;
      sums[at + 1] -= b;
      sums[at + 2] -= c;
    }
    sums[at + 3] += a * a;
    sums[at + 4] += a * b;
    sums[at + 5] += b * b + 2 * a * c;
    sums[at + 6] += b * c;
    sums[at + 7] += c * c;
    if (++this.#unflushed === FLUSH_VALUES) this.#flush();
  }

  /** All of it, for another thread: see `addSums`. */
  state(): MomentsState {
    this.#flush();
    return [this.count, this.#sum, this.#squares];
  }

  /** Add so many values that were summed elsewhere: the sum of x * 2^1074 and of x^2 * 2^2148. */
  addSums(count: number, sum: bigint, squares: bigint): void {
    this.count += count;
    this.#sum += sum;
    this.#squares += squares;
  }

  /** Add all values of other moments. */
  addAll(other: Moments): void {
    this.addSums(...other.state());
  }

  /** Take away all values of other moments, which were added before. */
  takeAway(other: Moments): void {
    const [count, sum, squares] = other.state();
    this.addSums(-count, -sum, -squares);
  }

  /** The double nearest to the exact mean; null of no values. */
  mean(): number | null {
    if (this.count === 0) return null;
    this.#flush();
    return nearestQuotient(this.#sum, BigInt(this.count) << DENOMINATOR_BITS);
  }

  /** The double nearest to the exact sample standard deviation (n - 1), maybe Infinity; null below two values. */
  sd(): number | null {
    if (this.count < 2) return null;
    this.#flush();
    const n = BigInt(this.count);
    const numerator = n * this.#squares - this.#sum * this.#sum;
    return nearestRoot(numerator, (n * (n - 1n)) << (2n * DENOMINATOR_BITS));
  }

  #flush(): void {
    const sums = this.#sums;
    for (const bin of this.#touchedBins) {
      const at = bin * SUMS;
      const big = (i: number) => BigInt(sums[at + i]);
      const sum = big(0) + (big(1) << 18n) + (big(2) << 36n);
      const squares = big(3) + (big(4) << 19n) + (big(5) << 36n) + (big(6) << 55n) +
        (big(7) << 72n);
      this.#sum += sum << BigInt(bin);
      this.#squares += squares << BigInt(2 * bin);
      sums.fill(0, at, at + SUMS);
      this.#touched[bin] = 0;
    }
    this.#touchedBins.length = 0;
    this.#unflushed = 0;
  }
}

/** Which half of a double comes first in memory. */
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const LOW = LITTLE_ENDIAN ? 0 : 1;
const HIGH = LITTLE_ENDIAN ? 1 : 0;
