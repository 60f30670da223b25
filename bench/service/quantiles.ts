/** Many measured times in one line. */

/** The value below which a share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** The distribution of times in milliseconds. */
export function quantiles(name: string, times: readonly number[]): string {
  const at = (share: number) => quantile(times, share).toFixed(1);
  return `${name}: median ${at(0.5)} ms, p90 ${at(0.9)}, p99 ${at(0.99)}, max ${
    at(1)
  } (n=${times.length})`;
}
