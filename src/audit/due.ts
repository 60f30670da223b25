/**
 * Which waiting task is due, by a wall clock that can be set back.
 *
 * A queued task is always due: its `due_at` only says since when it waits. A retrying one is due at its `due_at`, and
 * also when that lies further ahead than any wait that could have been chosen: then the clock was set back, and the
 * task must not wait for it to catch up.
 */
import { RETRY_JITTER, RETRY_WAITS_MS } from "../domain/limits.ts";
import type { Sqlite } from "./sqlite.ts";

/** The longest wait that can come of `RETRY_WAITS_MS` and `RETRY_JITTER`. */
export const RETRY_WAIT_MS_MAX = Math.max(...RETRY_WAITS_MS) * (1 + RETRY_JITTER);

const IS_DUE = "due_at IS NOT NULL AND (state = 'queued' OR due_at <= ? OR due_at > ?)";

/** The ID of the task that is due longest, or of this one if it is due. */
export function dueTaskId(sqlite: Sqlite, now: Date, taskId?: string): string | null {
  const horizon = new Date(now.getTime() + RETRY_WAIT_MS_MAX).toISOString();
  const row = taskId === undefined
    ? sqlite.get<{ id: string }>(
      // In the order of this index the first row is the one; left to itself SQLite would collect and sort all that wait.
      `SELECT id FROM tasks INDEXED BY tasks_waiting WHERE ${IS_DUE} ORDER BY due_at, id LIMIT 1`,
      now.toISOString(),
      horizon,
    )
    : sqlite.get<{ id: string }>(
      `SELECT id FROM tasks WHERE ${IS_DUE} AND id = ?`,
      now.toISOString(),
      horizon,
      taskId,
    );
  return row?.id ?? null;
}

/** Milliseconds until the next task is due; 0: one is; null: nothing waits. */
export function nextDueMs(sqlite: Sqlite, now: Date): number | null {
  if (dueTaskId(sqlite, now) !== null) return 0;
  const next = sqlite.get<{ due_at: string | null }>(
    "SELECT min(due_at) AS due_at FROM tasks WHERE due_at IS NOT NULL",
  );
  return next?.due_at == null ? null : Math.max(0, Date.parse(next.due_at) - now.getTime());
}
