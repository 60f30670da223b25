/** What a user may choose per task. */
import { K_MAX } from "./limits.ts";

/** What stands between whole and part of a number. */
export const DECIMAL_MARKS = [".", ","] as const;

export type DecimalMark = (typeof DECIMAL_MARKS)[number];

/** Options of one task, all set: defaults are filled in when the task is received. */
export interface TaskOptions {
  /** Standard deviations above the mean from which on a row is an anomaly; finite, 0 < k <= 100. */
  k: number;
  /** The task fails once more rows than this are rejected; null: never. */
  max_bad_rows: number | null;
  /** The task fails once rejected/total exceeds this (0 to 1); null: never. */
  max_bad_ratio: number | null;
  /** Keep rows whose region is `Total` and the like as data. */
  keep_totals: boolean;
  /** Which column holds a field: its label, or its position from 1 when `header` is `none`. No two name the same column. */
  columns: Readonly<Record<string, string>>;
  /** `none`: the file begins with data, and `columns` has a position for each field. */
  header: "present" | "none";
  /** `optional`: a file without a column for it is read too. */
  discount: "required" | "optional";
  /** The decimal mark of fields of numbers; what isn't named is decided from the file. */
  decimal_mark: Readonly<Record<string, DecimalMark>>;
  /** Fields whose numbers are percentages, besides those with a sign in the cell; null: those with one in their label. */
  percent: readonly string[] | null;
  /** Write the accepted rows as an artifact of their own. */
  cleaned: boolean;
}

/** What a task gets whose user chose nothing; k is the operator's to change (`DATATASKER_K`). */
export const OPTION_DEFAULTS: TaskOptions = {
  k: 2,
  max_bad_rows: null,
  max_bad_ratio: null,
  keep_totals: false,
  columns: {},
  header: "present",
  discount: "required",
  decimal_mark: {},
  percent: null,
  cleaned: false,
};

/** Options as a ledger has them: one that is older than an option has its default. */
export function recordedOptions(recorded: Partial<TaskOptions>): TaskOptions {
  return { ...OPTION_DEFAULTS, ...recorded };
}

/** Whether a number can serve as k. */
export function isK(k: number): boolean {
  return Number.isFinite(k) && k > 0 && k <= K_MAX;
}
