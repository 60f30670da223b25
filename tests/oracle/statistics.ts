/** Mean, standard deviation, threshold and anomalies: semantics.md section 7. */
import { inSmallestDoubles, nearestDouble, nearestSquareRoot } from "./rational.ts";

export interface Statistics {
  n: number;
  mean: number | null;
  sd: number | null;
  k: number;
  threshold: number | null;
}

export type WarningCode =
  | "single-row"
  | "no-spread"
  | "beyond-double"
  | "unreachable-threshold";

export interface Spread {
  statistics: Statistics;
  warning: WarningCode | null;
  /** The z-score of an anomaly; null if the value is none. A z-score that overflows is an infinity. */
  zScore(value: number): number | null;
}

/** The statistics of all `rev_per_unit`, in any order. */
export function spread(values: number[], k: number): Spread {
  const none = () => null;
  const n = values.length;
  if (n === 0) {
    const statistics = { n, mean: null, sd: null, k, threshold: null };
    return { statistics, warning: null, zScore: none };
  }
  // All doubles are whole numbers of 2^-1074, so sums of them and of their squares are integers.
  const units = values.map(inSmallestDoubles);
  const sum = units.reduce((total, unit) => total + unit, 0n);
  const count = BigInt(n);
  const mean = nearestDouble({ num: sum, den: count << 1074n });
  if (n === 1) {
    const statistics = { n, mean, sd: null, k, threshold: null };
    return { statistics, warning: "single-row", zScore: none };
  }

  // sum((x - mean)^2) / (n - 1) = (n * sum(x^2) - sum(x)^2) / (n * (n - 1))
  const squares = units.reduce((total, unit) => total + unit * unit, 0n);
  const sd = nearestSquareRoot({
    num: count * squares - sum * sum,
    den: count * (count - 1n) << 2148n,
  });
  if (sd === 0) {
    const statistics = { n, mean, sd, k, threshold: mean };
    return { statistics, warning: "no-spread", zScore: none };
  }
  const threshold = mean + k * sd;
  if (!Number.isFinite(sd) || !Number.isFinite(threshold)) {
    const statistics = { n, mean, sd: finiteOrNull(sd), k, threshold: finiteOrNull(threshold) };
    return { statistics, warning: "beyond-double", zScore: none };
  }
  return {
    statistics: { n, mean, sd, k, threshold },
    warning: (n - 1) / Math.sqrt(n) <= k ? "unreachable-threshold" : null,
    zScore: (value) => value > threshold ? (value - mean) / sd : null,
  };
}

function finiteOrNull(double: number): number | null {
  return Number.isFinite(double) ? double : null;
}
