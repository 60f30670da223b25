/**
 * What an attempt asks of a runner, and what comes back.
 *
 * The contract between `execute.ts`, which decides the fate of a task, and `src/worker/`, which drives processes.
 */
import type { RunResult } from "../domain/event.ts";
import type { TaskError } from "../domain/errors.ts";
import type { Progress } from "../domain/report.ts";
import type { Task } from "../domain/task.ts";

/** One run of the pipeline. */
export interface Assignment {
  task: Task;
  /** Absolute: the file to read, and the empty folder to write into. */
  inputPath: string;
  workPath: string;
  /** What the recorded artifact paths begin with: `artifacts/<task>/<fence>`. */
  artifactPrefix: string;
}

/** Why a consumer ends a run: it shuts down, or somebody else holds the task now. */
export type StopReason = "shutdown" | "lost";

/** How a consumer follows a run and ends it. */
export interface Watch {
  /** Aborted with a `StopReason` and nothing else. */
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
}

/** How a run ended. */
export type Verdict =
  /** All artifacts are in the work folder, on disk. */
  | { type: "finished"; result: RunResult }
  /** The data make the task fail; the artifacts of the result are in the work folder. */
  | { type: "refused"; error: TaskError; result: RunResult }
  /** An operating error, runners that we had to kill among them. */
  | { type: "broke"; error: TaskError; evidence?: string }
  /** The runner died and nobody here ordered it. */
  | { type: "crashed"; evidence: string }
  /** We ended it: the runner gave up or is dead, or had not begun. */
  | { type: "stopped"; reason: StopReason };

/** Runs an assignment to its verdict. Never rejects; when it resolves, nothing writes to the work folder any more. */
export type RunAssignment = (assignment: Assignment, watch: Watch) => Promise<Verdict>;
