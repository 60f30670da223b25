/**
 * A header of two lines: groups above labels, labels cut in two, or both.
 *
 * What a column is called can be its two cells, or the lower one alone, or that one with its group, which stands only above the
 * first of its columns. Whichever names a field is taken, if that is clear; so nothing but real labels makes a header.
 */
import type { HeaderMapping, Labels } from "./header.ts";
import { comparedLabel } from "./label.ts";
import { SALES } from "./schema.ts";

/** The labels of two header records with as many cells; the line is the upper one's. */
export function joinLabels(upper: Labels, lower: Labels, { columns }: HeaderMapping): Labels {
  const asked = new Set(Object.values(columns).map(comparedLabel));
  const open = SALES.filter(({ name }) => columns[name] === undefined);
  const known = new Set<string>(open.flatMap(({ name, aliases }) => [name, ...aliases]));
  let group = "";
  const forms = lower.labels.map((label, index): string[] => {
    const above = upper.labels[index];
    if (above !== "") group = above;
    const own = joined(above, label);
    return label === "" ? [own] : [own, label, joined(group, label)];
  });
  const chosen = forms.map((labels) => among(labels, asked) ?? among(labels, known));
  const times = new Map<string, number>();
  for (const label of chosen) {
    if (label === null) continue;
    const compared = comparedLabel(label);
    times.set(compared, (times.get(compared) ?? 0) + 1);
  }
  const labels = forms.map((labels, index) => {
    const label = chosen[index];
    const isOnly = label !== null && times.get(comparedLabel(label)) === 1;
    return isOnly ? label : labels[labels.length - 1];
  });
  return { line: upper.line, labels, lastLine: lower.line, parts: [upper.labels, lower.labels] };
}

function joined(above: string, below: string): string {
  return [above, below].filter((part) => part !== "").join(" ");
}

/** The first label that compares equal to one of these words. */
function among(labels: readonly string[], words: ReadonlySet<string>): string | null {
  return labels.find((label) => words.has(comparedLabel(label))) ?? null;
}
