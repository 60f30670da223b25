/** Powers of ten for `assembly/number_text.ts`: 128 bits of each, rounded up. */

const POWER_MIN = -292;
const POWER_MAX = 324;
const BITS = 128;

/** The bytes of the table: 10^POWER_MIN first, each as 16 bytes, the lowest first. */
export function powersTable(): Uint8Array {
  const words: bigint[] = [];
  for (let power = POWER_MIN; power <= POWER_MAX; power++) {
    const bits = power < 0 ? reciprocalBits(-power) : leadingBits(power);
    words.push(BigInt.asUintN(64, bits), bits >> 64n);
  }
  return new Uint8Array(BigUint64Array.from(words).buffer);
}

/** The first bits of 10^power, rounded up; power >= 0. */
function leadingBits(power: number): bigint {
  const shift = BigInt(bitLength(power) - BITS);
  const integer = 10n ** BigInt(power);
  return shift <= 0n ? integer << -shift : ((integer - 1n) >> shift) + 1n;
}

/** The first bits of 10^-power, rounded up; power > 0. */
function reciprocalBits(power: number): bigint {
  return (1n << BigInt(bitLength(power) + BITS - 1)) / 10n ** BigInt(power) + 1n;
}

/** How many bits 10^power has: 1741647 / 2^19 is the logarithm of 10 nearly enough for all of the table. */
function bitLength(power: number): number {
  return ((power * 1_741_647) >> 19) + 1;
}
