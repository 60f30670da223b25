import assert from "node:assert/strict";
import { migrate, MIGRATIONS, schemaVersion } from "../../src/audit/migrate.ts";
import { openLedger } from "../../src/audit/open_ledger.ts";
import { Sqlite } from "../../src/audit/sqlite.ts";
import { FakeSystem } from "../support/fake_system.ts";
import { sampleReceipt } from "../support/task_samples.ts";
import { raw, withLedger, withPath, withSqlite } from "./temp_database.ts";

Deno.test("a new file gets the newest schema", async () => {
  await withSqlite((sqlite) => {
    assert.equal(schemaVersion(sqlite), MIGRATIONS.length);
    const tables = sqlite.all<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name LIMIT 100",
    );
    assert.deepEqual(tables.map(({ name }) => name), [
      "artifacts",
      "events",
      "leases",
      "progress",
      "tasks",
    ]);
  });
});

Deno.test("migrating again changes nothing", async () => {
  await withLedger(async ({ ledger, queries, system, path }) => {
    const task = await ledger.receive(sampleReceipt(system.newId()));
    const again = openLedger(path, system);
    await again.ledger.close();
    assert.deepEqual((await queries.task(task.id))?.task, task);
  });
});

Deno.test("only the migrations that a file lacks are applied, in order", async () => {
  await withSqlite((sqlite) => {
    migrate(sqlite, [...MIGRATIONS, "CREATE TABLE two (n);", "INSERT INTO two VALUES (3);"]);
    assert.equal(schemaVersion(sqlite), MIGRATIONS.length + 2);
    assert.equal(sqlite.get<{ n: number }>("SELECT n FROM two")?.n, 3);
  });
});

Deno.test("a migration that fails leaves the file as it was", async () => {
  await withSqlite((sqlite) => {
    const broken = "CREATE TABLE half (n); INSERT INTO nowhere VALUES (1);";
    assert.throws(() => migrate(sqlite, [...MIGRATIONS, broken]), /nowhere/);
    assert.equal(schemaVersion(sqlite), MIGRATIONS.length);
    assert.deepEqual(sqlite.all("SELECT 1 FROM sqlite_schema WHERE name = 'half'"), []);
  });
});

Deno.test("a file of a newer version is refused, with what to do", async () => {
  await withSqlite((sqlite, path) => {
    sqlite.script(`PRAGMA user_version = ${MIGRATIONS.length + 6}`);
    assert.throws(
      () => openLedger(path, new FakeSystem()),
      /newer version of DataTasker.*Start that version again, or point DATATASKER_DATA_DIR/s,
    );
    assert.equal(schemaVersion(sqlite), MIGRATIONS.length + 6);
  });
});

Deno.test("another program's database is refused", async () => {
  await withPath((path) => {
    raw(path, (database) => database.exec("CREATE TABLE recipes (name TEXT)"));
    const sqlite = new Sqlite(path);
    try {
      assert.throws(() => migrate(sqlite), /database of another program/);
      assert.equal(schemaVersion(sqlite), 0);
    } finally {
      sqlite.close();
    }
  });
});
