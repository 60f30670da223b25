/** How labels of columns are compared, and which columns are ignored. */

/**
 * The form in which labels are compared: lower case, runs of `_`, `-` and white space as one space, trimmed.
 *
 * ```ts
 * import { comparedLabel } from "./label.ts";
 * if (comparedLabel(" Rev_per - Unit ") !== "rev per unit") throw new Error("not alike");
 * ```
 */
export function comparedLabel(label: string): string {
  return label.toLowerCase().replace(/[_\-\s]+/g, " ").trim();
}

/** Whether a trimmed label names a column that stands in no artifact, like those that we add to rejects. */
export function isIgnoredLabel(label: string): boolean {
  return label.startsWith("_");
}
