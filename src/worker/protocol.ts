/**
 * What a consumer and its runner say to each other: JSON lines, the consumer's on the runner's standard input,
 * the runner's on its standard output. Standard error is free text, kept as evidence when a runner dies.
 *
 * A runner says `ready` once, then answers each `run` with any number of `progress` and one `finished`,
 * `refused`, `broke` or, if it was told to stop meanwhile, `stopped`. It ends when its standard input closes.
 */
import type { RunResult, TaskInput } from "../domain/event.ts";
import type { TaskError, TaskErrorCode } from "../domain/errors.ts";
import type { TaskOptions } from "../domain/options.ts";
import type { Parent } from "../domain/parent.ts";
import type { Progress } from "../domain/report.ts";

/** One attempt, as the runner needs to know it. */
export interface Run {
  type: "run";
  task_id: string;
  filename: string;
  input: TaskInput;
  options: TaskOptions;
  parent: Parent | null;
  /** Absolute: the file to read, the empty folder to write into. */
  input_path: string;
  work_path: string;
  /** What the recorded artifact paths begin with: `artifacts/<task>/<fence>`. */
  artifact_prefix: string;
  software_version: string;
}

/** What a consumer says. */
export type Order =
  | Run
  /** Give up the run that you are on; if it is over already, this means nothing. */
  | { type: "stop" };

/** What a runner says. */
export type RunnerMessage =
  | { type: "ready" }
  | { type: "progress"; progress: Progress }
  /** The task completed; artifacts are on disk, fsynced. */
  | { type: "finished"; result: RunResult }
  /** The data make the task fail; the result has what was measured, and the artifacts that still exist. */
  | { type: "refused"; error: TaskError; result: RunResult }
  /** An operating error: worth another attempt. */
  | { type: "broke"; code: TaskErrorCode; message: string }
  /** It gave up as it was told: it writes nothing more, and is ready for another run. */
  | { type: "stopped" };
