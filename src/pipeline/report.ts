/** The report of a run, as `docs/semantics.md`, section 9, orders it. */
import { artifactFileName } from "../domain/artifact.ts";
import { type Dialect, isPlain } from "../domain/dialect.ts";
import type { TaskError } from "../domain/errors.ts";
import { OPTION_DEFAULTS, type TaskOptions } from "../domain/options.ts";
import type { Counts, RejectCode, Warning } from "../domain/report.ts";
import { REJECT_CODES, type Statistics } from "../domain/report.ts";
import type { Written } from "./artifact_stream.ts";
import type { EngineFacts } from "./engine.ts";
import type { Column, Header } from "./header.ts";
import type { PipelineRun } from "./pipeline_run.ts";
import { SALES } from "./schema.ts";
import { inOrder } from "./tally.ts";

/** What may differ from run to run. */
export interface RunFacts extends EngineFacts {
  timings: Record<string, number>;
}

/** What a report says beyond what the run was asked to do. */
export interface Findings {
  header: Header;
  /** Whether the whole file was read. */
  complete: boolean;
  counts: Counts;
  errorsByCode: ReadonlyMap<RejectCode, number>;
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
    columns: findings.header.columns.map(columnJson),
    counts: findings.counts,
    errors_by_code: inOrder(REJECT_CODES, findings.errorsByCode),
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

function dialectJson(dialect: Dialect): Dialect {
  const { encoding, delimiter, header_line, quote, escape, newline, confidence } = dialect;
  const plain = { encoding, delimiter, header_line };
  return isPlain(dialect) ? plain : { ...plain, quote, escape, newline, confidence };
}

/** The options; those that came after the first version only where they differ from their defaults. */
function optionsJson(options: TaskOptions): Record<string, unknown> {
  const { k, max_bad_rows, max_bad_ratio, keep_totals, columns, header, discount } = options;
  const named = SALES.flatMap(({ name }) => name in columns ? [[name, columns[name]]] : []);
  return {
    k,
    max_bad_rows,
    max_bad_ratio,
    keep_totals,
    ...(named.length > 0 && { columns: Object.fromEntries(named) }),
    ...(header !== OPTION_DEFAULTS.header && { header }),
    ...(discount !== OPTION_DEFAULTS.discount && { discount }),
  };
}

/** A column; one that was found by its name doesn't say so. */
function columnJson({ label, field, use, by }: Column): Record<string, unknown> {
  return { label, field, use, ...(by !== null && by !== "name" && { by }) };
}
