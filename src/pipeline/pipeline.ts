/**
 * The pipeline: one input to four artifacts, in two passes of constant memory.
 *
 * Pure: bytes come from a `Source` and go to `Sinks`, time comes from `now`. The rules are in `docs/semantics.md`.
 */
import type { ArtifactKind } from "../domain/artifact.ts";
import type { RunResult, TaskInput } from "../domain/event.ts";
import type { TaskError } from "../domain/errors.ts";
import type { TaskOptions } from "../domain/options.ts";
import type { Progress } from "../domain/report.ts";

/** The input file; each call of `open` reads it from its beginning. A chunk is valid until the next is asked for. */
export interface Source {
  open(): AsyncIterable<Uint8Array>;
}

/** Where one artifact goes. */
export interface Sink {
  /** The bytes may be reused by the caller once this resolves. */
  write(bytes: Uint8Array): Promise<void>;
  /** Make what was written durable and say what it is. */
  close(): Promise<{ bytes: number; sha256: string }>;
}

/** Opens the sink of an artifact; each kind at most once. */
export interface Sinks {
  open(kind: ArtifactKind): Promise<Sink>;
}

export interface PipelineRun {
  taskId: string;
  filename: string;
  input: TaskInput;
  options: TaskOptions;
  softwareVersion: string;
  /** What recorded artifact paths begin with: `artifacts/<task>/<fence>`. */
  artifactPrefix: string;
  source: Source;
  sinks: Sinks;
  /** Milliseconds from any fixed point, for the report's timings. */
  now: () => number;
  /** Called after each chunk. */
  onProgress?: (progress: Progress) => void;
}

/** `error` is null of a completed task; else the data make it fail, and only rejects and report exist. */
export interface PipelineOutcome {
  error: TaskError | null;
  result: RunResult;
}

export declare function runPipeline(run: PipelineRun): Promise<PipelineOutcome>;
