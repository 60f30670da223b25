/** Formulas that spreadsheets leave below a column when they are saved as text. */

const OVER_COLUMN =
  /^=\s*\p{L}[\p{L}0-9._]*\(\s*(?:[0-9]{1,3}\s*[,;]\s*)?\$?([A-Za-z]{1,3})\$?[0-9]{1,7}\s*:\s*\$?\1\$?[0-9]{1,7}\s*\)$/u;

/**
 * Whether a trimmed cell is a formula over a range of one column: it adds up rows, so it isn't the value of one.
 *
 * ```ts
 * import { isFormulaOverColumn } from "./formula.ts";
 * if (!isFormulaOverColumn("=SUM(C2:C99)") || isFormulaOverColumn("=C2*D2")) throw new Error("unexpected");
 * ```
 */
export function isFormulaOverColumn(text: string): boolean {
  return OVER_COLUMN.test(text);
}
