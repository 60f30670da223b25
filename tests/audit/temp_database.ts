/** A ledger's file in a folder of its own, for tests that look behind the contract. */
import { DatabaseSync } from "node:sqlite";
import { openLedger } from "../../src/audit/open_ledger.ts";
import type { Ledger } from "../../src/audit/ledger.ts";
import type { Queries } from "../../src/audit/queries.ts";
import { migrate } from "../../src/audit/migrate.ts";
import { Sqlite } from "../../src/audit/sqlite.ts";
import { FakeSystem } from "../support/fake_system.ts";

/** Call `body` with a path for a database; whatever is there is removed afterwards. */
export async function withPath<T>(body: (path: string) => T | Promise<T>): Promise<T> {
  const dir = await Deno.makeTempDir();
  try {
    return await body(`${dir}/ledger.db`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** With a migrated, empty ledger's file. */
export function withSqlite<T>(body: (sqlite: Sqlite, path: string) => T | Promise<T>): Promise<T> {
  return withPath(async (path) => {
    const sqlite = new Sqlite(path);
    try {
      migrate(sqlite);
      return await body(sqlite, path);
    } finally {
      sqlite.close();
    }
  });
}

/** What a test gets to work with. */
export interface OpenedLedger {
  ledger: Ledger;
  queries: Queries;
  system: FakeSystem;
  path: string;
}

/** With an open ledger. */
export function withLedger<T>(body: (opened: OpenedLedger) => Promise<T>): Promise<T> {
  return withPath(async (path) => {
    const system = new FakeSystem();
    const { ledger, queries } = openLedger(path, system);
    try {
      return await body({ ledger, queries, system, path });
    } finally {
      await ledger.close();
    }
  });
}

/** Look at a file, or change it, as any other program could: without our code, without our pragmas. */
export function raw<T>(path: string, work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path, { timeout: 1_000 });
  try {
    return work(database);
  } finally {
    database.close();
  }
}
