import assert from "node:assert/strict";
import { Sqlite } from "../../src/audit/sqlite.ts";
import { isBusy } from "../../src/audit/sqlite_error.ts";
import { OperatingError } from "../../src/domain/errors.ts";
import { LEDGER_BUSY_MS } from "../../src/domain/limits.ts";
import { withPath, withSqlite } from "./temp_database.ts";

Deno.test("a connection is durable: WAL with synchronous FULL", async () => {
  await withSqlite((sqlite) => {
    assert.equal(sqlite.get<{ journal_mode: unknown }>("PRAGMA journal_mode")?.journal_mode, "wal");
    assert.equal(sqlite.get<{ synchronous: unknown }>("PRAGMA synchronous")?.synchronous, 2);
    assert.equal(sqlite.get<{ foreign_keys: unknown }>("PRAGMA foreign_keys")?.foreign_keys, 1);
    assert.equal(sqlite.get<{ timeout: number }>("PRAGMA busy_timeout")?.timeout, LEDGER_BUSY_MS);
  });
});

Deno.test("a pragma that can't be pinned stops the start", () => {
  assert.throws(() => new Sqlite(":memory:"), /journal_mode = WAL.*local disk/);
});

Deno.test("a file that is no database is refused with a sentence", async () => {
  await withPath((path) => {
    Deno.writeTextFileSync(path, "region,revenue\n".repeat(100));
    assert.throws(() => new Sqlite(path), (error) => {
      assert.ok(error instanceof OperatingError);
      assert.match(error.message, /damaged or no ledger/);
      return true;
    });
  });
});

Deno.test("a transaction that throws leaves nothing", async () => {
  await withSqlite((sqlite) => {
    sqlite.script("CREATE TABLE numbers (n INTEGER)");
    const write = () => {
      sqlite.run("INSERT INTO numbers VALUES (1)");
      throw new Error("no");
    };
    assert.throws(() => sqlite.transaction(write), /no/);
    assert.equal(sqlite.inTransaction, false);
    assert.deepEqual(sqlite.all("SELECT * FROM numbers"), []);
  });
});

Deno.test("a transaction that would await is refused", async () => {
  await withSqlite((sqlite) => {
    assert.throws(() => sqlite.transaction(() => Promise.resolve()), /never awaits/);
  });
});

Deno.test("a snapshot doesn't see what others commit meanwhile", async () => {
  await withSqlite((sqlite, path) => {
    sqlite.script("CREATE TABLE numbers (n INTEGER)");
    const other = new Sqlite(path);
    const count = () => sqlite.get<{ n: number }>("SELECT count(*) AS n FROM numbers")?.n;
    try {
      sqlite.snapshot(() => {
        assert.equal(count(), 0);
        other.run("INSERT INTO numbers VALUES (1)");
        assert.equal(count(), 0);
      });
      assert.equal(count(), 1);
    } finally {
      other.close();
    }
  });
});

Deno.test("a full disk is an operating error with a sentence", async () => {
  await withSqlite((sqlite) => {
    sqlite.script("CREATE TABLE texts (t TEXT)");
    fill(sqlite);
    const write = () => sqlite.run("INSERT INTO texts VALUES (?)", "x".repeat(100_000));
    assert.throws(() => sqlite.transaction(write), (error) => {
      assert.ok(error instanceof OperatingError);
      assert.equal(error.code, "disk-full");
      assert.match(error.message, /Free some space/);
      return true;
    });
    assert.equal(sqlite.inTransaction, false);
  });
});

Deno.test("a lock that another connection holds is recognised", async () => {
  await withSqlite((sqlite, path) => {
    const other = new Sqlite(path, { busyMs: 1 });
    try {
      sqlite.transaction(() => assert.throws(() => other.transaction(() => {}), isBusy));
      other.transaction(() => {});
    } finally {
      other.close();
    }
  });
});

/** Let the file grow no more, as on a full disk. */
function fill(sqlite: Sqlite): void {
  const { page_count } = sqlite.get<{ page_count: number }>("PRAGMA page_count")!;
  sqlite.script(`PRAGMA max_page_count = ${page_count}`);
}
