/** An event as a row of the `events` table. */
import type { TaskEvent } from "../domain/event.ts";
import { canonicalJson, type ChainEnd, GENESIS_HASH } from "./chain.ts";
import type { Sqlite } from "./sqlite.ts";

/** A row that was read with `EVENT_COLUMNS`. */
export interface EventRow {
  seq: number;
  task_id: string;
  type: string;
  at: string;
  attempt: number;
  /** RFC 8785 JSON. */
  data: string;
  prev_hash: string;
  hash: string;
}

/** What to select for an `EventRow`. */
export const EVENT_COLUMNS = "seq, task_id, type, at, attempt, data, prev_hash, hash";

/** The event in a row; that its type and data belong together is the writer's promise, checked by its hash. */
export function eventOf(row: EventRow): TaskEvent {
  return { ...row, data: JSON.parse(row.data) } as TaskEvent;
}

/** Append a link that was made for the chain's end in this same transaction; a trigger refuses any other. */
export function insertEvent(sqlite: Sqlite, event: TaskEvent): void {
  sqlite.run(
    `INSERT INTO events (${EVENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    event.seq,
    event.task_id,
    event.type,
    event.at,
    event.attempt,
    canonicalJson(event.data),
    event.prev_hash,
    event.hash,
  );
}

/** Where the chain ends now. To append, read it inside the transaction: other processes write too. */
export function chainEnd(sqlite: Sqlite): ChainEnd {
  const end = sqlite.get<ChainEnd>("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1");
  return end ?? { seq: 0, hash: GENESIS_HASH };
}
