/**
 * The hash chain over all events of a data folder.
 *
 * `hash` = lower-case hex SHA-256 of `prev_hash`, LF, and the RFC 8785 JSON of the event without `hash`. The first
 * event follows 64 zeros. Whoever knows the last hash can tell whether any earlier event was changed,
 * removed, added or moved.
 *
 * ```ts
 * import { GENESIS_HASH, link } from "./chain.ts";
 *
 * const first = link({ seq: 0, hash: GENESIS_HASH }, {
 *   task_id: "01981d6e-8a00-7000-8000-000000000001",
 *   type: "task.started",
 *   at: "2026-01-01T00:00:00.000Z",
 *   attempt: 1,
 *   data: { fence: 1, consumer: "c1" },
 * });
 * if (first.seq !== 1 || first.prev_hash !== GENESIS_HASH) throw new Error("not the first link");
 * ```
 */
import canonicalize from "canonicalize";
import { createHash } from "node:crypto";
import type { Fact, TaskEvent } from "../domain/event.ts";

/** What the first event follows. */
export const GENESIS_HASH = "0".repeat(64);

/** What happened, before it has its place in the chain. */
export type Unlinked = Fact & Pick<TaskEvent, "task_id" | "at" | "attempt">;

/** The end of a chain: `seq` 0 and `GENESIS_HASH` of an empty one. */
export type ChainEnd = Pick<TaskEvent, "seq" | "hash">;

/** The event that continues a chain. @throws {Error} if its data can't be JSON (NaN, lone surrogates) */
export function link(end: ChainEnd, unlinked: Unlinked): TaskEvent {
  const event = { ...unlinked, seq: end.seq + 1, prev_hash: end.hash };
  return { ...event, hash: hashOf(event) };
}

/** The hash that an event must have. */
export function hashOf(event: Omit<TaskEvent, "hash">): string {
  const { seq, task_id, type, at, attempt, data, prev_hash } = event;
  const text = canonicalJson({ seq, task_id, type, at, attempt, data, prev_hash });
  return createHash("sha256").update(`${prev_hash}\n${text}`).digest("hex");
}

/** RFC 8785 JSON. @throws {Error} if the value can't be JSON */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("the value can't be JSON");
  return text;
}
