/**
 * What every `Ledger`, with its `Queries`, must do, as one suite for all adapters.
 *
 * ```ts
 * testLedgerContract("SqliteLedger", async (system) => {
 *   const dir = await Deno.makeTempDir();
 *   return {
 *     open: () => openLedger(`${dir}/ledger.db`, system),
 *     remove: () => Deno.remove(dir, { recursive: true }),
 *   };
 * });
 * ```
 */
import assert from "node:assert/strict";
import { type Claim, type Ledger, LostClaimError } from "../../src/audit/ledger.ts";
import type { Queries } from "../../src/audit/queries.ts";
import type { TaskError } from "../../src/domain/errors.ts";
import type { RunResult } from "../../src/domain/event.ts";
import { LEASE_MS, LOSSES_MAX } from "../../src/domain/limits.ts";
import type { System } from "../../src/system.ts";
import { FakeSystem } from "../support/fake_system.ts";
import {
  SAMPLE_MARKS,
  sampleProgress,
  sampleReceipt,
  sampleResult,
} from "../support/task_samples.ts";

/** A place for one ledger, which any number of processes may open. */
export interface LedgerUnderTest {
  open(): { ledger: Ledger; queries: Queries };
  /** Called once all that were opened are closed. */
  remove(): Promise<void>;
}

interface Bench {
  ledger: Ledger;
  queries: Queries;
  system: FakeSystem;
  /** Open the same ledger once more, as another process would. */
  open: LedgerUnderTest["open"];
}

const DISK_FULL: TaskError = { code: "disk-full", message: "The disk is full." };
const NO_ROWS: TaskError = { code: "no-valid-rows", message: "No row.", line: 7, record: 6 };
const HOUR_MS = 3_600_000;

/** Register the suite for one adapter. */
export function testLedgerContract(
  adapter: string,
  make: (system: System) => Promise<LedgerUnderTest>,
): void {
  const test = (promise: string, body: (bench: Bench) => Promise<void>) =>
    Deno.test(`${adapter}: ${promise}`, async () => {
      const system = new FakeSystem();
      const place = await make(system);
      const opened: Ledger[] = [];
      const open = () => {
        const both = place.open();
        opened.push(both.ledger);
        return both;
      };
      try {
        await body({ ...open(), system, open });
      } finally {
        await Promise.all(opened.map((ledger) => ledger.close()));
        await place.remove();
      }
    });

  // ---- receive ----

  test("a received task is queued and can be read", async ({ ledger, queries, system }) => {
    const receipt = sampleReceipt(system.newId());
    const task = await ledger.receive(receipt);
    assert.equal(task.state, "queued");
    assert.equal(task.attempt, 0);
    assert.equal(task.created_at, "2026-01-05T10:00:00.000Z");
    assert.deepEqual(task.input, receipt.input);
    assert.deepEqual(await queries.task(receipt.id), { task, progress: null });
  });

  test("an ID is received once", async ({ ledger, queries, system }) => {
    const id = system.newId();
    await ledger.receive(sampleReceipt(id));
    await assert.rejects(ledger.receive(sampleReceipt(id, { filename: "other.csv" })), Error);
    assert.equal((await queries.task(id))?.task.filename, "q3.csv");
    assert.equal((await queries.events(id, { after: 0, limit: 10 })).length, 1);
  });

  test("a task keeps the parent whose rows it brings again, and can be found by it", async ({ ledger, queries, system }) => {
    await received(ledger, system);
    const claim = await claimed(ledger, "c1");
    const { id } = await ledger.complete(claim, sampleResult(claim.task.id, claim.fence, 3));
    const parent = { task_id: id, rows_total: 10, rows_accepted: 7, rows_rejected: 3 };
    const task = await ledger.receive(sampleReceipt(system.newId(), { parent }));
    await received(ledger, system);
    assert.deepEqual(task.parent, parent);
    assert.deepEqual((await queries.task(task.id))?.task, task);
    const children = await queries.tasks({ parentId: id, limit: 9, before: null });
    assert.deepEqual(children.map(({ task: { id } }) => id), [task.id]);
    const [event] = await queries.events(task.id, { after: 0, limit: 1 });
    assert.deepEqual(event.type === "task.received" && event.data.parent, parent);
    await ledger.delete(id);
    assert.deepEqual((await queries.task(task.id))?.task.parent, parent);
  });

  test("a parent is a final task that rejected rows, with the counts that it has", async ({ ledger, queries, system }) => {
    const clean = await received(ledger, system);
    const claim = await claimed(ledger, "c1", clean);
    await ledger.complete(claim, sampleResult(clean, claim.fence));
    const running = await received(ledger, system);
    await claimed(ledger, "c1", running);
    const bad = await received(ledger, system);
    const failing = await claimed(ledger, "c1", bad);
    await ledger.fail(failing, NO_ROWS, sampleResult(bad, failing.fence, 3));
    const counts = { rows_total: 10, rows_accepted: 7, rows_rejected: 3 };
    const wrong = [
      { ...counts, task_id: clean },
      { ...counts, task_id: clean, rows_accepted: 10, rows_rejected: 0 },
      { ...counts, task_id: running },
      { ...counts, task_id: system.newId() },
      { ...counts, task_id: bad, rows_total: 11 },
    ];
    for (const parent of wrong) {
      const id = system.newId();
      await assert.rejects(ledger.receive(sampleReceipt(id, { parent })), /a parent is/);
      assert.equal(await queries.task(id), null);
    }
    const parent = { ...counts, task_id: bad };
    await ledger.receive(sampleReceipt(system.newId(), { parent }));
  });

  test("a file name is data, whatever is in it", async ({ ledger, queries, system }) => {
    for (
      const filename of ["../../x", "'; DROP TABLE tasks; --", "räksmörgås 🦐.csv", "", "a\u2028b"]
    ) {
      const { id } = await ledger.receive(sampleReceipt(system.newId(), { filename }));
      assert.equal((await queries.task(id))?.task.filename, filename);
    }
    const odd = await ledger.receive(sampleReceipt(system.newId(), { filename: "a\0b\ud800.csv" }));
    assert.equal(odd.filename, "a\uFFFDb\uFFFD.csv");
    assert.equal((await queries.task(odd.id))?.task.filename, odd.filename);
  });

  // ---- claim ----

  test("a claim starts the task that is due longest", async ({ ledger, queries, system }) => {
    const first = await received(ledger, system);
    system.pass(1_000);
    await received(ledger, system);
    const claim = await claimed(ledger, "c1");
    assert.equal(claim.task.id, first);
    assert.equal(claim.fence, 1);
    assert.equal(claim.task.state, "running");
    assert.equal(claim.task.attempt, 1);
    assert.equal(claim.task.started_at, "2026-01-05T10:00:01.000Z");
    assert.deepEqual((await queries.task(first))?.task, claim.task);
  });

  test("a claim by ID takes that task or none", async ({ ledger, system }) => {
    await received(ledger, system);
    const second = await received(ledger, system);
    assert.equal((await claimed(ledger, "c1", second)).task.id, second);
    assert.equal(await ledger.claim("c2", second), null);
    assert.equal(await ledger.claim("c2", system.newId()), null);
  });

  test("tasks are claimed once, however many ask at once", async ({ ledger, system, open }) => {
    const ids = new Set<string>();
    for (let i = 0; i < 30; i++) ids.add(await received(ledger, system));
    const other = open().ledger;
    const claims = await Promise.all(
      Array.from({ length: 80 }, (_, i) => (i % 2 ? ledger : other).claim(`c${i % 2}`)),
    );
    const got = claims.filter((claim) => claim !== null).map((claim) => claim.task.id);
    assert.deepEqual(got.toSorted(), [...ids].toSorted());
  });

  test("a final task is never claimed", async ({ ledger, system }) => {
    const claim = await running(ledger, system);
    await ledger.complete(claim, sampleResult(claim.task.id, claim.fence));
    assert.equal(await ledger.claim("c1"), null);
    assert.equal(await ledger.claim("c1", claim.task.id), null);
  });

  test("nextDueMs says how long to wait", async ({ ledger, system }) => {
    assert.equal(await ledger.nextDueMs(), null);
    await received(ledger, system);
    assert.equal(await ledger.nextDueMs(), 0);
    const claim = await claimed(ledger, "c1");
    assert.equal(await ledger.nextDueMs(), null);
    await ledger.scheduleRetry(claim, DISK_FULL, { waitMs: 5_000, crash: false });
    system.pass(2_000);
    assert.equal(await ledger.nextDueMs(), 3_000);
    system.pass(4_000);
    assert.equal(await ledger.nextDueMs(), 0);
  });

  // ---- ends ----

  test("a completed task has its outcome, results and duration", async ({ ledger, queries, system }) => {
    for (const [rejected, outcome] of [[0, "clean"], [3, "partial"]] as const) {
      const claim = await running(ledger, system);
      const id = claim.task.id;
      const result = sampleResult(id, claim.fence, rejected);
      system.pass(1_234);
      const task = await ledger.complete(claim, result);
      assert.equal(task.state, "completed");
      assert.equal(task.outcome, outcome);
      assert.deepEqual(task.counts, result.counts);
      assert.deepEqual(task.statistics, result.statistics);
      assert.deepEqual(task.artifacts, result.artifacts);
      assert.equal(task.decimal_mark, null);
      assert.deepEqual((await queries.task(id))?.task, task);
      const last = (await queries.events(id, { after: 0, limit: 10 })).at(-1);
      assert.ok(last?.type === "task.completed");
      assert.equal(last.data.duration_ms, 1_234);
    }
  });

  test("a failed task keeps its error, evidence and what was measured", async ({ ledger, queries, system }) => {
    const claim = await running(ledger, system);
    const result = sampleResult(claim.task.id, claim.fence, 10);
    result.artifacts = result.artifacts.filter(({ kind }) => ["rejects", "report"].includes(kind));
    const task = await ledger.fail(claim, NO_ROWS, result, "cut \ud83d");
    assert.equal(task.state, "failed");
    assert.equal(task.outcome, null);
    assert.deepEqual(task.error, NO_ROWS);
    assert.deepEqual(task.artifacts, result.artifacts);
    assert.deepEqual((await queries.task(claim.task.id))?.task, task);
    const last = (await queries.events(claim.task.id, { after: 2, limit: 1 }))[0];
    assert.ok(last?.type === "task.failed");
    assert.equal(last.data.evidence, "cut \uFFFD");
  });

  test("what a run decided about decimal marks is kept with its result, completed or failed", async ({ ledger, queries, system }) => {
    const ends = {
      completed: (claim: Claim, result: RunResult) => ledger.complete(claim, result),
      failed: (claim: Claim, result: RunResult) => ledger.fail(claim, NO_ROWS, result),
    };
    for (const [state, end] of Object.entries(ends)) {
      const claim = await running(ledger, system);
      const result = { ...sampleResult(claim.task.id, claim.fence), decimal_mark: SAMPLE_MARKS };
      const task = await end(claim, result);
      assert.equal(task.state, state);
      assert.deepEqual(task.decimal_mark, SAMPLE_MARKS);
      assert.deepEqual((await queries.task(task.id))?.task, task);
    }
  });

  test("a failure without a result leaves no artifacts", async ({ ledger, system }) => {
    const claim = await running(ledger, system);
    const task = await ledger.fail(claim, DISK_FULL, null);
    assert.deepEqual([task.counts, task.statistics, task.artifacts], [null, null, []]);
  });

  test("a result with a number that isn't finite is refused", async ({ ledger, queries, system }) => {
    const claim = await running(ledger, system);
    const result = sampleResult(claim.task.id, claim.fence);
    result.statistics.sd = Infinity;
    await assert.rejects(ledger.complete(claim, result), RangeError);
    assert.equal((await queries.task(claim.task.id))?.task.state, "running");
  });

  test("a retry waits, then costs one attempt and one fence", async ({ ledger, system }) => {
    const claim = await running(ledger, system);
    const waiting = await ledger.scheduleRetry(claim, DISK_FULL, { waitMs: 1_000, crash: true });
    assert.equal(waiting.state, "retrying");
    assert.equal(waiting.crashes, 1);
    assert.equal(await ledger.claim("c1"), null);
    assert.equal(await ledger.claim("c1", claim.task.id), null);
    system.pass(1_000);
    const again = await claimed(ledger, "c2");
    assert.equal(again.fence, 2);
    assert.equal(again.task.attempt, 2);
    await assert.rejects(
      ledger.scheduleRetry(again, DISK_FULL, { waitMs: HOUR_MS, crash: false }),
      RangeError,
    );
  });

  test("a claim holds until it ends or somebody else has the task", async ({ ledger, system }) => {
    const first = await running(ledger, system);
    assert.equal(await ledger.holds(first), true);
    await ledger.release(released(first), "consumer-lost");
    assert.equal(await ledger.holds(first), false);
    const second = await claimed(ledger, "c2");
    assert.equal(await ledger.holds(first), false);
    assert.equal(await ledger.holds(second), true);
    await ledger.fail(second, DISK_FULL, null);
    assert.equal(await ledger.holds(second), false);
  });

  test("a release costs no attempt", async ({ ledger, system }) => {
    const claim = await running(ledger, system);
    const task = await ledger.release(released(claim), "shutdown");
    assert.equal(task.state, "queued");
    assert.equal(task.attempt, 0);
    assert.equal(task.losses, 1);
    const again = await claimed(ledger, "c1");
    assert.equal(again.task.attempt, 1);
    assert.equal(again.fence, 2);
  });

  test(`after ${LOSSES_MAX} losses a task fails as poisoned, with the evidence`, async ({ ledger, queries, system }) => {
    const id = await received(ledger, system);
    for (let loss = 1; loss < LOSSES_MAX; loss++) {
      const task = await ledger.release(released(await claimed(ledger, "c1")), "consumer-lost");
      assert.equal(task.state, "queued");
    }
    const task = await ledger.release(released(await claimed(ledger, "c1")), "shutdown");
    assert.equal(task.state, "failed");
    assert.equal(task.error?.code, "poisoned");
    const last = (await queries.events(id, { after: 0, limit: 100 })).at(-1);
    assert.ok(last?.type === "task.failed");
    const losses = last.data.evidence?.split("\n") ?? [];
    assert.equal(losses.length, LOSSES_MAX);
    assert.equal(losses[0], "2026-01-05T10:00:00.000Z consumer-lost");
    assert.equal(losses.at(-1), "2026-01-05T10:00:00.000Z shutdown");
  });

  // ---- fences ----

  test("a late writer is refused and changes nothing", async ({ ledger, queries, system }) => {
    const late = await running(ledger, system);
    await ledger.release(released(late), "consumer-lost");
    const now = await claimed(ledger, "c2");
    const result = sampleResult(late.task.id, late.fence);
    const writes = [
      () => ledger.complete(late, result),
      () => ledger.fail(late, DISK_FULL, null),
      () => ledger.scheduleRetry(late, DISK_FULL, { waitMs: 0, crash: false }),
      () => ledger.release(released(late), "shutdown"),
    ];
    for (const write of writes) await assert.rejects(write(), LostClaimError);
    assert.equal(await ledger.heartbeat(late, sampleProgress(500)), false);
    assert.deepEqual(await queries.task(late.task.id), { task: now.task, progress: null });

    assert.equal(await ledger.heartbeat(now, sampleProgress(500)), true);
    await ledger.complete(now, sampleResult(now.task.id, now.fence));
    for (const write of writes) await assert.rejects(write(), LostClaimError);
    await assert.rejects(ledger.complete(now, result), LostClaimError);
    assert.equal(await ledger.heartbeat(now, null), false);
  });

  test("a writer of an unknown task is refused", async ({ ledger, system }) => {
    const claim = { fence: 1, consumer: "c1", taskId: system.newId() };
    await assert.rejects(ledger.release(claim, "shutdown"), LostClaimError);
  });

  // ---- leases and progress ----

  test("progress shows, until another attempt starts", async ({ ledger, queries, system }) => {
    const claim = await running(ledger, system);
    const id = claim.task.id;
    assert.equal((await queries.task(id))?.progress, null);
    await ledger.heartbeat(claim, sampleProgress(100));
    await ledger.heartbeat(claim, sampleProgress(700));
    await ledger.heartbeat(claim, null);
    assert.deepEqual(await queries.task(id), { task: claim.task, progress: sampleProgress(700) });
    await ledger.release(released(claim), "shutdown");
    assert.deepEqual((await queries.task(id))?.progress, sampleProgress(700));
    await claimed(ledger, "c1");
    assert.equal((await queries.task(id))?.progress, null);
  });

  test("a lease is lost when nothing was heard for its length", async ({ ledger, system }) => {
    const quiet = await running(ledger, system);
    const alive = await running(ledger, system);
    system.pass(LEASE_MS - 1);
    assert.deepEqual(await ledger.lostLeases(["c1"]), []);
    await ledger.heartbeat(alive, null);
    system.pass(1);
    assert.deepEqual(await ledger.lostLeases(["c1"]), [
      { taskId: quiet.task.id, fence: 1, consumer: "c1" },
    ]);
    assert.equal(await ledger.heartbeat(quiet, null), true, "until somebody takes it away");
    assert.deepEqual(await ledger.lostLeases(["c1"]), []);
  });

  test("a lease is lost at once when its consumer is gone", async ({ ledger, system }) => {
    const claim = await running(ledger, system);
    assert.deepEqual(await ledger.lostLeases(["c2"]), [
      { taskId: claim.task.id, fence: 1, consumer: "c1" },
    ]);
    await ledger.complete(claim, sampleResult(claim.task.id, claim.fence));
    assert.deepEqual(await ledger.lostLeases([]), []);
  });

  // ---- a clock that is set back ----

  test("a clock set back holds up no queued or retrying task", async ({ ledger, system }) => {
    const waiting = await running(ledger, system);
    await ledger.scheduleRetry(waiting, DISK_FULL, { waitMs: 1_000, crash: false });
    const fresh = await received(ledger, system);
    system.setClock(-HOUR_MS);
    assert.equal(await ledger.nextDueMs(), 0);
    const claims = [await claimed(ledger, "c1"), await claimed(ledger, "c1")];
    assert.deepEqual(
      claims.map(({ task }) => task.id).toSorted(),
      [waiting.task.id, fresh].toSorted(),
    );
  });

  test("a clock set back doesn't keep a lease alive", async ({ ledger, system }) => {
    const claim = await running(ledger, system);
    system.setClock(-HOUR_MS);
    assert.deepEqual(await ledger.lostLeases(["c1"]), [], "its consumer gets the time to be heard");
    system.pass(LEASE_MS);
    assert.equal((await ledger.lostLeases(["c1"])).length, 1);
    await ledger.heartbeat(claim, null);
    assert.deepEqual(await ledger.lostLeases(["c1"]), []);
  });

  test("a clock set back makes no negative duration", async ({ ledger, queries, system }) => {
    const claim = await running(ledger, system);
    system.setClock(-HOUR_MS);
    await ledger.complete(claim, sampleResult(claim.task.id, claim.fence));
    const last = (await queries.events(claim.task.id, { after: 0, limit: 10 })).at(-1);
    assert.ok(last?.type === "task.completed");
    assert.equal(last.data.duration_ms, 0);
  });

  // ---- delete ----

  test("only a final task is deleted, once; its record stays", async ({ ledger, queries, system }) => {
    const claim = await running(ledger, system);
    const id = claim.task.id;
    await assert.rejects(ledger.delete(id), RangeError);
    await assert.rejects(ledger.delete(system.newId()), RangeError);
    const completed = await ledger.complete(claim, sampleResult(id, claim.fence));
    const deleted = await ledger.delete(id);
    assert.deepEqual(deleted, { ...completed, deleted_at: system.now().toISOString() });
    await assert.rejects(ledger.delete(id), RangeError);
    assert.deepEqual((await queries.task(id))?.task, deleted);
  });

  // ---- reading ----

  test("lists go from the newest, by pages and states", async ({ ledger, queries, system }) => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push(await received(ledger, system));
    await claimed(ledger, "c1", ids[2]);
    const listed = async (filter: Parameters<Queries["tasks"]>[0]) =>
      (await queries.tasks(filter)).map(({ task }) => ids.indexOf(task.id));
    assert.deepEqual(await listed({ limit: 2, before: null }), [4, 3]);
    assert.deepEqual(await listed({ limit: 9, before: ids[3]! }), [2, 1, 0]);
    assert.deepEqual(await listed({ limit: 9, before: null, state: "running" }), [2]);
    assert.deepEqual(await listed({ limit: 2, before: ids[4]!, state: "queued" }), [3, 1]);
    assert.deepEqual(await listed({ limit: 2, before: ids[0]! }), []);
    assert.equal(await queries.task("no such id"), null);
  });

  test("events form one chain, in the order in which they happened", async ({ ledger, queries, system }) => {
    const claim = await running(ledger, system);
    const other = await received(ledger, system);
    await ledger.release(released(claim), "shutdown");
    const events = await queries.events(claim.task.id, { after: 0, limit: 10 });
    assert.deepEqual(
      events.map(({ seq, type, attempt }) => [seq, type, attempt]),
      [[1, "task.received", 0], [2, "task.started", 1], [4, "task.released", 1]],
    );
    const [between] = await queries.events(other, { after: 0, limit: 10 });
    assert.equal(events[0]?.prev_hash, "0".repeat(64));
    assert.equal(events[1]?.prev_hash, events[0]?.hash);
    assert.equal(between?.prev_hash, events[1]?.hash);
    assert.equal(events[2]?.prev_hash, between?.hash);
    const rest = await queries.events(claim.task.id, { after: 1, limit: 1 });
    assert.deepEqual(rest, [events[1]]);
  });

  test("living tasks are those that are known and not deleted", async ({ ledger, queries, system }) => {
    const kept = await received(ledger, system);
    const gone = await running(ledger, system, kept);
    await ledger.fail(gone, DISK_FULL, null);
    await ledger.delete(gone.task.id);
    const alive = await received(ledger, system);
    const unknown = system.newId();
    const living = await queries.livingTaskIds([gone.task.id, alive, unknown, "x"]);
    assert.deepEqual(living, new Set([alive]));
    assert.deepEqual(await queries.livingTaskIds([]), new Set());
  });

  // ---- open and close ----

  test("what was written is there when it is opened again", async ({ ledger, queries, system, open }) => {
    const claim = await running(ledger, system);
    await ledger.heartbeat(claim, sampleProgress(300));
    const before = await queries.task(claim.task.id);
    await ledger.close();
    const again = open();
    assert.deepEqual(await again.queries.task(claim.task.id), before);
    const task = await again.ledger.complete(claim, sampleResult(claim.task.id, claim.fence));
    assert.equal(task.state, "completed");
  });

  test("close waits for what was begun and refuses what comes after", async ({ ledger, queries, system, open }) => {
    const id = system.newId();
    const received = ledger.receive(sampleReceipt(id));
    await ledger.close();
    await ledger.close();
    assert.equal((await received).state, "queued");
    await assert.rejects(ledger.receive(sampleReceipt(system.newId())), Error);
    await assert.rejects(ledger.claim("c1"), Error);
    await assert.rejects(ledger.lostLeases([]), Error);
    await assert.rejects(queries.task(id), Error);
    assert.equal((await open().queries.task(id))?.task.state, "queued");
  });
}

async function received(ledger: Ledger, system: System): Promise<string> {
  return (await ledger.receive(sampleReceipt(system.newId()))).id;
}

async function claimed(ledger: Ledger, consumer: string, taskId?: string): Promise<Claim> {
  const claim = await ledger.claim(consumer, taskId);
  assert.ok(claim !== null, "a task was to be had");
  return claim;
}

/** A task that c1 runs: a new one unless given. */
async function running(ledger: Ledger, system: System, taskId?: string): Promise<Claim> {
  return await claimed(ledger, "c1", taskId ?? await received(ledger, system));
}

function released({ task, fence, consumer }: Claim) {
  return { taskId: task.id, fence, consumer };
}
