/**
 * The `Ledger` contract: the truth about tasks, and its only writer.
 *
 * Each method is one transaction: it appends events to the hash chain, writes the fold of them to the task's
 * row, and is on disk (power cut included) once its promise resolves. Writes of a claim carry its fence; a
 * claim that was lost meanwhile gets `LostClaimError`, and its late results change nothing.
 *
 * Reading for people (lists, filters, events) is `queries.ts`.
 */
import type { ReleaseReason, RunResult, TaskInput } from "../domain/event.ts";
import type { TaskError } from "../domain/errors.ts";
import type { TaskOptions } from "../domain/options.ts";
import type { Parent } from "../domain/parent.ts";
import type { Progress } from "../domain/report.ts";
import type { Task } from "../domain/task.ts";

/** A task whose bytes are on disk, about to be accepted. */
export interface Receipt {
  id: string;
  filename: string;
  input: TaskInput;
  options: TaskOptions;
  /** Of a final task that this ledger knows; none if absent. */
  parent?: Parent | null;
}

/** The exclusive right to run a task: whoever holds the largest fence holds it. */
export interface Claim {
  readonly task: Task;
  readonly fence: number;
  readonly consumer: string;
}

/** A running task whose lease ran out, or whose consumer is known to be gone. */
export interface LostLease {
  readonly taskId: string;
  readonly fence: number;
  readonly consumer: string;
}

export interface Ledger {
  /** Accept a task: `task.received`. @throws {Error} if the ID exists, or the parent is no such task */
  receive(receipt: Receipt): Promise<Task>;

  /**
   * Claim a task that is due (`queued` or `retrying`, `due_at` reached): fence + 1, `task.started`, a lease.
   * With an ID only that task, else the one that is due longest. Null when there is none to be had.
   */
  claim(consumer: string, taskId?: string): Promise<Claim | null>;

  /** Renew a lease and record progress, beside the fold. False when the claim is lost: stop working. */
  heartbeat(claim: Claim, progress: Progress | null): Promise<boolean>;

  /** Whether nobody else has claimed the task since. Reads only, so it is told by the write that follows, too. */
  holds(claim: Claim): Promise<boolean>;

  /** @throws {LostClaimError} */
  complete(claim: Claim, result: RunResult): Promise<Task>;
  /** A data error, or an operating error after the last attempt. @throws {LostClaimError} */
  fail(claim: Claim, error: TaskError, result: RunResult | null, evidence?: string): Promise<Task>;
  /** An operating error or crash with attempts left. @throws {LostClaimError} */
  scheduleRetry(
    claim: Claim,
    error: TaskError,
    retry: { waitMs: number; crash: boolean; evidence?: string },
  ): Promise<Task>;
  /**
   * Give a running task back at no cost of an attempt; after `LOSSES_MAX` such losses it fails as `poisoned`
   * instead. @throws {LostClaimError}
   */
  release(
    claim: Pick<Claim, "fence" | "consumer"> & { taskId: string },
    reason: ReleaseReason,
  ): Promise<Task>;

  /** `task.deleted` of a final task. @throws {RangeError} if it isn't final or is deleted already */
  delete(taskId: string): Promise<Task>;

  /** Running tasks whose lease ran out, or whose consumer isn't among the living ones. */
  lostLeases(livingConsumers: readonly string[]): Promise<LostLease[]>;

  /** How many milliseconds until the next task is due; 0: now; null: nothing waits. */
  nextDueMs(): Promise<number | null>;

  close(): Promise<void>;
}

/** A write came with a fence that isn't the newest, or after the task left `running`. */
export class LostClaimError extends Error {
  override readonly name = "LostClaimError";
}
