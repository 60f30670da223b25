/** Runs the pipeline over a text in memory. */
import { OPTION_DEFAULTS, type TaskOptions } from "../../src/domain/options.ts";
import type { Progress } from "../../src/domain/report.ts";
import { runPipeline } from "../../src/pipeline/pipeline.ts";
import type { PipelineLimits } from "../../src/pipeline/pipeline_limits.ts";
import type { PipelineOutcome, PipelineRun } from "../../src/pipeline/pipeline_run.ts";
import { recordsOf } from "./records.ts";
import { MemoryArtifacts, memorySource } from "./memory_artifacts.ts";

/** A header with the five schema columns, in the usual order. */
export const HEADER = "region,product,revenue,quantity,discount\n";

export interface RunSettings {
  options?: Partial<TaskOptions>;
  limits?: Partial<PipelineLimits>;
  chunkBytes?: number;
  filename?: string;
  onProgress?: (progress: Progress) => void;
  /** What differs from an ordinary run in other ways. */
  run?: Partial<PipelineRun>;
}

export interface FinishedRun extends PipelineOutcome {
  artifacts: MemoryArtifacts;
}

/** Run a whole file, the header included. */
export async function runFile(
  file: string | Uint8Array,
  settings: RunSettings = {},
): Promise<FinishedRun> {
  const bytes = typeof file === "string" ? new TextEncoder().encode(file) : file;
  const artifacts = new MemoryArtifacts();
  const outcome = await runPipeline({
    taskId: "task",
    filename: settings.filename ?? "sales.csv",
    input: {
      bytes: bytes.length,
      sha256: "00".repeat(32),
      dialect: { encoding: "utf-8", delimiter: ",", header_line: 1 },
    },
    options: { ...OPTION_DEFAULTS, ...settings.options },
    softwareVersion: "1.2.3",
    artifactPrefix: "artifacts/task/1",
    source: memorySource(bytes, settings.chunkBytes),
    sinks: artifacts,
    now: () => 0,
    onProgress: settings.onProgress,
    ...settings.run,
  }, settings.limits);
  return { ...outcome, artifacts };
}

/** Run rows below the usual header. */
export function runRows(rows: string, settings?: RunSettings): Promise<FinishedRun> {
  return runFile(HEADER + rows, settings);
}

/** The lines of an artifact below its header. */
export function rowsOf(run: FinishedRun, kind: "summary" | "anomalies" | "rejects"): string[] {
  return run.artifacts.text(kind).split("\n").slice(1, -1);
}

/**
 * What a rejects file says of each row: line, record, code, field, value, message, count, raw.
 *
 * @param ownColumns those before, by default as many as the usual header has
 */
export function rejectsOf(run: FinishedRun, ownColumns = 5): string[][] {
  const [, ...rejects] = recordsOf(run.artifacts.text("rejects")) as string[][];
  return rejects.map((cells) => cells.slice(ownColumns));
}

/** The report, parsed. */
// deno-lint-ignore no-explicit-any
export function reportOf(run: FinishedRun): any {
  return JSON.parse(run.artifacts.text("report"));
}
