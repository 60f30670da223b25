import assert from "node:assert/strict";
import { GroupCommit } from "../../src/audit/group_commit.ts";
import { Sqlite } from "../../src/audit/sqlite.ts";
import { OperatingError } from "../../src/domain/errors.ts";
import { LEDGER_COMMIT_OPERATIONS_MAX } from "../../src/domain/limits.ts";
import { until } from "../support/deadline.ts";
import { withPath } from "./temp_database.ts";

/** Counts transactions, and can refuse to commit. */
class ObservedSqlite extends Sqlite {
  transactions = 0;
  failing = false;

  override transaction<T>(write: () => T): T {
    this.transactions += 1;
    return super.transaction(() => {
      const result = write();
      if (this.failing) throw new Error("the commit failed");
      return result;
    });
  }
}

interface Bench {
  sqlite: ObservedSqlite;
  commits: GroupCommit;
  path: string;
  /** An operation that inserts a number and returns it. */
  insert: (n: number) => () => number;
  numbers: () => number[];
}

function test(name: string, body: (bench: Bench) => Promise<void>): void {
  Deno.test(`group commit: ${name}`, () =>
    withPath(async (path) => {
      const sqlite = new ObservedSqlite(path, { busyMs: 1 });
      sqlite.script("CREATE TABLE numbers (n INTEGER UNIQUE, t TEXT)");
      const commits = new GroupCommit(sqlite, { busyPauseMs: 1, busyTriesMax: 20 });
      const insert = (n: number) => () => {
        sqlite.run("INSERT INTO numbers VALUES (?, NULL)", n);
        return n;
      };
      const numbers = () =>
        sqlite.all<{ n: number }>("SELECT n FROM numbers ORDER BY rowid").map(({ n }) => n);
      try {
        await body({ sqlite, commits, path, insert, numbers });
      } finally {
        await commits.close();
        sqlite.close();
      }
    }));
}

test("operations that wait together share a commit, in their order", async (bench) => {
  const { sqlite, commits, insert, numbers } = bench;
  const results = await Promise.all([3, 1, 2].map((n) => commits.submit(insert(n))));
  assert.deepEqual(results, [3, 1, 2]);
  assert.deepEqual(numbers(), [3, 1, 2]);
  assert.equal(sqlite.transactions, 1);
});

test("a commit takes a bounded number of operations", async ({ sqlite, commits, insert }) => {
  const many = Array.from({ length: LEDGER_COMMIT_OPERATIONS_MAX + 1 }, (_, n) => n);
  await Promise.all(many.map((n) => commits.submit(insert(n))));
  assert.equal(sqlite.transactions, 2);
});

test("an operation that fails fails alone, and leaves nothing", async (bench) => {
  const { commits, insert, numbers } = bench;
  const settled = await Promise.allSettled([
    commits.submit(insert(1)),
    commits.submit(() => {
      insert(7)();
      throw new RangeError("not this one");
    }),
    commits.submit(insert(1)), // UNIQUE
    commits.submit(insert(2)),
  ]);
  assert.deepEqual(settled.map(({ status }) => status), [
    "fulfilled",
    "rejected",
    "rejected",
    "fulfilled",
  ]);
  assert.ok(settled[1]?.status === "rejected" && settled[1].reason instanceof RangeError);
  assert.deepEqual(numbers(), [1, 2]);
});

test("nothing is said before the commit", async ({ sqlite, commits, insert, path }) => {
  const other = new Sqlite(path);
  try {
    await commits.submit(insert(1));
    assert.equal(other.get<{ n: number }>("SELECT n FROM numbers")?.n, 1);
    sqlite.failing = true;
    const settled = await Promise.allSettled([2, 3].map((n) => commits.submit(insert(n))));
    assert.deepEqual(settled.map(({ status }) => status), ["rejected", "rejected"]);
    assert.equal(other.all("SELECT n FROM numbers").length, 1);
  } finally {
    other.close();
  }
});

test("when the disk is full only what needs room fails", async (bench) => {
  const { sqlite, commits, insert, numbers } = bench;
  const { page_count } = sqlite.get<{ page_count: number }>("PRAGMA page_count")!;
  sqlite.script(`PRAGMA max_page_count = ${page_count}`);
  const large = () => sqlite.run("INSERT INTO numbers VALUES (9, ?)", "x".repeat(100_000));
  const settled = await Promise.allSettled(
    [insert(1), large, insert(2)].map((operation) => commits.submit<number>(operation)),
  );
  assert.deepEqual(settled.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  assert.ok(settled[1]?.status === "rejected");
  assert.ok(settled[1].reason instanceof OperatingError);
  assert.equal(settled[1].reason.code, "disk-full");
  assert.deepEqual(numbers(), [1, 2]);
});

test("it waits for another process's lock, and the event loop goes on", async (bench) => {
  const { sqlite, commits, insert, numbers, path } = bench;
  const other = new Sqlite(path);
  try {
    other.run("BEGIN IMMEDIATE");
    const written = Promise.all([1, 2].map((n) => commits.submit(insert(n))));
    await until("a try that was refused", () => sqlite.transactions >= 2);
    assert.deepEqual(numbers(), []);
    other.run("COMMIT");
    await written;
    assert.deepEqual(numbers(), [1, 2]);
  } finally {
    other.close();
  }
});

test("it gives up on a lock that stays, with a sentence", async (bench) => {
  const { commits, insert, path } = bench;
  const other = new Sqlite(path);
  try {
    other.run("BEGIN IMMEDIATE");
    await assert.rejects(commits.submit(insert(1)), (error) => {
      assert.ok(error instanceof OperatingError);
      assert.match(error.message, /keeps the ledger locked/);
      return true;
    });
    other.run("COMMIT");
    assert.equal(await commits.submit(insert(2)), 2);
  } finally {
    other.close();
  }
});

test("close lets what waits settle, and refuses more", async ({ commits, insert, numbers }) => {
  const written = commits.submit(insert(1));
  await commits.close();
  assert.deepEqual(numbers(), [1]);
  assert.equal(await written, 1);
  await assert.rejects(commits.submit(insert(2)), /closed/);
});

test("patient operations wait for company once there is some, and go with the next urgent one", async (bench) => {
  const { sqlite, commits, insert } = bench;
  const patient = (n: number) => commits.submit(insert(n), { patient: true });
  await patient(0); // alone: at once
  await Promise.all([1, 2, 3, 4].map(patient));
  assert.equal(sqlite.transactions, 2);
  const waiting = [patient(5), patient(6)];
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  const before = sqlite.transactions;
  await commits.submit(insert(7));
  await Promise.all(waiting);
  assert.ok(sqlite.transactions - before <= 1, "they shared its commit, or had gone before it");
  await patient(8); // nobody else comes, and still it goes
});

test("closing doesn't wait for company", async (bench) => {
  const { commits, insert, numbers } = bench;
  await Promise.all([1, 2, 3, 4].map((n) => commits.submit(insert(n))));
  const last = commits.submit(insert(5), { patient: true });
  await commits.close();
  assert.equal(await last, 5);
  assert.deepEqual(numbers(), [1, 2, 3, 4, 5]);
});
