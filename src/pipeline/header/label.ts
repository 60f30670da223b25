/** How labels of columns are compared, and which columns are ignored. */

const LOWER_A = 0x61;
const LOWER_Z = 0x7a;

/**
 * The form in which labels are compared: lower case, runs of `_`, `-` and white space as one space, trimmed.
 *
 * ```ts
 * import { comparedLabel } from "./label.ts";
 * if (comparedLabel(" Rev_per - Unit ") !== "rev per unit") throw new Error("not alike");
 * ```
 */
export function comparedLabel(label: string): string {
  // Most stand in that form. Making it took some 3 ms of a new process for one header, nearly all for the regular expression.
  if (isLowerCaseWord(label)) return label;
  return label.toLowerCase().replace(/[_\-\s]+/g, " ").trim();
}

function isLowerCaseWord(label: string): boolean {
  for (let i = 0; i < label.length; i++) {
    const code = label.charCodeAt(i);
    if (code < LOWER_A || code > LOWER_Z) return false;
  }
  return true;
}

/** Whether a trimmed label names a column that stands in no artifact, like those that we add to rejects. */
export function isIgnoredLabel(label: string): boolean {
  return label.startsWith("_");
}
