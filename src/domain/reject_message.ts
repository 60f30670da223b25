/** The sentence that a rejects file says about each code. */
import type { DecimalMark } from "./options.ts";
import type { RejectCode } from "./report.ts";

/** What the sentence is about; only what its code needs is looked at. */
export interface RejectSubject {
  field?: string;
  cellsExpected?: number;
  cellsFound?: number;
  /** Of a cell that is a number under the other mark: its column's mark. */
  mark?: DecimalMark | null;
}

/** Part of the definition of a rejects file: see `docs/semantics.md`, section 8. */
export function rejectMessage(code: RejectCode, about: RejectSubject = {}): string {
  switch (code) {
    case "unclosed-quote":
      return "A quoted cell is not closed.";
    case "bad-quote":
      return "Text follows a closing quote.";
    case "line-too-long":
      return "The record exceeds a limit (1 MiB, 1000 lines, 256 KiB a cell, 4096 cells).";
    case "bad-encoding":
      return "The record is not valid UTF-8.";
    case "extra-cell":
    case "missing-cell":
      return `Expected ${about.cellsExpected} cells, found ${about.cellsFound}.`;
    case "required-value":
      return `A value is required in ${about.field}.`;
    case "type-error":
      return typeError(about);
    case "non-finite":
      return `${about.field} is not a finite number.`;
    case "zero-quantity":
      return "quantity is zero, so revenue per unit is undefined.";
  }
}

function typeError({ field, mark = null }: RejectSubject): string {
  if (mark === null) return `${field} is not a number.`;
  const [has, other, option] = mark === "," ? ["comma", "point", "."] : ["point", "comma", ","];
  return `${field} is not a number with a decimal ${has}. ` +
    `If it has a ${other}, set decimal_mark[${field}]=${option}`;
}
