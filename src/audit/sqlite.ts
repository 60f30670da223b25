/**
 * One connection to the ledger's file: durable, with its statements prepared once.
 *
 * Invariants, for whoever changes this:
 * - `synchronous=FULL`, always. With `NORMAL` a power cut takes back commits that were acknowledged.
 * - A transaction is `BEGIN IMMEDIATE` and one synchronous function. A plain `BEGIN` that reads and then writes
 *   fails under contention, and an `await` inside would let other work slip into the transaction.
 * - Rows are read with `get` and `all`. `iterate()` of `node:sqlite` ends silently on an error.
 * - SQL texts are constants, so the statements kept here are bounded.
 */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { LEDGER_BUSY_MS, LEDGER_WAL_BYTES_KEPT } from "../domain/limits.ts";
import { explain } from "./sqlite_error.ts";

export type SqlValue = string | number | null;

/** Each is set, read back and compared: SQLite ignores what it can't do, such as WAL on some network folders. */
const PINNED_PRAGMAS: readonly [name: string, value: string, reads: SqlValue][] = [
  ["journal_mode", "WAL", "wal"],
  ["synchronous", "FULL", 2],
  ["fullfsync", "ON", 1], // on macOS a plain fsync doesn't survive a power cut; elsewhere no difference
  ["foreign_keys", "ON", 1],
  ["temp_store", "MEMORY", 2], // no file outside of the data folder
  ["journal_size_limit", String(LEDGER_WAL_BYTES_KEPT), LEDGER_WAL_BYTES_KEPT],
];

export class Sqlite {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Of this connection, those that came to nothing too. */
  #writes = 0;

  /**
   * Opens the file, or makes it; its folder must exist. `busyMs` is how long a statement may wait, and block the
   * event loop, for another connection's lock.
   *
   * @throws {Error} if it can't be opened, or the file system can't give the guarantees
   * @throws {OperatingError} if the file is damaged or no SQLite database
   */
  constructor(path: string, { busyMs = LEDGER_BUSY_MS } = {}) {
    this.#db = new DatabaseSync(path, { timeout: busyMs });
    try {
      for (const [name, value, reads] of PINNED_PRAGMAS) this.#pin(name, value, reads);
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** The first row, or undefined. */
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.#explained(() => this.#statement(sql).get(...values) as Row | undefined);
  }

  /** All rows: give the statement a LIMIT. */
  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.#explained(() => this.#statement(sql).all(...values) as Row[]);
  }

  /** Write; returns how many rows changed. */
  run(sql: string, ...values: SqlValue[]): number {
    this.#writes++;
    return this.#explained(() => Number(this.#statement(sql).run(...values).changes));
  }

  /** Run several statements that return nothing, such as a migration. */
  script(sql: string): void {
    this.#writes++;
    this.#explained(() => this.#db.exec(sql));
  }

  /**
   * Names the state of the database: as long as it stays the same, so does what any statement reads. Outside of a transaction.
   *
   * SQLite's `data_version` changes with each commit of another connection, in this process or another.
   */
  get version(): string {
    const row = this.get<{ data_version: number }>("PRAGMA data_version");
    return `${row?.data_version}:${this.#writes}`;
  }

  /** All or nothing, durable on return. `write` must be synchronous. */
  transaction<T>(write: () => T): T {
    return this.#within("BEGIN IMMEDIATE", write);
  }

  /** Several reads that see one state of the ledger, whatever other processes write meanwhile. */
  snapshot<T>(read: () => T): T {
    return this.#within("BEGIN DEFERRED", read);
  }

  /** All or nothing inside a transaction that goes on either way, unless SQLite itself gave up the whole transaction. */
  savepoint<T>(write: () => T): T {
    this.run("SAVEPOINT operation");
    try {
      const result = write();
      this.run("RELEASE operation");
      return result;
    } catch (error) {
      if (this.#db.isTransaction) {
        this.run("ROLLBACK TO operation");
        this.run("RELEASE operation");
      }
      throw error;
    }
  }

  /** False inside `transaction` means: SQLite rolled all of it back by itself, as it does on a full disk. */
  get inTransaction(): boolean {
    return this.#db.isTransaction;
  }

  /** May be called again. */
  close(): void {
    this.#statements.clear();
    if (this.#db.isOpen) this.#db.close();
  }

  #within<T>(begin: string, work: () => T): T {
    this.run(begin);
    try {
      const result = work();
      if (result instanceof Promise) throw new TypeError("a transaction never awaits");
      this.run("COMMIT");
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.run("ROLLBACK");
      throw error;
    }
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #explained<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw explain(error);
    }
  }

  #pin(name: string, value: string, reads: SqlValue): void {
    this.#explained(() => {
      this.#db.prepare(`PRAGMA ${name} = ${value}`).all();
      const row = this.#db.prepare(`PRAGMA ${name}`).get() as Record<string, SqlValue>;
      if (row[name] === reads) return;
      throw new Error(
        `The ledger needs SQLite's ${name} = ${value}, but here it stays ${row[name]}. ` +
          "Put the data folder on a local disk, not on a network share.",
      );
    });
  }
}
