/** What the head of a file shows of how a run would read it: the answer of `POST /v1/inspect`, but for the upload's own facts. */
import type { Dialect } from "../../domain/dialect.ts";
import type { TaskError } from "../../domain/errors.ts";
import type { DecimalMark } from "../../domain/options.ts";
import type { Change, Counts, SkippedLines, Warning } from "../../domain/report.ts";
import type { Column } from "../header/column.ts";
import type { SalesField } from "../header/schema.ts";
import type { ColumnFindings } from "./column_profile.ts";
import type { InspectedRow } from "./inspected_rows.ts";

/** Which column holds a field, and how it was found; positions are counted from 1. */
export interface MappedColumn {
  label: string;
  position: number;
  by: NonNullable<Column["by"]>;
}

/** A column of the file: what it is used for, and what its cells look like. */
export interface InspectedColumn extends ColumnFindings {
  label: string;
  position: number;
  field: SalesField | null;
  use: Column["use"];
  /** Of a number column of the schema. */
  decimal_mark: DecimalMark | null;
}

export interface Inspection {
  rows_read: number;
  /** Whether nothing of the file is left that wasn't read. */
  complete: boolean;
  /** With all its keys, whether the file is plain or not. */
  dialect: Dialect;
  /** By field; null of one that may be missing and is. */
  mapping: Record<SalesField, MappedColumn | null>;
  columns: InspectedColumn[];
  rows: InspectedRow[];
  /** Of the rows that were read. */
  counts: Omit<Counts, "regions" | "anomalies">;
  skipped: SkippedLines[];
  changes: Change[];
  /** Of those that a report would have, the ones about how numbers were read. */
  warnings: readonly Warning[];
  /** What the run would fail with before it has read more than this; null as far as can be told. */
  error: TaskError | null;
}
