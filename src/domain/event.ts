/** Events: append-only facts about a task, in the past tense. */
import type { Artifact } from "./artifact.ts";
import type { Compression } from "./compression.ts";
import type { DecidedMarks } from "./decided_mark.ts";
import type { TaskError } from "./errors.ts";
import type { TaskOptions } from "./options.ts";
import type { Parent } from "./parent.ts";
import type { Counts, Dialect, Statistics, Warning } from "./report.ts";

/** What is known of the stored input. */
export interface TaskInput {
  bytes: number;
  /** Lower-case hex. */
  sha256: string;
  dialect: Dialect;
  /** What it was when it came; absent when it came as it is. All else here is about the decompressed bytes. */
  compression?: Compression;
}

/** What a run left behind, whether it completed or failed over its data. */
export interface RunResult {
  counts: Counts;
  statistics: Statistics;
  warnings: Warning[];
  /** Absent of a file whose numbers have nothing to tell, and of results older than this key. */
  decimal_mark?: DecidedMarks;
  artifacts: Artifact[];
}

/** Why a running task went back to the queue at no cost. */
export type ReleaseReason = "shutdown" | "consumer-lost";

/** The data of each type of event: all that the fold needs, so that a task can be rebuilt from its events alone. */
export interface EventData {
  /** `parent` is absent of a task that has none. */
  "task.received": { filename: string; input: TaskInput; options: TaskOptions; parent?: Parent };
  "task.started": { fence: number; consumer: string };
  "task.released": { reason: ReleaseReason };
  "task.retry_scheduled": { error: TaskError; crash: boolean; due_at: string; evidence?: string };
  "task.cancel_requested": Record<never, never>;
  "task.completed": RunResult & { duration_ms: number };
  "task.failed": {
    error: TaskError;
    result: RunResult | null;
    duration_ms: number;
    evidence?: string;
  };
  "task.cancelled": Record<never, never>;
  "task.deleted": Record<never, never>;
}

export type EventType = keyof EventData;

/** The part of an event that says what happened. */
export type Fact = { [T in EventType]: { type: T; data: EventData[T] } }[EventType];

/** One link of the chain. `hash` covers all other fields; see `src/audit/chain.ts`. */
export type TaskEvent = Fact & {
  /** Counts all events of a data folder from 1 without gaps. */
  seq: number;
  task_id: string;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  attempt: number;
  prev_hash: string;
  hash: string;
};
