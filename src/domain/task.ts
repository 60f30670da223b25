/** A task: one CSV to process, from upload to artifacts. */
import type { Artifact } from "./artifact.ts";
import type { DecidedMarks } from "./decided_mark.ts";
import type { TaskError } from "./errors.ts";
import type { TaskInput } from "./event.ts";
import type { TaskOptions } from "./options.ts";
import type { Parent } from "./parent.ts";
import type { Counts, Statistics, Warning } from "./report.ts";

/** Where a task stands. `retrying` waits for its next attempt; the last three are final. */
export const TASK_STATES = [
  "queued",
  "running",
  "retrying",
  "completed",
  "failed",
  "cancelled",
] as const;

export type TaskState = (typeof TASK_STATES)[number];

/** Of a completed task: no row rejected, or some. */
export type Outcome = "clean" | "partial";

/** A task as the ledger keeps it: nothing but the fold of its events (`src/domain/lifecycle.ts`). */
export interface Task {
  /** UUIDv7. */
  id: string;
  state: TaskState;
  outcome: Outcome | null;
  /** As the client named it: data, never a path. */
  filename: string;
  input: TaskInput;
  options: TaskOptions;
  /** The task whose rejected rows this one brings again. */
  parent: Parent | null;
  /** The counted try that runs or ran last; 0 before the first. A release gives its try back. */
  attempt: number;
  /** Grows at each claim; a write that carries an older one is refused. */
  fence: number;
  /** Runner deaths, and consumers lost, under this task. */
  crashes: number;
  losses: number;
  created_at: string;
  /** Start of the current or last attempt. */
  started_at: string | null;
  finished_at: string | null;
  deleted_at: string | null;
  /** When a queued or retrying task may start; null otherwise. */
  due_at: string | null;
  cancel_requested: boolean;
  counts: Counts | null;
  statistics: Statistics | null;
  warnings: Warning[];
  /** What the last run decided about its numbers; null if there was nothing to tell. */
  decimal_mark: DecidedMarks | null;
  artifacts: Artifact[];
  error: TaskError | null;
}

const FINAL_STATES: readonly TaskState[] = ["completed", "failed", "cancelled"];

/** Whether a task in this state will never change its state again. */
export function isFinal(state: TaskState): boolean {
  return FINAL_STATES.includes(state);
}
