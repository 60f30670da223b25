import assert from "node:assert/strict";
import { sampleReceipt, sampleResult } from "../support/task_samples.ts";
import { raw, withLedger } from "./temp_database.ts";

Deno.test("the lifecycle of each task can be read with plain SQL", async () => {
  await withLedger(async ({ ledger, system, path }) => {
    const ids = [system.newId(), system.newId(), system.newId(), system.newId()];
    for (const id of ids) await ledger.receive(sampleReceipt(id));
    system.pass(500);
    const completed = await ledger.claim("c1");
    const failed = await ledger.claim("c1");
    await ledger.claim("c1");
    system.pass(1_250);
    await ledger.complete(completed!, sampleResult(ids[0]!, 1, 2));
    system.pass(1_000);
    await ledger.fail(failed!, { code: "no-valid-rows", message: "No row." }, null);

    const rows = raw(path, (database) =>
      database.prepare(
        "SELECT state, outcome, received_at, started_at, completed_at, failed_at, seconds, rows_total, " +
          "rows_rejected, error_code FROM task_lifecycle ORDER BY task",
      ).all());
    assert.deepEqual(rows.map((row) => Object.values(row)), [
      [
        "completed",
        "partial",
        "2026-01-05T10:00:00.000Z",
        "2026-01-05T10:00:00.500Z",
        "2026-01-05T10:00:01.750Z",
        null,
        1.25,
        10,
        2,
        null,
      ],
      [
        "failed",
        null,
        "2026-01-05T10:00:00.000Z",
        "2026-01-05T10:00:00.500Z",
        null,
        "2026-01-05T10:00:02.750Z",
        2.25,
        null,
        null,
        "no-valid-rows",
      ],
      [
        "running",
        null,
        "2026-01-05T10:00:00.000Z",
        "2026-01-05T10:00:00.500Z",
        null,
        null,
        null,
        null,
        null,
        null,
      ],
      ["queued", null, "2026-01-05T10:00:00.000Z", null, null, null, null, null, null, null],
    ]);
  });
});

Deno.test("the history of a task can be read with plain SQL", async () => {
  await withLedger(async ({ ledger, system, path }) => {
    const id = system.newId();
    await ledger.receive(sampleReceipt(id));
    const first = await ledger.claim("c1");
    await ledger.release({ ...first!, taskId: id }, "shutdown");
    const second = await ledger.claim("c2");
    const error = { code: "disk-full", message: "Full." } as const;
    await ledger.scheduleRetry(second!, error, { waitMs: 1_000, crash: false });
    system.pass(1_000);
    const third = await ledger.claim("c2");
    system.pass(20);
    await ledger.complete(third!, sampleResult(id, 3));
    const rows = raw(path, (database) =>
      database.prepare(
        "SELECT event, attempt, seconds, consumer, reason FROM task_history WHERE task = ? ORDER BY seq",
      ).all(id));
    assert.deepEqual(rows.map((row) => Object.values(row)), [
      ["received", 0, null, null, null],
      ["started", 1, null, "c1", null],
      ["released", 1, null, null, "shutdown"],
      ["started", 1, null, "c2", null],
      ["retry_scheduled", 1, null, null, "disk-full"],
      ["started", 2, null, "c2", null],
      ["completed", 2, 0.02, null, null],
    ]);
  });
});

Deno.test("claims and lists are answered from indexes", async () => {
  await withLedger(({ path }) => {
    const plan = (sql: string) =>
      raw(path, (database) => database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all())
        .map(({ detail }) => detail).join("; ");
    const due = "due_at IS NOT NULL AND (state = 'queued' OR due_at <= 'x' OR due_at > 'y')";
    assert.match(
      plan(`SELECT id FROM tasks WHERE ${due} ORDER BY due_at, id LIMIT 1`),
      /INDEX tasks_waiting/,
    );
    const listed = plan("SELECT * FROM tasks WHERE state = 'x' AND id < 'y' ORDER BY id DESC");
    assert.match(listed, /INDEX tasks_by_state/);
    assert.doesNotMatch(listed, /TEMP B-TREE/);
    const children = plan(
      "SELECT * FROM tasks WHERE parent IS NOT NULL AND json_extract(parent, '$.task_id') = 'x' AND id < 'y' ORDER BY id DESC",
    );
    assert.match(children, /INDEX tasks_by_parent/);
    assert.doesNotMatch(children, /TEMP B-TREE/);
    const events = plan("SELECT * FROM events WHERE task_id = 'x' AND seq > 5 ORDER BY seq");
    assert.match(events, /INDEX events_by_task/);
    assert.doesNotMatch(events, /TEMP B-TREE/);
    return Promise.resolve();
  });
});
