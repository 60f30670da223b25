/** The report of a run, as `docs/semantics.md`, section 9, orders it. */
import { artifactFileName } from "../../domain/artifact.ts";
import { type Dialect, isPlain } from "../../domain/dialect.ts";
import type { TaskError } from "../../domain/errors.ts";
import { OPTION_DEFAULTS, type TaskOptions } from "../../domain/options.ts";
import { type Parent, together } from "../../domain/parent.ts";
import type { Change, Counts, RejectCode, SkippedLines, Warning } from "../../domain/report.ts";
import { REJECT_CODES, type Statistics } from "../../domain/report.ts";
import type { Written } from "./artifact_stream.ts";
import type { NumberDecision } from "../number/decide_numbers.ts";
import type { EngineFacts } from "../run/engine.ts";
import type { Column } from "../header/column.ts";
import type { Header } from "../header/header.ts";
import type { PipelineRun } from "../pipeline_run.ts";
import { isNumberField, NUMBER_FIELDS } from "../number/number_format.ts";
import { SALES } from "../header/schema.ts";
import { inOrder } from "../run/tally.ts";

/** What may differ from run to run. */
export interface RunFacts extends EngineFacts {
  timings: Record<string, number>;
}

/** What a report says beyond what the run was asked to do. */
export interface Findings {
  header: Header;
  numbers: NumberDecision;
  /** Whether the whole file was read. */
  complete: boolean;
  counts: Counts;
  skipped: readonly SkippedLines[];
  errorsByCode: ReadonlyMap<RejectCode, number>;
  changes: readonly Change[];
  statistics: Statistics;
  warnings: readonly Warning[];
  error: TaskError | null;
  /** All artifacts but the report. */
  written: readonly Written[];
  /** How the run went, which is not part of its result. */
  run: RunFacts;
}

/** The report as JSON with a final line end. Only `run` differs between two runs over the same file. */
export function reportJson(run: PipelineRun, findings: Findings): string {
  const { bytes, sha256, dialect, compression } = run.input;
  const report = {
    task_id: run.taskId,
    software_version: run.softwareVersion,
    filename: run.filename,
    input: {
      bytes,
      sha256,
      dialect: dialectJson(dialect),
      ...(compression && { compression: { format: compression.format, bytes: compression.bytes } }),
    },
    options: optionsJson(run.options),
    complete: findings.complete,
    columns: findings.header.columns.map((column) => columnJson(column, findings.numbers)),
    counts: findings.counts,
    ...(run.parent && parentJson(run.parent, findings.counts)),
    skipped: findings.skipped,
    errors_by_code: inOrder(REJECT_CODES, findings.errorsByCode),
    changes: findings.changes,
    statistics: findings.statistics,
    warnings: findings.warnings,
    error: findings.error,
    artifacts: findings.written.map(({ kind, bytes, sha256, rows }) => ({
      kind,
      file: artifactFileName(kind, run.taskId),
      bytes,
      sha256,
      rows,
    })),
    run: findings.run,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** A parent, and what it and this run come to. */
function parentJson(parent: Parent, counts: Counts): Record<string, unknown> {
  const { task_id, rows_total, rows_accepted, rows_rejected } = parent;
  return {
    parent: { task_id, rows_total, rows_accepted, rows_rejected },
    together: together(parent, counts),
  };
}

function dialectJson(dialect: Dialect): Dialect {
  const { encoding, delimiter, header_line, header_lines, quote, escape, newline, confidence } =
    dialect;
  const plain = { encoding, delimiter, header_line };
  if (isPlain(dialect)) return plain;
  return { ...plain, ...(header_lines && { header_lines }), quote, escape, newline, confidence };
}

/** The options; those that came after the first version only where they differ from their defaults. */
function optionsJson(options: TaskOptions): Record<string, unknown> {
  const { k, max_bad_rows, max_bad_ratio, keep_totals, columns, header, discount, cleaned } =
    options;
  const { decimal_mark, percent } = options;
  const named = inSchemaOrder(columns);
  const marked = inSchemaOrder(decimal_mark);
  return {
    k,
    max_bad_rows,
    max_bad_ratio,
    keep_totals,
    ...(named.length > 0 && { columns: Object.fromEntries(named) }),
    ...(header !== OPTION_DEFAULTS.header && { header }),
    ...(discount !== OPTION_DEFAULTS.discount && { discount }),
    ...(marked.length > 0 && { decimal_mark: Object.fromEntries(marked) }),
    ...(percent !== null && { percent: NUMBER_FIELDS.filter((name) => percent.includes(name)) }),
    ...(cleaned && { cleaned }),
  };
}

function inSchemaOrder<Value>(byField: Readonly<Record<string, Value>>): [string, Value][] {
  return SALES.flatMap(({ name }): [string, Value][] =>
    name in byField ? [[name, byField[name]]] : []
  );
}

/** A column; one that was found by its name doesn't say so, nor does one of plain numbers. */
function columnJson(
  { label, field, use, by }: Column,
  { formats, decidedBy, isTold }: NumberDecision,
): Record<string, unknown> {
  const column = { label, field, use, ...(by !== null && by !== "name" && { by }) };
  if (field === null || !isNumberField(field)) return column;
  const { mark, isPercent } = formats[field];
  return {
    ...column,
    ...(isTold && { decimal_mark: mark, decided_by: decidedBy[field] }),
    ...(isPercent && { percent: true }),
  };
}
