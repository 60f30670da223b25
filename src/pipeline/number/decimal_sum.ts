/**
 * An exact sum of decimals.
 *
 * Three levels, each behind the one before it:
 * - `units / 10^scale` in a safe integer: nearly every sum lives here, at the cost of one addition per row;
 * - `near / 10^nearScale`, a big integer, for what doesn't fit: up to `LIMB_DIGITS` decimals;
 * - `deep`, limbs of a number in base 10^LIMB_DIGITS, for cells with more decimals than that (a cell may hold
 *   260,000): limb j stands for deep[j] / 10^((j + 1) * LIMB_DIGITS), j >= 1.
 *
 * A cell reaches limb j only by being j * LIMB_DIGITS bytes long, less its exponent: so the limbs of all sums together are bounded by
 * the bytes that were read, and time stays linear, where one aligned integer would cost its full length for each row.
 */
import { EXACT_POWERS_OF_TEN, type NumberCell } from "./number.ts";
import { nearestQuotient } from "../exact/rational.ts";

/**
 * More than 1,075, so that 10^LIMB_DIGITS is a multiple of the denominators of all doubles and of all midpoints
 * between doubles: then what lies below the first limb can't cross a rounding boundary (see `mean`).
 */
const LIMB_DIGITS = 1_100;

/** The second and third level of a sum that has nothing in its first. */
export interface DecimalSumState {
  near: bigint;
  nearScale: number;
  deep: ReadonlyMap<number, bigint> | null;
}

export class DecimalSum {
  #units = 0;
  #scale = 0;
  #near = 0n;
  #nearScale = 0;
  #deep: Map<number, bigint> | null = null;

  /** Add a number that was read without a fault. */
  add(cell: Pick<NumberCell, "units" | "wide" | "scale">): void {
    if (cell.wide === null && cell.scale >= 0 && cell.scale < EXACT_POWERS_OF_TEN.length) {
      if (this.#addUnits(cell.units, cell.scale)) return;
      this.#spill();
      this.#units = cell.units;
      this.#scale = cell.scale;
    } else this.#addWide(cell.wide ?? BigInt(cell.units), cell.scale);
  }

  /** All of it, for another thread. */
  state(): DecimalSumState {
    this.#spill();
    return { near: this.#near, nearScale: this.#nearScale, deep: this.#deep };
  }

  /** Add a sum that was made elsewhere. */
  addState({ near, nearScale, deep }: DecimalSumState): void {
    this.#addWide(near, nearScale);
    if (deep === null) return;
    this.#deep ??= new Map();
    for (const [limb, units] of deep) this.#deep.set(limb, (this.#deep.get(limb) ?? 0n) + units);
  }

  /** The exact sum in plain digits, without exponent, trailing zeros or trailing point. */
  toString(): string {
    if (this.#isSmall()) {
      return plainDigits(this.#units < 0, String(Math.abs(this.#units)), this.#scale, "");
    }
    const { negative, head, scale, tail } = this.#fixed();
    return plainDigits(negative, head.toString(), scale, tail);
  }

  /** The double nearest to the exact sum divided by the number of rows, rows > 0. */
  mean(rows: number): number {
    if (this.#isSmall()) {
      const divisor = rows * EXACT_POWERS_OF_TEN[this.#scale];
      // Two exact integers: one division rounds once. The sum is added to 0 to lose the sign of a zero.
      if (divisor <= Number.MAX_SAFE_INTEGER) return this.#units / divisor + 0;
    }
    const { negative, head, scale, tail } = this.#fixed();
    // The exact value is (head + t) / 10^scale with 0 <= t < 1. If t isn't 0, the scale is LIMB_DIGITS, and no
    // boundary of rounding lies strictly between two neighbouring multiples: any t inside rounds alike, so take 1/2.
    const doubled = 2n * head + (/[1-9]/.test(tail) ? 1n : 0n);
    const value = nearestQuotient(doubled, 2n * BigInt(rows) * powerOfTen(scale));
    return negative ? 0 - value : value; // not -value: a zero has no sign
  }

  /** Whether all of the sum is in the first level. */
  #isSmall(): boolean {
    return this.#near === 0n && this.#deep === null;
  }

  /** Whether the sum could take a small number at the first level. */
  #addUnits(units: number, scale: number): boolean {
    let mine = this.#units;
    // A product or sum beyond the safe integers may be rounded, but never back into them.
    if (scale < this.#scale) units *= EXACT_POWERS_OF_TEN[this.#scale - scale];
    else if (scale > this.#scale) mine *= EXACT_POWERS_OF_TEN[scale - this.#scale];
    const sum = mine + units;
    if (!isSafe(units) || !isSafe(mine) || !isSafe(sum)) return false;
    this.#units = sum;
    if (scale > this.#scale) this.#scale = scale;
    return true;
  }

  /** Move the first level into the second. */
  #spill(): void {
    const units = this.#units;
    this.#units = 0;
    if (units !== 0) this.#addWide(BigInt(units), this.#scale);
    this.#scale = 0;
  }

  #addWide(units: bigint, scale: number): void {
    if (units === 0n) return;
    if (scale > LIMB_DIGITS) {
      const limb = Math.ceil(scale / LIMB_DIGITS) - 1;
      this.#deep ??= new Map();
      const aligned = units * powerOfTen((limb + 1) * LIMB_DIGITS - scale);
      this.#deep.set(limb, (this.#deep.get(limb) ?? 0n) + aligned);
      return;
    }
    if (scale > this.#nearScale) {
      this.#near *= powerOfTen(scale - this.#nearScale);
      this.#nearScale = scale;
    }
    const shift = this.#nearScale - scale;
    this.#near += shift === 0 ? units : units * powerOfTen(shift);
  }

  /** The sum as ±(head / 10^scale), followed by the digits of `tail`; head >= 0, and no minus before zero. */
  #fixed(): { negative: boolean; head: bigint; scale: number; tail: string } {
    this.#spill();
    if (this.#deep === null) {
      const negative = this.#near < 0n;
      return {
        negative,
        head: negative ? -this.#near : this.#near,
        scale: this.#nearScale,
        tail: "",
      };
    }
    const fixed = this.#carried(this.#deep, 1n);
    return fixed.head >= 0n
      ? { negative: false, ...fixed }
      : { negative: true, ...this.#carried(this.#deep, -1n) };
  }

  /** All levels times `sign`, carried upwards so that each limb below the head is a row of digits. */
  #carried(
    deep: Map<number, bigint>,
    sign: 1n | -1n,
  ): { head: bigint; scale: number; tail: string } {
    const base = powerOfTen(LIMB_DIGITS);
    const limbs: string[] = [];
    let carry = 0n;
    for (let limb = Math.max(...deep.keys()); limb >= 1; limb--) {
      const value = sign * (deep.get(limb) ?? 0n) + carry;
      carry = value / base;
      if (carry * base > value) carry -= 1n; // towards minus infinity: digits are never negative
      limbs.push((value - carry * base).toString().padStart(LIMB_DIGITS, "0"));
    }
    const head = sign * this.#near * powerOfTen(LIMB_DIGITS - this.#nearScale) + carry;
    return { head, scale: LIMB_DIGITS, tail: limbs.reverse().join("") };
  }
}

function isSafe(integer: number): boolean {
  return integer <= Number.MAX_SAFE_INTEGER && integer >= -Number.MAX_SAFE_INTEGER;
}

/** ±digits / 10^scale, scale >= 0, followed by more decimals, without trailing zeros. */
export function plainDigits(
  negative: boolean,
  digits: string,
  scale: number,
  tail: string,
): string {
  const padded = digits.padStart(scale + 1, "0");
  const decimals = padded.slice(padded.length - scale) + tail;
  let end = decimals.length;
  while (end > 0 && decimals[end - 1] === "0") end--;
  const whole = padded.slice(0, padded.length - scale);
  return (negative ? "-" : "") + whole + (end === 0 ? "" : `.${decimals.slice(0, end)}`);
}

const powersOfTen: bigint[] = [1n];

/** 10^exponent for 0 <= exponent < LIMB_DIGITS + 400 or so; each is computed once. */
function powerOfTen(exponent: number): bigint {
  for (let i = powersOfTen.length; i <= exponent; i++) powersOfTen.push(powersOfTen[i - 1] * 10n);
  return powersOfTen[exponent];
}
