import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { canonicalJson, GENESIS_HASH, hashOf, link } from "../../src/audit/chain.ts";
import { Sqlite } from "../../src/audit/sqlite.ts";
import { verifyChain, verifyFolds, verifyLedger } from "../../src/audit/verify.ts";
import { sampleReceipt, sampleResult } from "../support/task_samples.ts";
import { type OpenedLedger, raw, withLedger } from "./temp_database.ts";

const UNLINKED = {
  task_id: "019b8d00-0000-7000-8000-000000000001",
  type: "task.started",
  at: "2026-01-05T10:00:00.000Z",
  attempt: 1,
  data: { fence: 1, consumer: "é\n" },
} as const;

Deno.test("an event's hash is that of prev_hash, LF and its RFC 8785 JSON", () => {
  const text = "0".repeat(64) +
    '\n{"at":"2026-01-05T10:00:00.000Z","attempt":1,"data":{"consumer":"é\\n","fence":1},' +
    `"prev_hash":"${"0".repeat(64)}","seq":1,` +
    '"task_id":"019b8d00-0000-7000-8000-000000000001","type":"task.started"}';
  const event = link({ seq: 0, hash: GENESIS_HASH }, UNLINKED);
  assert.equal(event.hash, createHash("sha256").update(text).digest("hex"));
  assert.equal(hashOf(event), event.hash, "its own hash isn't part of it");
  const second = link(event, UNLINKED);
  assert.deepEqual([second.seq, second.prev_hash], [2, event.hash]);
});

Deno.test("canonical JSON refuses what isn't JSON", () => {
  assert.throws(() => canonicalJson(undefined), TypeError);
  assert.throws(() => canonicalJson({ x: NaN }), Error);
  assert.throws(() => canonicalJson("\ud800"), Error);
});

/** Three tasks, nine events: one completed, one failed and deleted, one running. */
async function fillLedger({ ledger, system }: OpenedLedger): Promise<void> {
  const ids = [system.newId(), system.newId(), system.newId()];
  for (const id of ids) await ledger.receive(sampleReceipt(id));
  const [first, second] = [
    await ledger.claim("c1"),
    await ledger.claim("c1"),
    await ledger.claim("c1"),
  ];
  await ledger.complete(first!, sampleResult(first!.task.id, 1));
  await ledger.fail(second!, { code: "input-unreadable", message: "It can't be read." }, null);
  await ledger.delete(second!.task.id);
}

function withFilledLedger(body: (opened: OpenedLedger, sqlite: Sqlite) => Promise<void>) {
  return withLedger(async (opened) => {
    await fillLedger(opened);
    const sqlite = new Sqlite(opened.path);
    try {
      await body(opened, sqlite);
    } finally {
      sqlite.close();
    }
  });
}

Deno.test("an untouched ledger verifies, at every page size", async () => {
  await withFilledLedger(async (_opened, sqlite) => {
    for (const pageRows of [1, 2, 3, 9, 10, 500]) {
      const { end, broken } = await verifyChain(sqlite, pageRows);
      assert.equal(broken, null);
      assert.equal(end.seq, 9);
      assert.deepEqual(await verifyFolds(sqlite, pageRows), []);
    }
    assert.deepEqual(await verifyLedger(sqlite), []);
  });
});

Deno.test("an empty ledger verifies", async () => {
  await withLedger(async ({ path }) => {
    const sqlite = new Sqlite(path);
    try {
      const verdict = await verifyChain(sqlite);
      assert.deepEqual(verdict, { end: { seq: 0, hash: GENESIS_HASH }, broken: null });
    } finally {
      sqlite.close();
    }
  });
});

const TAMPERINGS: readonly [what: string, sql: string, seq: number, why: RegExp][] = [
  ["a changed time", "UPDATE events SET at = '2026-01-05T10:00:01.000Z' WHERE seq = 5", 5, /hash/],
  ["a changed attempt", "UPDATE events SET attempt = 2 WHERE seq = 4", 4, /hash/],
  ["a changed type", "UPDATE events SET type = 'task.released' WHERE seq = 4", 4, /hash/],
  [
    "changed data",
    `UPDATE events SET data = replace(data, 'q3.csv', 'q4.csv') WHERE seq = 2`,
    2,
    /doesn't match its content/,
  ],
  ["data in another spelling", "UPDATE events SET data = data || ' ' WHERE seq = 6", 6, /RFC 8785/],
  [
    "a doubled key",
    `UPDATE events SET data = '{"fence":7,' || substr(data, 2) WHERE seq = 4`,
    4,
    /RFC 8785/,
  ],
  [
    "data that JavaScript can't hold",
    "UPDATE events SET data = '{\"fence\":1e999}' WHERE seq = 4",
    4,
    /can't be read/,
  ],
  ["a removed event", "DELETE FROM events WHERE seq = 5", 6, /event 5 is missing/],
  ["a removed first event", "DELETE FROM events WHERE seq = 1", 2, /event 1 is missing/],
  [
    "two swapped events",
    "UPDATE events SET seq = CASE seq WHEN 4 THEN -5 ELSE -4 END WHERE seq IN (4, 5);" +
    "UPDATE events SET seq = -seq WHERE seq < 0",
    4,
    /prev_hash isn't the hash of event 3/,
  ],
  [
    "a changed hash",
    "UPDATE events SET hash = prev_hash WHERE seq = 7",
    7,
    /doesn't match its content/,
  ],
];

for (const [what, sql, seq, why] of TAMPERINGS) {
  Deno.test(`the chain shows ${what}`, async () => {
    await withFilledLedger(async ({ path }, sqlite) => {
      raw(path, (database) => {
        database.exec("DROP TRIGGER events_never_change; DROP TRIGGER events_stay;");
        database.exec("PRAGMA ignore_check_constraints = ON");
        database.exec(sql);
      });
      const { end, broken } = await verifyChain(sqlite, 2);
      assert.equal(broken?.seq, seq);
      assert.match(broken?.why ?? "", why);
      assert.ok(end.seq < seq);
      assert.equal((await verifyLedger(sqlite)).some((fault) => fault.startsWith("event")), true);
    });
  });
}

Deno.test("a changed task shows, though the chain holds", async () => {
  const dropAll = "DROP TRIGGER tasks_keep_their_result; DROP TRIGGER artifacts_never_change;" +
    "DROP TRIGGER tasks_keep_what_was_received;";
  const changes = [
    "UPDATE tasks SET filename = 'x' WHERE state = 'running'",
    "UPDATE tasks SET finished_at = '2026-01-09T10:00:00.000Z' WHERE state = 'completed'",
    "UPDATE tasks SET counts = json_set(counts, '$.regions', 3) WHERE state = 'completed'",
    "UPDATE artifacts SET sha256 = '" + "00".repeat(32) + "' WHERE kind = 'summary'",
    "UPDATE tasks SET crashes = 1 WHERE state = 'running'",
  ];
  for (const change of changes) {
    await withFilledLedger(async ({ path }, sqlite) => {
      raw(path, (database) => database.exec(dropAll + change));
      assert.equal((await verifyChain(sqlite)).broken, null);
      const faults = await verifyFolds(sqlite, 1);
      assert.deepEqual(faults.map(({ why }) => why), ["its row isn't the fold of its events"]);
    });
  }
});

Deno.test("a running task without its lease shows", async () => {
  await withFilledLedger(async ({ path }, sqlite) => {
    raw(path, (database) => database.exec("DELETE FROM leases"));
    const faults = await verifyFolds(sqlite);
    assert.deepEqual(faults.map(({ why }) => why), ["its lease doesn't agree with its state"]);
  });
});
