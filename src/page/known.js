/**
 * What the page knows: the tasks that the service told of, and which of them is shown.
 *
 * `selected` and `missing` are live bindings: every module reads them, only the functions here set them. Whoever
 * changed something calls `changed`, which shows it.
 */
import { announce } from "./elements.js";
import { call, Refusal } from "./service.js";
import { verdict } from "./task_words.js";

/** Tasks by ID. IDs are UUIDv7, so that the largest is the newest. */
export const known = new Map();

/** The ID of the task in the address, or null. */
export let selected = null;
/** Why the task of the address can't be shown, or null. */
export let missing = null;

/** Tasks whose end this visitor should hear of. */
export const followed = new Set();

/** What shows the changes: main.js sets it, as the views import this module. */
let showChanges = () => {};

export function onChange(show) {
  showChanges = show;
}

/** Show what has changed. */
export function changed() {
  showChanges();
}

/** Show this task, or none. */
export function select(id) {
  selected = id;
  missing = null;
  if (known.get(id)?.done === false) followed.add(id);
}

export const newestFirst = () => [...known.values()].sort((a, b) => (a.id < b.id ? 1 : -1));

/** Take in what the service says of a task. */
export function learn(task) {
  const before = known.get(task.id);
  known.set(task.id, task);
  if (task.done && followed.has(task.id) && !before?.done) {
    followed.delete(task.id);
    announce(`${task.filename}: ${verdict(task)}`);
  }
  if (!task.done && task.id === selected) followed.add(task.id);
}

/** Learn about one task. An ID that the service doesn't know is no fault of the connection. */
export async function look(id) {
  try {
    learn(await call(`/v1/tasks/${encodeURIComponent(id)}`));
    if (id === selected) missing = null;
  } catch (error) {
    if (!(error instanceof Refusal) || error.status >= 500) throw error;
    known.delete(id);
    if (id === selected) missing = error.message;
  }
}
