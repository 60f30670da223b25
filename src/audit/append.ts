/** The one way in which the ledger changes: a fact becomes an event, and the task's row its fold. */
import type { Fact } from "../domain/event.ts";
import { apply } from "../domain/lifecycle.ts";
import type { Task } from "../domain/task.ts";
import { link } from "./chain.ts";
import { chainEnd, insertEvent } from "./event_row.ts";
import type { Sqlite } from "./sqlite.ts";
import { insertTask, updateTask } from "./task_row.ts";

/**
 * Append a fact about a task, as read in the same transaction; null for the fact that begins it.
 *
 * The event's `attempt` is the try that the fact is about: of `task.released` the one that is given back.
 *
 * @returns the task after the fact
 * @throws {RangeError} if the lifecycle doesn't allow the fact, or a number in it isn't finite
 */
export function append(
  sqlite: Sqlite,
  task: Task | null,
  taskId: string,
  at: string,
  fact: Fact,
): Task {
  const recorded = { type: fact.type, data: recordable(fact.data) } as Fact;
  const next = apply(task, taskId, at, recorded);
  if (task === null) insertTask(sqlite, next);
  else updateTask(sqlite, task, next);
  const attempt = Math.max(task?.attempt ?? 0, next.attempt);
  insertEvent(sqlite, link(chainEnd(sqlite), { ...recorded, task_id: taskId, at, attempt }));
  return next;
}

/**
 * The data as they will be read back, so that the row that is written now equals a later fold: JSON knows no
 * undefined and no negative zero, and RFC 8785 no lone surrogates, which text cut at a limit may hold.
 */
function recordable(data: Fact["data"]): Fact["data"] {
  return JSON.parse(JSON.stringify(data, (key, value: unknown) => {
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new RangeError(`${key} is ${value}: what doesn't exist is recorded as null`);
    }
    return typeof value === "string" ? value.toWellFormed() : value;
  }));
}
