/** Rational arithmetic in the plainest way, as a twin for what is fast. */

/** numerator / denominator, denominator > 0. */
export interface Rational {
  numerator: bigint;
  denominator: bigint;
}

/** What a decimal literal means. */
export function decimal(text: string): Rational {
  const { sign, whole, part = "", exponent = "0" } =
    /^(?<sign>[+-]?)(?<whole>\d*)\.?(?<part>\d*)(?:[eE](?<exponent>[+-]?\d+))?$/.exec(text)!
      .groups!;
  const units = BigInt(`${whole}${part}` || "0") * (sign === "-" ? -1n : 1n);
  const scale = part.length - Number(exponent);
  return scale >= 0
    ? { numerator: units, denominator: 10n ** BigInt(scale) }
    : { numerator: units * 10n ** BigInt(-scale), denominator: 1n };
}

/** What a finite double is. */
export function exactly(double: number): Rational {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, double);
  const raw = bits.getBigUint64(0);
  const field = (raw >> 52n) & 0x7ffn;
  const fraction = raw & 0xf_ffff_ffff_ffffn;
  const mantissa = field === 0n ? fraction : fraction | 0x10_0000_0000_0000n;
  const exponent = (field === 0n ? 1n : field) - 1075n;
  const signed = raw >> 63n === 1n ? -mantissa : mantissa;
  return exponent >= 0n
    ? { numerator: signed << exponent, denominator: 1n }
    : { numerator: signed, denominator: 1n << -exponent };
}

export function add(a: Rational, b: Rational): Rational {
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

export function multiply(a: Rational, b: Rational): Rational {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

/** Below zero, zero, above zero: how a compares to b. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The neighbouring doubles of one that is finite. */
export function neighbours(double: number): [number, number] {
  if (double < 0) {
    const [down, up] = neighbours(-double);
    return [-up, -down];
  }
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, double);
  const raw = bits.getBigUint64(0);
  const at = (value: bigint) => {
    bits.setBigUint64(0, value);
    return bits.getFloat64(0);
  };
  return [double === 0 ? -Number.MIN_VALUE : at(raw - 1n), at(raw + 1n)];
}

/** Whether a double's last bit is 0. */
export function isEven(double: number): boolean {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, double);
  return (bits.getBigUint64(0) & 1n) === 0n;
}

/** 2^1024, where an infinity stands in a comparison. */
const BEYOND: Rational = { numerator: 1n << 1024n, denominator: 1n };

/** The middle between two neighbouring doubles, of which one may be an infinity. */
export function midpoint(a: number, b: number): Rational {
  const exact = (double: number): Rational =>
    Number.isFinite(double)
      ? exactly(double)
      : { numerator: double > 0 ? BEYOND.numerator : -BEYOND.numerator, denominator: 1n };
  return multiply(add(exact(a), exact(b)), { numerator: 1n, denominator: 2n });
}
