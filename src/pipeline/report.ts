/** The report of a run, as `docs/semantics.md`, section 9, orders it. */
import { artifactFileName } from "../domain/artifact.ts";
import type { TaskError } from "../domain/errors.ts";
import type { Counts, RejectCode, Warning } from "../domain/report.ts";
import { REJECT_CODES, type Statistics } from "../domain/report.ts";
import type { Written } from "./artifact_stream.ts";
import type { Header } from "./header.ts";
import type { PipelineRun } from "./pipeline.ts";
import { inOrder } from "./tally.ts";

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
  timings: Record<string, number>;
}

/** The report as JSON with a final line end. Only `timings` differs between two runs over the same file. */
export function reportJson(run: PipelineRun, findings: Findings): string {
  const { bytes, sha256, dialect } = run.input;
  const { encoding, delimiter, header_line } = dialect;
  const { k, max_bad_rows, max_bad_ratio, keep_totals } = run.options;
  const report = {
    task_id: run.taskId,
    software_version: run.softwareVersion,
    filename: run.filename,
    input: { bytes, sha256, dialect: { encoding, delimiter, header_line } },
    options: { k, max_bad_rows, max_bad_ratio, keep_totals },
    complete: findings.complete,
    columns: findings.header.columns.map(({ label, field, use }) => ({ label, field, use })),
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
    timings: findings.timings,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
