/** Everything measured about one run: the parts of a task that a pipeline fills in. */

export type { Dialect } from "./dialect.ts";

/** Reasons why a whole record isn't accepted, in the order in which they win over each other. */
export const RECORD_REJECT_CODES = [
  "unclosed-quote",
  "bad-quote",
  "line-too-long",
  "bad-encoding",
  "extra-cell",
  "missing-cell",
] as const;

/** Reasons why a single schema cell isn't accepted. */
export const CELL_REJECT_CODES = ["required-value", "type-error", "non-finite"] as const;

export const REJECT_CODES = [
  ...RECORD_REJECT_CODES,
  ...CELL_REJECT_CODES,
  "zero-quantity",
] as const;

/** Why a row was rejected. */
export type RejectCode = (typeof REJECT_CODES)[number];

/** What a skipped line was: no data, so counted by kind and in no total. */
export const SKIP_KINDS = [
  "blank",
  "repeated-header",
  "totals",
  "preamble",
  "formula",
  "footnote",
] as const;

export type SkipKind = (typeof SKIP_KINDS)[number];

/** Where the skipped lines of one kind stand. */
export interface SkippedLines {
  kind: SkipKind;
  rows: number;
  /** The first of them, in the order of the file: physical lines, from 1. */
  lines: readonly number[];
}

/** What cleaning may do to a cell, in the order in which a report lists it. */
export const CHANGE_KINDS = [
  "trimmed",
  "currency",
  "thousands",
  "decimal-comma",
  "negative-form",
  "percent",
] as const;

export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** One cell before and after it was changed; both are cut if they are long. */
export interface ChangeSample {
  line: number;
  record: number;
  before: string;
  after: string;
}

/** One kind of change to the cells of one schema column, over the accepted rows. */
export interface Change {
  kind: ChangeKind;
  /** The label of the column. */
  column: string;
  field: string;
  cells: number;
  /** The cells that were accepted, changed or not. */
  of: number;
  sentence: string;
  /** The first of them, in the order of the file. */
  samples: readonly ChangeSample[];
}

/** Where each input row went. Always `rows_total = rows_accepted + rows_rejected`. */
export interface Counts {
  rows_total: number;
  rows_accepted: number;
  rows_rejected: number;
  rows_skipped: number;
  regions: number;
  anomalies: number;
  /** Rows by their code; only codes that occurred; sums to `rows_rejected`. */
  rejected_by_code: Partial<Record<RejectCode, number>>;
  /** Only kinds that occurred; sums to `rows_skipped`. */
  skipped_by_kind: Partial<Record<SkipKind, number>>;
}

/** Revenue per unit over all accepted rows; a number that does not exist or exceeds a double is null. */
export interface Statistics {
  n: number;
  mean: number | null;
  /** Sample standard deviation (n - 1). */
  sd: number | null;
  k: number;
  /** `mean + k * sd`: a row above it is an anomaly. */
  threshold: number | null;
}

/** Something a user should know about a result that is otherwise right. */
export interface Warning {
  code: WarningCode;
  message: string;
}

/** `decimal-mark-assumed`: a number could have either decimal mark. `mixed-currencies`: a column has amounts in several. `single-row`: n = 1. `no-spread`: sd is 0. `beyond-double`: a statistic overflows. `unreachable-threshold`: (n-1)/sqrt(n) <= k. */
export const WARNING_CODES = [
  "decimal-mark-assumed",
  "mixed-currencies",
  "single-row",
  "no-spread",
  "beyond-double",
  "unreachable-threshold",
] as const;

export type WarningCode = (typeof WARNING_CODES)[number];

/** How far a run has come. Bytes count all passes over the input. */
export interface Progress {
  stage: "aggregate" | "detect" | "write";
  bytes_read: number;
  bytes_total: number;
  rows_read: number;
  rows_rejected: number;
}
