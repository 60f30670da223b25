/** Opens a ledger's file for this process: the one call that the roots need. */
import { LEDGER_BUSY_PAUSE_MS, LEDGER_BUSY_TRIES_MAX } from "../domain/limits.ts";
import type { System } from "../system.ts";
import type { Ledger } from "./ledger.ts";
import { migrate } from "./migrate.ts";
import type { Queries } from "./queries.ts";
import { Sqlite } from "./sqlite.ts";
import { isBusy, stillBusy } from "./sqlite_error.ts";
import { SqliteLedger } from "./sqlite_ledger.ts";
import { SqliteQueries } from "./sqlite_queries.ts";

/** The writing and the reading side over one connection; `ledger.close()` ends both. */
export interface OpenLedger {
  ledger: Ledger;
  queries: Queries;
}

/**
 * Open or make the ledger at this path, and bring it to the newest schema. Its folder must exist. Blocks: this is
 * for the start of a process, when the event loop has nothing else to do.
 *
 * @throws {Error} with a sentence for the operator: the file can't be opened, is damaged, foreign, locked or of a newer
 *   version
 */
export function openLedger(path: string, system: System): OpenLedger {
  const sqlite = openPatiently(path);
  return { ledger: new SqliteLedger(sqlite, system), queries: new SqliteQueries(sqlite) };
}

/**
 * Processes that start together meet here: while one makes or recovers the file, the others are turned away. SQLite
 * does so at once when a file is switched to WAL, without waiting for `busy_timeout`.
 */
function openPatiently(path: string): Sqlite {
  for (let tries = 1; tries <= LEDGER_BUSY_TRIES_MAX; tries++) {
    try {
      return openOnce(path);
    } catch (error) {
      if (!isBusy(error)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LEDGER_BUSY_PAUSE_MS);
    }
  }
  throw stillBusy();
}

function openOnce(path: string): Sqlite {
  const sqlite = new Sqlite(path);
  try {
    migrate(sqlite);
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}
