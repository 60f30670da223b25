/**
 * Leases: who runs a task, and since when nothing was heard. They live beside the fold.
 *
 * Times are wall-clock times, because several processes share them, and a wall clock can be set. Set forward, a lease
 * ends early: its task may be given to another consumer, and the fence refuses the late one. Set back, a lease
 * would seem to hold for hours: so a lease whose heartbeat stays the same for `LEASE_MS` of the observer's own
 * monotonic time has run out as well, whatever the clocks say.
 */
import type { Progress } from "../domain/report.ts";
import { LEASE_MS } from "../domain/limits.ts";
import type { System } from "../system.ts";
import type { LostLease } from "./ledger.ts";
import type { Sqlite } from "./sqlite.ts";

interface LeaseRow {
  task_id: string;
  fence: number;
  consumer: string;
  expires_at: string;
  heartbeat_at: string;
}

/** A lease with `LEASE_MS` to go from now on. */
export function grantLease(
  sqlite: Sqlite,
  taskId: string,
  lease: { fence: number; consumer: string },
  now: Date,
): void {
  sqlite.run(
    "INSERT INTO leases (task_id, fence, consumer, expires_at, heartbeat_at) VALUES (?, ?, ?, ?, ?)",
    taskId,
    lease.fence,
    lease.consumer,
    expiry(now),
    now.toISOString(),
  );
}

/** Another `LEASE_MS`. False when the lease of this fence is gone. */
export function renewLease(sqlite: Sqlite, taskId: string, fence: number, now: Date): boolean {
  return sqlite.run(
    "UPDATE leases SET expires_at = ?, heartbeat_at = ? WHERE task_id = ? AND fence = ?",
    expiry(now),
    now.toISOString(),
    taskId,
    fence,
  ) === 1;
}

/** Whether the lease of this fence is there, run out or not. */
export function isLeased(sqlite: Sqlite, taskId: string, fence: number): boolean {
  const sql = "SELECT 1 FROM leases WHERE task_id = ? AND fence = ?";
  return sqlite.get(sql, taskId, fence) !== undefined;
}

/** Nobody holds the task any more; nothing happens if nobody did. */
export function endLease(sqlite: Sqlite, taskId: string): void {
  sqlite.run("DELETE FROM leases WHERE task_id = ?", taskId);
}

/** Replaces what was reported before, by this attempt or an earlier one. */
export function recordProgress(
  sqlite: Sqlite,
  taskId: string,
  fence: number,
  progress: Progress,
): void {
  sqlite.run(
    `INSERT OR REPLACE INTO progress
      (task_id, fence, stage, bytes_read, bytes_total, rows_read, rows_rejected)
      VALUES (?, ?, ?, ?, ?, ?, ?)`,
    taskId,
    fence,
    progress.stage,
    progress.bytes_read,
    progress.bytes_total,
    progress.rows_read,
    progress.rows_rejected,
  );
}

/** Finds leases that ran out. Remembers between calls when it saw each heartbeat first. */
export class LeaseWatch {
  readonly #sqlite: Sqlite;
  readonly #system: System;
  #seen = new Map<string, { heartbeat: string; sinceMs: number }>();

  constructor(sqlite: Sqlite, system: System) {
    this.#sqlite = sqlite;
    this.#system = system;
  }

  /** Leases that ran out, or whose consumer isn't among the living ones. */
  lost(livingConsumers: readonly string[]): LostLease[] {
    const now = this.#system.now().toISOString();
    const nowMs = this.#system.monotonicMs();
    const seen = new Map<string, { heartbeat: string; sinceMs: number }>();
    const lost: LostLease[] = [];
    for (const lease of this.#sqlite.all<LeaseRow>("SELECT * FROM leases ORDER BY task_id")) {
      const heartbeat = `${lease.fence} ${lease.heartbeat_at}`;
      const before = this.#seen.get(lease.task_id);
      const since = before?.heartbeat === heartbeat ? before : { heartbeat, sinceMs: nowMs };
      seen.set(lease.task_id, since);
      const holds = livingConsumers.includes(lease.consumer) && lease.expires_at > now &&
        nowMs - since.sinceMs < LEASE_MS;
      if (holds) continue;
      lost.push({ taskId: lease.task_id, fence: lease.fence, consumer: lease.consumer });
    }
    this.#seen = seen;
    return lost;
  }
}

function expiry(now: Date): string {
  return new Date(now.getTime() + LEASE_MS).toISOString();
}
