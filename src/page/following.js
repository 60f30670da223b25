/**
 * Following the tasks: ask for them again and again, more often while one isn't final, not at all while nobody looks.
 */
import { $ } from "./elements.js";
import { changed, known, learn, look, missing, selected } from "./known.js";
import { call, Refusal } from "./service.js";

const LIST_ROWS = 50;
const POLL_BUSY_MS = 500;
const POLL_IDLE_MS = 3_000;
const POLL_LOST_MS = 2_000;

let timer;
let polling = false;
/** Something changed while a poll was under way: it may have missed that. */
let pollAgain = false;
/** Whether the service does not answer. */
export let lost = false;

/** Where the tasks older than the known ones begin: a cursor, `undefined` when there are none, null until asked. */
export let olderCursor = null;

/** Ask again after a while, unless nobody looks. */
export function schedule() {
  clearTimeout(timer);
  if (document.hidden) return;
  const busy = [...known.values()].some((task) => !task.done);
  timer = setTimeout(poll, lost ? POLL_LOST_MS : busy ? POLL_BUSY_MS : POLL_IDLE_MS);
}

/** Ask for the newest tasks and the selected one, then show what changed. One at a time. */
export async function poll() {
  if (polling) {
    pollAgain = true;
    return;
  }
  polling = true;
  pollAgain = false;
  try {
    const page = await call(`/v1/tasks?limit=${LIST_ROWS}`);
    // So many new ones that a gap may lie between them and the older ones: begin anew.
    const gap = page.tasks.length === LIST_ROWS && !page.tasks.some((task) => known.has(task.id));
    if (gap) known.clear();
    if (gap || olderCursor === null) olderCursor = page.next_cursor ?? null;
    page.tasks.forEach(learn);
    const listed = new Set(page.tasks.map((task) => task.id));
    for (const task of known.values()) {
      if (!task.done && !listed.has(task.id) && task.id !== selected) await look(task.id);
    }
    if (wantsLook(listed)) await look(selected);
    connected(true);
  } catch (error) {
    connected(false, error);
  } finally {
    polling = false;
    schedule();
  }
  changed();
  if (pollAgain) poll();
}

/** Whether the selected task must be asked for by itself: it isn't on the first page, nor final, nor unknown. */
function wantsLook(listed) {
  if (selected === null || missing !== null) return false;
  return !listed.has(selected) && !known.get(selected)?.done;
}

/** Say that the service is gone, or back. */
function connected(now, error) {
  const line = $("connection");
  if (now && lost) {
    line.textContent = "The service is back.";
    line.className = "back";
    setTimeout(() => lost || (line.textContent = ""), 4_000);
  } else if (!now && !lost) {
    line.textContent = error instanceof Refusal
      ? `${error.message} Trying again.`
      : "The service does not answer. Trying again; accepted tasks are safe.";
    line.className = "";
  }
  lost = !now;
}

/** Ask for the page of tasks after the oldest that came in order. */
export async function showOlder() {
  $("older").disabled = true;
  try {
    const page = await call(
      `/v1/tasks?limit=${LIST_ROWS}&cursor=${encodeURIComponent(olderCursor)}`,
    );
    page.tasks.forEach(learn);
    olderCursor = page.next_cursor ?? undefined;
    connected(true);
  } catch (error) {
    connected(false, error);
  }
  $("older").disabled = false;
  changed();
}
