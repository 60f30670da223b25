/** Seeded randomness for tests: a failing run prints its seed, and the seed brings it back. */

export interface Random {
  readonly seed: number;
  /** 0 <= x < 1 */
  next(): number;
  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number;
  pick<T>(items: readonly T[]): T;
}

/** sfc32 by Chris Doty-Humphrey (PractRand), seeded from one number. */
export function seeded(seed: number): Random {
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, seed | 0, 1];
  const next = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 15; i++) next();
  const whole = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return { seed, next, whole, pick: (items) => items[whole(0, items.length - 1)] };
}
