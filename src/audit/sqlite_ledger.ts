/**
 * The `Ledger` on SQLite.
 *
 * Each method hands one synchronous operation to the group commit. Inside, all go the same way: read the task, check
 * the fence, `append` the fact, mend the lease. Nothing is kept in memory between operations, because other processes
 * write to the same file.
 */
import type { ReleaseReason, RunResult } from "../domain/event.ts";
import type { TaskError } from "../domain/errors.ts";
import { LOSSES_MAX } from "../domain/limits.ts";
import type { Progress } from "../domain/report.ts";
import type { Task } from "../domain/task.ts";
import type { System } from "../system.ts";
import { append } from "./append.ts";
import { dueTaskId, nextDueMs, RETRY_WAIT_MS_MAX } from "./due.ts";
import { GroupCommit } from "./group_commit.ts";
import {
  endLease,
  grantLease,
  isLeased,
  LeaseWatch,
  recordProgress,
  renewLease,
} from "./leases.ts";
import { type Claim, type Ledger, LostClaimError, type LostLease, type Receipt } from "./ledger.ts";
import type { Sqlite } from "./sqlite.ts";
import { readTask } from "./task_row.ts";

export class SqliteLedger implements Ledger {
  readonly #sqlite: Sqlite;
  readonly #system: System;
  readonly #commits: GroupCommit;
  readonly #watch: LeaseWatch;

  /** `sqlite` has the newest schema (`migrate`), and belongs to this ledger from now on. */
  constructor(sqlite: Sqlite, system: System) {
    this.#sqlite = sqlite;
    this.#system = system;
    this.#commits = new GroupCommit(sqlite);
    this.#watch = new LeaseWatch(sqlite, system);
  }

  receive(receipt: Receipt): Promise<Task> {
    const { id, input, options, parent } = receipt;
    const filename = storable(receipt.filename);
    return this.#commits.submit(() => {
      const data = { filename, input, options, ...(parent && { parent }) };
      return append(this.#sqlite, null, id, this.#at(), { type: "task.received", data });
    }, { patient: true });
  }

  async claim(consumer: string, taskId?: string): Promise<Claim | null> {
    // Looked at first without the write lock: most looks find nothing.
    if (dueTaskId(this.#sqlite, this.#system.now(), taskId) === null) return null;
    return await this.#commits.submit(() => {
      const now = this.#system.now();
      const id = dueTaskId(this.#sqlite, now, taskId);
      const waiting = id === null ? null : readTask(this.#sqlite, id);
      if (waiting === null) return null;
      const fence = waiting.fence + 1;
      const data = { fence, consumer };
      const task = append(this.#sqlite, waiting, waiting.id, now.toISOString(), {
        type: "task.started",
        data,
      });
      grantLease(this.#sqlite, task.id, { fence, consumer }, now);
      return { task, fence, consumer };
    });
  }

  heartbeat(claim: Claim, progress: Progress | null): Promise<boolean> {
    const { task: { id }, fence } = claim;
    return this.#commits.submit(() => {
      if (!renewLease(this.#sqlite, id, fence, this.#system.now())) return false;
      if (progress !== null) recordProgress(this.#sqlite, id, fence, progress);
      return true;
    });
  }

  holds({ task: { id }, fence }: Claim): Promise<boolean> {
    return Promise.try(() => isLeased(this.#sqlite, id, fence));
  }

  complete(claim: Claim, result: RunResult): Promise<Task> {
    return this.#end(claim.task.id, claim, (task, at) => {
      const data = { ...result, duration_ms: durationMs(task, at) };
      return append(this.#sqlite, task, task.id, at, { type: "task.completed", data });
    });
  }

  fail(claim: Claim, error: TaskError, result: RunResult | null, evidence?: string): Promise<Task> {
    return this.#end(
      claim.task.id,
      claim,
      (task, at) => this.#fail(task, at, error, result, evidence),
    );
  }

  scheduleRetry(
    claim: Claim,
    error: TaskError,
    retry: { waitMs: number; crash: boolean; evidence?: string },
  ): Promise<Task> {
    const { waitMs, crash, evidence } = retry;
    if (!(waitMs >= 0 && waitMs <= RETRY_WAIT_MS_MAX)) {
      return Promise.reject(
        new RangeError(`a retry waits 0 to ${RETRY_WAIT_MS_MAX} ms, not ${waitMs}`),
      );
    }
    return this.#end(claim.task.id, claim, (task, at) => {
      const due_at = new Date(Date.parse(at) + waitMs).toISOString();
      const data = { error, crash, due_at, evidence };
      return append(this.#sqlite, task, task.id, at, { type: "task.retry_scheduled", data });
    });
  }

  release(
    claim: Pick<Claim, "fence" | "consumer"> & { taskId: string },
    reason: ReleaseReason,
  ): Promise<Task> {
    return this.#end(claim.taskId, claim, (task, at) => {
      if (task.losses + 1 >= LOSSES_MAX) return this.#poison(task, at, reason);
      return append(this.#sqlite, task, task.id, at, { type: "task.released", data: { reason } });
    });
  }

  delete(taskId: string): Promise<Task> {
    return this.#commits.submit(() => {
      const task = readTask(this.#sqlite, taskId);
      return append(this.#sqlite, task, taskId, this.#at(), { type: "task.deleted", data: {} });
    });
  }

  lostLeases(livingConsumers: readonly string[]): Promise<LostLease[]> {
    return Promise.try(() => this.#watch.lost(livingConsumers));
  }

  nextDueMs(): Promise<number | null> {
    return Promise.try(() => nextDueMs(this.#sqlite, this.#system.now()));
  }

  async close(): Promise<void> {
    await this.#commits.close();
    this.#sqlite.close();
  }

  #at(): string {
    return this.#system.now().toISOString();
  }

  /** What ends a claim: only its holder may, and the lease goes with it. */
  #end(
    taskId: string,
    claim: Pick<Claim, "fence" | "consumer">,
    write: (task: Task, at: string) => Task,
  ): Promise<Task> {
    return this.#commits.submit(() => {
      const task = readTask(this.#sqlite, taskId);
      if (task?.state !== "running" || task.fence !== claim.fence) {
        throw new LostClaimError(
          `Consumer ${claim.consumer} no longer holds task ${taskId}: its fence is ${claim.fence}, the task is ` +
            `${task?.state ?? "unknown"} with fence ${task?.fence ?? 0}. Drop this attempt's work.`,
        );
      }
      const ended = write(task, this.#at());
      endLease(this.#sqlite, taskId);
      return ended;
    }, { patient: true });
  }

  #fail(
    task: Task,
    at: string,
    error: TaskError,
    result: RunResult | null,
    evidence?: string,
  ): Task {
    const data = { error, result, duration_ms: durationMs(task, at), evidence };
    return append(this.#sqlite, task, task.id, at, { type: "task.failed", data });
  }

  #poison(task: Task, at: string, reason: ReleaseReason): Task {
    const losses = this.#sqlite.all<{ loss: string }>(
      `SELECT at || ' ' || json_extract(data, '$.reason') AS loss
        FROM events WHERE task_id = ? AND type = 'task.released' ORDER BY seq LIMIT ?`,
      task.id,
      LOSSES_MAX,
    ).map((row) => row.loss);
    const error: TaskError = {
      code: "poisoned",
      message:
        `The service stopped ${LOSSES_MAX} times while it worked on this task, so it isn't tried again. ` +
        "If the service was killed (memory, restarts), mend that first; then upload the file again.",
    };
    return this.#fail(task, at, error, null, [...losses, `${at} ${reason}`].join("\n"));
  }
}

/** Of the attempt that ends now; 0 if the clock was set back meanwhile. */
function durationMs(task: Task, at: string): number {
  return Math.max(0, Date.parse(at) - Date.parse(task.started_at ?? at));
}

/** SQL text ends at a NUL and UTF-8 has no lone surrogates: either becomes U+FFFD. */
function storable(filename: string): string {
  return filename.toWellFormed().replaceAll("\0", "\uFFFD");
}
