import assert from "node:assert/strict";
import { migrate, MIGRATIONS, schemaVersion } from "../../src/audit/migrate.ts";
import { openLedger } from "../../src/audit/open_ledger.ts";
import { Sqlite } from "../../src/audit/sqlite.ts";
import { verifyLedger } from "../../src/audit/verify.ts";
import { FakeSystem } from "../support/fake_system.ts";
import { SAMPLE_MARKS, sampleReceipt, sampleResult } from "../support/task_samples.ts";
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

/** Copy a ledger's tasks and events into a file that has an older schema. */
function copyInto(older: Sqlite, path: string): void {
  for (const table of ["tasks", "events"]) {
    const columns = older.all<{ name: string }>(`SELECT name FROM pragma_table_info('${table}')`);
    const names = columns.map(({ name }) => name);
    const insert = `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?")})`;
    for (
      const row of raw(path, (file) => file.prepare(`SELECT * FROM ${table} ORDER BY 1`).all())
    ) {
      older.run(insert, ...names.map((name) => row[name] as string | number | null));
    }
  }
}

Deno.test("a ledger of the first schema keeps its tasks, and takes new ones", async () => {
  await withLedger(async ({ ledger: newest, system, path: newestPath }) => {
    const old = await newest.receive(sampleReceipt(system.newId()));
    await withPath(async (path) => {
      const older = new Sqlite(path);
      migrate(older, MIGRATIONS.slice(0, 1));
      copyInto(older, newestPath);
      older.close();

      const { ledger, queries } = openLedger(path, system);
      assert.deepEqual((await queries.task(old.id))?.task, old);
      assert.equal((await ledger.claim("c1", old.id))?.task.state, "running");
      const { input } = sampleReceipt("");
      const compression = { format: "gzip" as const, bytes: 300 };
      const receipt = sampleReceipt(system.newId(), { input: { ...input, compression } });
      const task = await ledger.receive(receipt);
      assert.deepEqual(task.input.compression, compression);
      assert.deepEqual((await queries.task(task.id))?.task, task);
      await ledger.close();

      const sqlite = new Sqlite(path);
      assert.equal(schemaVersion(sqlite), MIGRATIONS.length);
      const faults = await verifyLedger(sqlite).finally(() => sqlite.close());
      assert.deepEqual(faults, []);
    });
  });
});

/** Add the rows of a table of a ledger that a condition holds of to a file that has an older schema. */
function copyRows(older: Sqlite, path: string, table: string, where: string): void {
  const columns = older.all<{ name: string }>(`SELECT name FROM pragma_table_info('${table}')`);
  const names = columns.map(({ name }) => name);
  const sql = `SELECT ${names.join(", ")} FROM ${table} WHERE ${where} ORDER BY rowid`;
  for (const row of raw(path, (file) => file.prepare(sql).all())) {
    older.run(
      `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?")})`,
      ...names.map((name) => row[name] as string | number | null),
    );
  }
}

Deno.test("a ledger from before there were cleaned rows keeps its artifacts in their order, and their guards", async () => {
  await withLedger(async ({ ledger: newest, queries: known, system, path: newestPath }) => {
    await withPath(async (path) => {
      const older = new Sqlite(path);
      migrate(older, MIGRATIONS.slice(0, 3));
      const { id } = await newest.receive(sampleReceipt(system.newId()));
      copyInto(older, newestPath);
      const claim = await newest.claim("c1", id);
      older.run(
        "UPDATE tasks SET state = 'running', attempt = 1, fence = 1, due_at = NULL, started_at = ?",
        claim!.task.started_at,
      );
      copyRows(older, newestPath, "events", "seq = 2");
      await newest.complete(claim!, sampleResult(id, 1));
      const ended = raw(newestPath, (file) => file.prepare("SELECT * FROM tasks").get())!;
      const last = ["outcome", "finished_at", "counts", "statistics", "warnings"];
      older.run(
        `UPDATE tasks SET state = 'completed', ${last.map((name) => `${name} = ?`).join(", ")}`,
        ...last.map((name) => ended[name] as string),
      );
      copyRows(older, newestPath, "events", "seq = 3");
      copyRows(older, newestPath, "artifacts", "true");
      older.close();

      const { ledger, queries } = openLedger(path, system);
      assert.deepEqual((await queries.task(id))?.task, (await known.task(id))?.task);
      const next = await ledger.receive(sampleReceipt(system.newId()));
      const result = sampleResult(next.id, 1);
      result.artifacts.splice(3, 0, { ...result.artifacts[0], kind: "cleaned" });
      const task = await ledger.complete((await ledger.claim("c1", next.id))!, result);
      assert.deepEqual(task.artifacts, result.artifacts);
      assert.deepEqual((await queries.task(next.id))?.task, task);
      await ledger.close();

      const refused = {
        "UPDATE artifacts SET bytes = 2": /never changes/,
        "DELETE FROM artifacts": /never deleted/,
        "INSERT OR REPLACE INTO artifacts SELECT * FROM artifacts": /one of each kind/,
      };
      for (const [sql, why] of Object.entries(refused)) {
        assert.throws(() => raw(path, (file) => file.exec(sql)), why);
      }
      const sqlite = new Sqlite(path);
      const faults = await verifyLedger(sqlite).finally(() => sqlite.close());
      assert.deepEqual(faults, []);
    });
  });
});

Deno.test("a ledger from before decimal marks takes results with them and without", async () => {
  await withLedger(async ({ ledger: newest, system, path: newestPath }) => {
    await withPath(async (path) => {
      const { id } = await newest.receive(sampleReceipt(system.newId()));
      const older = new Sqlite(path);
      migrate(older, MIGRATIONS.slice(0, 4));
      copyInto(older, newestPath);
      older.close();

      const { ledger, queries } = openLedger(path, system);
      await ledger.complete((await ledger.claim("c1", id))!, sampleResult(id, 1));
      assert.equal((await queries.task(id))?.task.decimal_mark, null);
      const next = await ledger.receive(sampleReceipt(system.newId()));
      const result = { ...sampleResult(next.id, 1), decimal_mark: SAMPLE_MARKS };
      await ledger.complete((await ledger.claim("c1", next.id))!, result);
      assert.deepEqual((await queries.task(next.id))?.task.decimal_mark, SAMPLE_MARKS);
      await ledger.close();
      const sqlite = new Sqlite(path);
      const faults = await verifyLedger(sqlite).finally(() => sqlite.close());
      assert.deepEqual(faults, []);
    });
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
