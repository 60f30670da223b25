/**
 * The state machine, and the one function that applies an event to a task.
 *
 * ```
 *            received            started             completed
 *   (none) ───────────> queued ──────────> running ───────────> completed
 *                         ^  ^   started   │ │ │ │   failed
 *                         │  └── retrying <┘ │ │ └───────────> failed
 *                         └──── released ────┘ │   cancelled
 *                                              └─────────────> cancelled   (also from queued, retrying)
 * ```
 *
 * Who moves a task out of a state: `queued` and `retrying`, a consumer's claim; `running`, the consumer
 * that holds the fence, or the reconciler once that consumer is gone; final states, nobody.
 *
 * The same table stands in SQL (`src/audit/migrations/`); a test holds the two together.
 */
import type { EventType, Fact } from "./event.ts";
import { recordedOptions } from "./options.ts";
import { isFinal, type Task, type TaskState } from "./task.ts";

/** For each event: the states it may meet (null: no task yet) and the state it leads to ("same": stays). */
export const LIFECYCLE: {
  readonly [T in EventType]: {
    readonly from: readonly (TaskState | null)[];
    readonly to: TaskState | "same";
  };
} = {
  "task.received": { from: [null], to: "queued" },
  "task.started": { from: ["queued", "retrying"], to: "running" },
  "task.released": { from: ["running"], to: "queued" },
  "task.retry_scheduled": { from: ["running"], to: "retrying" },
  "task.cancel_requested": { from: ["queued", "running", "retrying"], to: "same" },
  "task.completed": { from: ["running"], to: "completed" },
  "task.failed": { from: ["running"], to: "failed" },
  "task.cancelled": { from: ["queued", "running", "retrying"], to: "cancelled" },
  "task.deleted": { from: ["completed", "failed", "cancelled"], to: "same" },
};

/** Whether an event of this type may happen to a task in this state. */
export function allows(type: EventType, state: TaskState | null): boolean {
  return LIFECYCLE[type].from.includes(state);
}

/**
 * The task after a fact. Pure: the ledger writes what this returns, so a task's row equals the fold of its events.
 *
 * @throws {RangeError} if the lifecycle doesn't allow the fact in the task's state, or twice
 */
export function apply(task: Task | null, taskId: string, at: string, fact: Fact): Task {
  if (!allows(fact.type, task?.state ?? null)) {
    throw new RangeError(`${fact.type} can't happen to a task that is ${task?.state ?? "unknown"}`);
  }
  if (fact.type === "task.received") {
    return {
      id: taskId,
      state: "queued",
      outcome: null,
      filename: fact.data.filename,
      input: fact.data.input,
      options: recordedOptions(fact.data.options),
      parent: fact.data.parent ?? null,
      attempt: 0,
      fence: 0,
      crashes: 0,
      losses: 0,
      created_at: at,
      started_at: null,
      finished_at: null,
      deleted_at: null,
      due_at: at,
      cancel_requested: false,
      counts: null,
      statistics: null,
      warnings: [],
      decimal_mark: null,
      artifacts: [],
      error: null,
    };
  }
  if (task === null) throw new RangeError(`${fact.type} needs a task`);
  const to = LIFECYCLE[fact.type].to;
  const next: Task = { ...task, state: to === "same" ? task.state : to };
  if (isFinal(next.state) && next.finished_at === null) {
    next.finished_at = at;
    next.due_at = null;
  }
  switch (fact.type) {
    case "task.started":
      if (fact.data.fence <= task.fence) throw new RangeError("a fence must grow");
      next.attempt = task.attempt + 1;
      next.fence = fact.data.fence;
      next.started_at = at;
      next.due_at = null;
      return next;
    case "task.released":
      next.attempt = task.attempt - 1;
      next.losses = task.losses + 1;
      next.due_at = at;
      return next;
    case "task.retry_scheduled":
      next.crashes = task.crashes + (fact.data.crash ? 1 : 0);
      next.due_at = fact.data.due_at;
      return next;
    case "task.cancel_requested":
      next.cancel_requested = true;
      return next;
    case "task.completed":
      next.outcome = fact.data.counts.rows_rejected === 0 ? "clean" : "partial";
      next.counts = fact.data.counts;
      next.statistics = fact.data.statistics;
      next.warnings = fact.data.warnings;
      next.decimal_mark = fact.data.decimal_mark ?? null;
      next.artifacts = fact.data.artifacts;
      return next;
    case "task.failed":
      next.error = fact.data.error;
      next.counts = fact.data.result?.counts ?? null;
      next.statistics = fact.data.result?.statistics ?? null;
      next.warnings = fact.data.result?.warnings ?? [];
      next.decimal_mark = fact.data.result?.decimal_mark ?? null;
      next.artifacts = fact.data.result?.artifacts ?? [];
      return next;
    case "task.cancelled":
      return next;
    case "task.deleted":
      if (task.deleted_at !== null) throw new RangeError("a task can be deleted only once");
      next.deleted_at = at;
      return next;
  }
}
