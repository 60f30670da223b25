/** Plausible parts of tasks, for tests to which their values don't matter. */
import { artifactFileName, completedKinds } from "../../src/domain/artifact.ts";
import type { DecidedMarks } from "../../src/domain/decided_mark.ts";
import type { RunResult } from "../../src/domain/event.ts";
import { OPTION_DEFAULTS } from "../../src/domain/options.ts";
import type { Progress } from "../../src/domain/report.ts";
import type { Receipt } from "../../src/audit/ledger.ts";

export function sampleReceipt(id: string, changes: Partial<Receipt> = {}): Receipt {
  return {
    id,
    filename: "q3.csv",
    input: {
      bytes: 1_000,
      sha256: "5e".repeat(32),
      dialect: { encoding: "utf-8", delimiter: ",", header_line: 1 },
    },
    options: OPTION_DEFAULTS,
    ...changes,
  };
}

/** Of ten rows, so many of them rejected; with all four artifacts. */
export function sampleResult(taskId: string, fence: number, rejected = 0): RunResult {
  const accepted = 10 - rejected;
  return {
    counts: {
      rows_total: 10,
      rows_accepted: accepted,
      rows_rejected: rejected,
      rows_skipped: 1,
      regions: 2,
      anomalies: 1,
      rejected_by_code: rejected > 0 ? { "type-error": rejected } : {},
      skipped_by_kind: { blank: 1 },
    },
    statistics: { n: accepted, mean: 0.1, sd: 1 / 3, k: 2, threshold: 0.1 + 2 / 3 },
    warnings: [{ code: "unreachable-threshold", message: "No row could ever be flagged." }],
    artifacts: completedKinds(OPTION_DEFAULTS).map((kind) => ({
      kind,
      path: `artifacts/${taskId}/${fence}/${artifactFileName(kind, taskId)}`,
      bytes: 812,
      sha256: "a7".repeat(32),
      rows: kind === "report" ? null : 4,
    })),
  };
}

/** What a run decided about numbers, of which one column has decimal commas. */
export const SAMPLE_MARKS: DecidedMarks = {
  revenue: { mark: ",", decided_by: "values" },
  quantity: { mark: ".", decided_by: "option" },
};

export function sampleProgress(bytesRead: number): Progress {
  return {
    stage: "aggregate",
    bytes_read: bytesRead,
    bytes_total: 2_000,
    rows_read: 5,
    rows_rejected: 1,
  };
}
