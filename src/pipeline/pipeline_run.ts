/** What the pipeline is given, and what it gives back. */
import type { TaskError } from "../domain/errors.ts";
import type { RunResult, TaskInput } from "../domain/event.ts";
import type { TaskOptions } from "../domain/options.ts";
import type { Parent } from "../domain/parent.ts";
import type { Progress } from "../domain/report.ts";
import type { Sinks } from "./artifacts/sink.ts";
import type { Scratch } from "./run/scratch.ts";
import type { Source } from "./run/source.ts";

export interface PipelineRun {
  taskId: string;
  filename: string;
  input: TaskInput;
  options: TaskOptions;
  /** The task whose rejected rows these are, mended; for the report. */
  parent?: Parent | null;
  softwareVersion: string;
  /** What recorded artifact paths begin with: `artifacts/<task>/<fence>`. */
  artifactPrefix: string;
  source: Source;
  sinks: Sinks;
  /** For what this thread keeps during the run; default: what doesn't fit into memory is read again. */
  scratch?: Scratch;
  /** Milliseconds from any fixed point, for the report's timings. */
  now: () => number;
  /** Once aborted, the run ends before the next block of the input: it throws the signal's reason. */
  signal?: AbortSignal;
  /** Called after each chunk, and when a stage begins. */
  onProgress?: (progress: Progress) => void;
}

/** `error` is null of a completed task; else the data make it fail, and only rejects and report exist. */
export interface PipelineOutcome {
  error: TaskError | null;
  result: RunResult;
}
