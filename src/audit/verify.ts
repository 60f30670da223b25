/**
 * Checks that the ledger tells one true story: the chain is whole, and each task is the fold of its events.
 *
 * Reads page by page and lets other work happen in between; what is appended meanwhile is checked too.
 */
import type { Fact, TaskEvent } from "../domain/event.ts";
import { apply } from "../domain/lifecycle.ts";
import { LEDGER_VERIFY_PAGE_ROWS } from "../domain/limits.ts";
import type { Task } from "../domain/task.ts";
import { canonicalJson, type ChainEnd, GENESIS_HASH, hashOf } from "./chain.ts";
import { EVENT_COLUMNS, eventOf, type EventRow } from "./event_row.ts";
import type { Sqlite } from "./sqlite.ts";
import { readTask } from "./task_row.ts";

/** Everything at once, as sentences; empty when the ledger holds. */
export async function verifyLedger(sqlite: Sqlite): Promise<string[]> {
  const { broken } = await verifyChain(sqlite);
  const faults = await verifyFolds(sqlite);
  return [
    ...(broken === null ? [] : [`event ${broken.seq}: ${broken.why}`]),
    ...faults.map(({ taskId, why }) => `task ${taskId}: ${why}`),
  ];
}

/** `broken` is the first event that doesn't hold, with the reason; then `end` is the last one that does. */
export interface ChainVerdict {
  end: ChainEnd;
  broken: { seq: number; why: string } | null;
}

/** Walk the whole chain. */
export async function verifyChain(
  sqlite: Sqlite,
  pageRows = LEDGER_VERIFY_PAGE_ROWS,
): Promise<ChainVerdict> {
  let end: ChainEnd = { seq: 0, hash: GENESIS_HASH };
  while (true) {
    const page = sqlite.all<EventRow>(
      `SELECT ${EVENT_COLUMNS} FROM events WHERE seq > ? ORDER BY seq LIMIT ?`,
      end.seq,
      pageRows,
    );
    for (const row of page) {
      const why = fault(row, end);
      if (why !== null) return { end, broken: { seq: row.seq, why } };
      end = { seq: row.seq, hash: row.hash };
    }
    if (page.length < pageRows) return { end, broken: null };
    await letOthersWork();
  }
}

/** A task whose row isn't what its events make of it. */
export interface FoldFault {
  taskId: string;
  why: string;
}

/** Compare all tasks with the folds of their events, and running tasks with the leases. Empty: all agree. */
export async function verifyFolds(
  sqlite: Sqlite,
  pageRows = LEDGER_VERIFY_PAGE_ROWS,
): Promise<FoldFault[]> {
  const faults: FoldFault[] = [];
  let last = "";
  while (true) {
    const page = sqlite.all<{ id: string }>(
      "SELECT id FROM tasks WHERE id > ? ORDER BY id LIMIT ?",
      last,
      pageRows,
    );
    for (const { id } of page) {
      const why = sqlite.snapshot(() => foldFault(sqlite, id));
      if (why !== null) faults.push({ taskId: id, why });
      last = id;
    }
    if (page.length < pageRows) return faults;
    await letOthersWork();
  }
}

/** A task rebuilt from its events alone; null without any. @throws {RangeError} if they tell no legal story */
export function fold(taskId: string, events: readonly TaskEvent[]): Task | null {
  return events.reduce<Task | null>(
    (task, event) => apply(task, taskId, event.at, event as Fact),
    null,
  );
}

function fault(row: EventRow, end: ChainEnd): string | null {
  if (row.seq !== end.seq + 1) return `event ${end.seq + 1} is missing`;
  if (row.prev_hash !== end.hash) return `its prev_hash isn't the hash of event ${end.seq}`;
  try {
    const event = eventOf(row);
    if (hashOf(event) !== row.hash) return "its hash doesn't match its content";
    if (canonicalJson(event.data) !== row.data) return "its data aren't written as RFC 8785 JSON";
  } catch {
    return "its data can't be read";
  }
  return null;
}

function foldFault(sqlite: Sqlite, id: string): string | null {
  const events = sqlite.all<EventRow>(
    `SELECT ${EVENT_COLUMNS} FROM events WHERE task_id = ? ORDER BY seq`,
    id,
  ).map(eventOf);
  const task = readTask(sqlite, id);
  try {
    const expected = fold(id, events);
    if (canonicalJson(expected) !== canonicalJson(task)) {
      return "its row isn't the fold of its events";
    }
  } catch (error) {
    return `its events tell no legal story: ${error instanceof Error ? error.message : error}`;
  }
  const lease = sqlite.get<{ fence: number }>("SELECT fence FROM leases WHERE task_id = ?", id);
  const running = task?.state === "running" ? task.fence : undefined;
  return lease?.fence === running ? null : "its lease doesn't agree with its state";
}

function letOthersWork(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
