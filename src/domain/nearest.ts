/** "Did you mean ...?": the known word that is closest to a mistaken one. */
import { NEAREST_LENGTH_MAX } from "./limits.ts";

/**
 * The candidate with the smallest edit distance to `word`, if it is near enough to be worth naming: at most a
 * third of the word's length, and at most `distanceMax`. Case doesn't count. Ties go to the earlier candidate.
 *
 * ```ts
 * import { nearest } from "./nearest.ts";
 * if (nearest("revenu", ["region", "revenue"]) !== "revenue") throw new Error("unexpected");
 * if (nearest("colour", ["region", "revenue"]) !== null) throw new Error("unexpected");
 * ```
 */
export function nearest(
  word: string,
  candidates: Iterable<string>,
  distanceMax = 3,
): string | null {
  const wanted = word.slice(0, NEAREST_LENGTH_MAX).toLowerCase();
  let best: string | null = null;
  let bestDistance = Math.min(distanceMax, Math.ceil(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const known = candidate.slice(0, NEAREST_LENGTH_MAX).toLowerCase();
    // No distance is shorter than the difference in length: a header may have thousands of long labels.
    if (Math.abs(known.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, known);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      current[j] = Math.min(replaced, previous[j] + 1, current[j - 1] + 1);
    }
    previous = current;
  }
  return previous[b.length];
}
