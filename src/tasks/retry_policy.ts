/** What follows when an attempt came to nothing: another one, or the end. */
import type { TaskError } from "../domain/errors.ts";
import { ATTEMPTS_MAX, CRASHES_MAX, RETRY_JITTER, RETRY_WAITS_MS } from "../domain/limits.ts";
import type { Task } from "../domain/task.ts";

/** `retry` after a wait, or `fail` for good. */
export type Sequel =
  | { type: "retry"; error: TaskError; waitMs: number; crash: boolean }
  | { type: "fail"; error: TaskError };

/** The error of an attempt whose runner died. */
const CRASHED: TaskError = {
  code: "runner-crashed",
  message: "The process that worked on the file died; the task's events have the evidence. " +
    "Upload the file again, and report it if that fails too.",
};

/** The error of a task that killed its runner too often. */
const POISONED: TaskError = {
  code: "poisoned",
  message: `The file ended ${CRASHES_MAX} processes that worked on it, so it is not tried again. ` +
    "Check the file, or report it with the evidence in the task's events.",
};

/**
 * The sequel of an operating error.
 *
 * @param task as claimed: its `attempt` is the one that just failed
 * @param random 0 <= x < 1, for the jitter
 */
export function afterFault(
  task: Pick<Task, "attempt">,
  error: TaskError,
  random: () => number,
): Sequel {
  if (task.attempt >= ATTEMPTS_MAX) return { type: "fail", error };
  return { type: "retry", error, waitMs: retryWaitMs(task.attempt, random), crash: false };
}

/**
 * The sequel of a crash. The limit of attempts holds for crashes as well: a crash on the last one is final even
 * if it isn't the third.
 *
 * @param task as claimed: its `crashes` are those before this one
 */
export function afterCrash(
  task: Pick<Task, "attempt" | "crashes">,
  random: () => number,
): Sequel {
  if (task.crashes + 1 >= CRASHES_MAX) return { type: "fail", error: POISONED };
  if (task.attempt >= ATTEMPTS_MAX) return { type: "fail", error: CRASHED };
  return { type: "retry", error: CRASHED, waitMs: retryWaitMs(task.attempt, random), crash: true };
}

/** The wait after attempt 1, 2, ... in whole milliseconds, give or take `RETRY_JITTER`: a full disk meets all tasks at once. */
function retryWaitMs(attempt: number, random: () => number): number {
  const wait = RETRY_WAITS_MS[Math.min(attempt, RETRY_WAITS_MS.length) - 1] ?? RETRY_WAITS_MS[0];
  return Math.round(wait * (1 + RETRY_JITTER * (2 * random() - 1)));
}
