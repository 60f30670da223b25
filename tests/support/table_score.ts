/**
 * Cell-level F1: how much of a table is in another.
 *
 * Rows of the two are paired in their order, each with at most one, and cells of paired rows likewise in theirs; a pair of
 * cells is *right* if they hold the same text. Of all ways to pair, the one with the most right cells counts (so a row
 * too many, or a cell, doesn't make those behind it wrong). With R right cells, precision is R / cells found, recall R / cells
 * expected, and F1 their harmonic mean, 2 R / (found + expected). The header's cells are cells.
 */

type Rows = readonly (readonly string[])[];

export interface TableScore {
  right: number;
  found: number;
  expected: number;
  f1: number;
}

export function tableScore(found: Rows, expected: Rows): TableScore {
  // Rows that are alike from the beginning or from the end are pairs in the best way of all.
  const least = Math.min(found.length, expected.length);
  let head = 0;
  while (head < least && areAlike(found[head], expected[head])) head++;
  let tail = 0;
  while (tail < least - head && areAlike(found.at(-1 - tail)!, expected.at(-1 - tail)!)) tail++;
  const alike = [...found.slice(0, head), ...found.slice(found.length - tail)];
  const right = alike.reduce((sum, row) => sum + row.length, 0) + mostPairs(
    found.slice(head, found.length - tail),
    expected.slice(head, expected.length - tail),
    rightCells,
  );
  const sizes = [found, expected].map((rows) => rows.reduce((sum, row) => sum + row.length, 0));
  const all = sizes[0] + sizes[1];
  return { right, found: sizes[0], expected: sizes[1], f1: all === 0 ? 1 : 2 * right / all };
}

function areAlike(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((cell, i) => cell === b[i]);
}

function rightCells(a: readonly string[], b: readonly string[]): number {
  if (areAlike(a, b)) return a.length;
  return mostPairs(a, b, (left, right) => left === right ? 1 : 0);
}

/** The largest sum of `worth` over pairs in order: the longest common subsequence, weighted (Wagner and Fischer, 1974). */
function mostPairs<T>(a: readonly T[], b: readonly T[], worth: (a: T, b: T) => number): number {
  let above = new Float64Array(b.length + 1);
  for (const left of a) {
    const line = new Float64Array(b.length + 1);
    for (let j = 1; j <= b.length; j++) {
      line[j] = Math.max(above[j], line[j - 1], above[j - 1] + worth(left, b[j - 1]));
    }
    above = line;
  }
  return above[b.length];
}
