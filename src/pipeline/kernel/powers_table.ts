/** Powers of ten for `assembly/number_text.ts`: 128 bits of each, rounded up. */

const POWER_MIN = -292;
const POWER_MAX = 324;
const BITS = 128;

/** The bytes of the table: 10^POWER_MIN first, each as 16 bytes, the lowest first. */
export function powersTable(): Uint8Array {
  const words = new BigUint64Array(2 * (POWER_MAX - POWER_MIN + 1));
  const put = (power: number, bits: bigint) => {
    words[2 * (power - POWER_MIN)] = BigInt.asUintN(64, bits);
    words[2 * (power - POWER_MIN) + 1] = bits >> 64n;
  };
  for (let power = 0, integer = 1n; power <= POWER_MAX; power++, integer *= 10n) {
    put(power, leadingBits(power, integer));
    if (power > 0 && -power >= POWER_MIN) put(-power, reciprocalBits(power, integer));
  }
  return new Uint8Array(words.buffer);
}

/** The first bits of `integer`, which is 10^power, rounded up; power >= 0. */
function leadingBits(power: number, integer: bigint): bigint {
  const shift = BigInt(bitLength(power) - BITS);
  return shift <= 0n ? integer << -shift : ((integer - 1n) >> shift) + 1n;
}

/** The first bits of 1 / `integer`, which is 10^power, rounded up; power > 0. */
function reciprocalBits(power: number, integer: bigint): bigint {
  return (1n << BigInt(bitLength(power) + BITS - 1)) / integer + 1n;
}

/** How many bits 10^power has: 1741647 / 2^19 is the logarithm of 10 nearly enough for all of the table. */
function bitLength(power: number): number {
  return ((power * 1_741_647) >> 19) + 1;
}
