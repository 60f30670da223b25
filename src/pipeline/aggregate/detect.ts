/** The statistics of revenue per unit, and which rows are anomalies. */
import type { Statistics, Warning } from "../../domain/report.ts";
import type { Moments } from "../exact/moments.ts";

export interface Detection {
  statistics: Statistics;
  warnings: Warning[];
}

/** Mean, sd and threshold for a k, and a warning when they can't flag any row. */
export function detect(moments: Moments, k: number): Detection {
  const n = moments.count;
  const mean = moments.mean();
  const sd = finite(moments.sd());
  const threshold = mean === null || sd === null ? null : finite(mean + k * sd);
  const statistics = { n, mean, sd, k, threshold };
  const warning = warn(statistics);
  return { statistics, warnings: warning === null ? [] : [warning] };
}

/** Whether any of the rows is an anomaly, given the largest revenue per unit. */
export function hasAnomalies({ sd, threshold }: Statistics, highest: number): boolean {
  return sd !== null && sd > 0 && threshold !== null && highest > threshold;
}

/** (revPerUnit - mean) / sd; null if that overflows. Only for statistics that have anomalies. */
export function zScore(statistics: Statistics, revPerUnit: number): number | null {
  return finite((revPerUnit - statistics.mean!) / statistics.sd!);
}

function warn({ n, sd, k, threshold }: Statistics): Warning | null {
  if (n === 0) return null;
  if (n === 1) {
    return {
      code: "single-row",
      message:
        "Only one row was accepted: it has no spread to compare it with, so nothing is an anomaly.",
    };
  }
  if (sd === null || threshold === null) {
    return {
      code: "beyond-double",
      message:
        "The spread of revenue per unit is too large for a double, so nothing is an anomaly. Look for absurd values.",
    };
  }
  if (sd === 0) {
    return {
      code: "no-spread",
      message: "All rows have the same revenue per unit, so nothing is an anomaly.",
    };
  }
  if ((n - 1) / Math.sqrt(n) <= k) {
    return {
      code: "unreachable-threshold",
      message: `With ${n} rows no row can lie more than ${k} standard deviations above the mean. ` +
        "Choose a smaller k to find anomalies in so few rows.",
    };
  }
  return null;
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
