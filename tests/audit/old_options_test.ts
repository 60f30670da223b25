import assert from "node:assert/strict";
import { Sqlite } from "../../src/audit/sqlite.ts";
import { verifyLedger } from "../../src/audit/verify.ts";
import { OPTION_DEFAULTS, type TaskOptions } from "../../src/domain/options.ts";
import { sampleReceipt, sampleResult } from "../support/task_samples.ts";
import { raw, withLedger } from "./temp_database.ts";

/** All options that there were in the first version. */
const OLD = { k: 3, max_bad_rows: 7, max_bad_ratio: null, keep_totals: true };

Deno.test("a task that is older than an option has its default, runs on, and is still the fold of its events", async () => {
  await withLedger(async ({ ledger, queries, system, path }) => {
    const id = system.newId();
    await ledger.receive(sampleReceipt(id, { options: OLD as TaskOptions }));
    raw(path, (database) => {
      database.exec("DROP TRIGGER tasks_keep_what_was_received");
      database.prepare("UPDATE tasks SET options = ?").run(JSON.stringify(OLD));
    });
    const options = { ...OPTION_DEFAULTS, ...OLD };
    assert.deepEqual((await queries.task(id))?.task.options, options);
    const claim = await ledger.claim("c1");
    assert.deepEqual(claim?.task.options, options);
    await ledger.complete(claim!, sampleResult(id, claim!.fence));
    const sqlite = new Sqlite(path);
    try {
      assert.deepEqual(await verifyLedger(sqlite), []);
    } finally {
      sqlite.close();
    }
  });
});
