/** The decimal mark of a column of numbers, as a run decided it from the file. */
import type { DecimalMark } from "./options.ts";

/** What decided, the strongest first: a user, the column's values, those of others, or the delimiter alone. */
export const DECIDED_BY = ["option", "values", "other-columns", "delimiter"] as const;

export type DecidedBy = (typeof DECIDED_BY)[number];

export interface DecidedMark {
  mark: DecimalMark;
  decided_by: DecidedBy;
}

/** By field of numbers. */
export type DecidedMarks = Readonly<Record<string, DecidedMark>>;
