/**
 * Lets operations that wait at the same time share one commit, because what costs time is the fsync.
 *
 * An operation is a synchronous function. Those submitted until the event loop comes round run in one
 * `BEGIN IMMEDIATE`, each in a savepoint, and settle after the commit. Alone, an operation waits only for the
 * end of the current turn of the event loop (microseconds), so a lone one is not slower. While operations do come together, those for
 * which nobody stands idle (`patient`) wait for the next urgent one, or `LEDGER_GATHER_MS`: each commit stops the event loop.
 *
 * Invariants:
 * - An operation's failure undoes and rejects only that operation.
 * - When the whole transaction is lost (SQLite rolls back by itself on a full disk; a commit may fail), nothing has
 *   settled yet: each operation then runs once more in a transaction of its own, and gets its own verdict. So an
 *   operation may run twice and must change nothing but the database.
 * - While another process holds the lock for long, the event loop is free between tries.
 */
import { setImmediate } from "node:timers";
import {
  LEDGER_BUSY_PAUSE_MS,
  LEDGER_BUSY_TRIES_MAX,
  LEDGER_COMMIT_OPERATIONS_MAX,
  LEDGER_GATHER_MS,
} from "../domain/limits.ts";
import type { Sqlite } from "./sqlite.ts";
import { isBusy, stillBusy } from "./sqlite_error.ts";

interface Operation {
  readonly run: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  tries: number;
}

/** From so many operations per commit on, averaged over the last ten or so, there is company to wait for. */
const COMPANY_MIN = 1.1;
/** How much the last commit counts in that average. */
const COMPANY_SHARE = 0.1;

type Verdict = { ok: true; value: unknown } | { ok: false; error: unknown };

export class GroupCommit {
  readonly #sqlite: Sqlite;
  readonly #busyPauseMs: number;
  readonly #busyTriesMax: number;
  #waiting: Operation[] = [];
  #scheduled = false;
  /** Set while only patient operations wait. */
  #gathering: ReturnType<typeof setTimeout> | undefined;
  /** Operations per commit, averaged. */
  #company = 1;
  #closed = false;
  #onIdle: (() => void)[] = [];

  constructor(
    sqlite: Sqlite,
    { busyPauseMs = LEDGER_BUSY_PAUSE_MS, busyTriesMax = LEDGER_BUSY_TRIES_MAX } = {},
  ) {
    this.#sqlite = sqlite;
    this.#busyPauseMs = busyPauseMs;
    this.#busyTriesMax = busyTriesMax;
  }

  /**
   * Run an operation in a transaction; resolves with what it returned once that is durable.
   *
   * @param patient it may wait for others while there are many
   */
  submit<T>(operation: () => T, { patient = false } = {}): Promise<T> {
    if (this.#closed) return Promise.reject(new Error("The ledger is closed."));
    return new Promise<T>((resolve, reject) => {
      const settle = resolve as (value: unknown) => void;
      this.#waiting.push({ run: operation, resolve: settle, reject, tries: 0 });
      if (patient && this.#company >= COMPANY_MIN) this.#gather();
      else this.#schedule();
    });
  }

  /** Refuse new operations; resolves once those submitted have settled. */
  close(): Promise<void> {
    this.#closed = true;
    if (this.#gathering !== undefined) this.#schedule();
    if (!this.#scheduled) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  #gather(): void {
    if (this.#scheduled || this.#gathering !== undefined) return;
    this.#gathering = setTimeout(() => this.#schedule(), LEDGER_GATHER_MS);
  }

  #schedule(pauseMs = 0): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Not a microtask: requests that arrived while the last commit blocked the loop are to share the next one.
    if (pauseMs === 0) setImmediate(() => this.#flush());
    else setTimeout(() => this.#flush(), pauseMs);
  }

  #flush(): void {
    const batch = this.#waiting.splice(0, LEDGER_COMMIT_OPERATIONS_MAX);
    this.#company += COMPANY_SHARE * (batch.length - this.#company);
    const blocked = this.#commit(batch);
    this.#waiting.unshift(...blocked.filter((operation) => !this.#gaveUp(operation)));
    this.#scheduled = false;
    if (this.#waiting.length > 0) {
      return this.#schedule(blocked.length > 0 ? this.#busyPauseMs : 0);
    }
    for (const idle of this.#onIdle.splice(0)) idle();
  }

  /** Settles the operations, but for those it returns: the lock could not be had for them. */
  #commit(batch: readonly Operation[]): readonly Operation[] {
    try {
      if (batch.length > 1) return this.#commitTogether(batch);
    } catch (error) {
      if (isBusy(error)) return batch;
      // Else each operation learns its own reason when it is tried alone.
    }
    for (const [i, operation] of batch.entries()) {
      try {
        settle(operation, { ok: true, value: this.#sqlite.transaction(operation.run) });
      } catch (error) {
        if (isBusy(error)) return batch.slice(i); // each further try would block the event loop again
        settle(operation, { ok: false, error });
      }
    }
    return [];
  }

  #commitTogether(batch: readonly Operation[]): [] {
    const verdicts = this.#sqlite.transaction(() =>
      batch.map((operation) => this.#attempt(operation))
    );
    for (const [i, operation] of batch.entries()) settle(operation, verdicts[i]);
    return [];
  }

  #attempt(operation: Operation): Verdict {
    try {
      return { ok: true, value: this.#sqlite.savepoint(operation.run) };
    } catch (error) {
      if (!this.#sqlite.inTransaction) throw error; // the others' work is gone as well
      return { ok: false, error };
    }
  }

  #gaveUp(operation: Operation): boolean {
    operation.tries += 1;
    if (operation.tries < this.#busyTriesMax) return false;
    operation.reject(stillBusy());
    return true;
  }
}

function settle(operation: Operation, verdict: Verdict): void {
  if (verdict.ok) operation.resolve(verdict.value);
  else operation.reject(verdict.error);
}
