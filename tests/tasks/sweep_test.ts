import assert from "node:assert/strict";
import { ORPHAN_MS_MIN } from "../../src/domain/limits.ts";
import { Sweep } from "../../src/tasks/sweep.ts";
import { FakeSystem } from "../support/fake_system.ts";
import { sampleReceipt, sampleResult } from "../support/task_samples.ts";
import { Workshop } from "../support/workshop.ts";

async function withSweep(
  work: (shop: Workshop, sweep: Sweep, system: FakeSystem) => Promise<void>,
  takesUploads = true,
): Promise<void> {
  const system = new FakeSystem();
  await using shop = await Workshop.open(system);
  const { records: { queries }, files, log } = shop;
  await work(shop, new Sweep({ queries, files, takesUploads, system, log }), system);
}

/** An input that no task is known for: an upload between rename and commit, or what is left of one. */
async function orphan(shop: Workshop): Promise<string> {
  const id = shop.system.newId();
  await Deno.writeTextFile(shop.paths.input(id), "");
  return id;
}

Deno.test("before anything is served, files of unknown tasks go at once and those of known ones stay", () =>
  withSweep(async (shop, sweep) => {
    const { id } = await shop.submit("x.csv");
    await orphan(shop);
    await sweep.run(false);
    assert.deepEqual(await shop.files.taskIds(), [id]);
  }));

Deno.test("while uploads may run, only files that were unknown for long go", () =>
  withSweep(async (shop, sweep, system) => {
    const id = await orphan(shop);
    await sweep.run(true);
    system.pass(ORPHAN_MS_MIN - 1);
    await sweep.run(true);
    assert.deepEqual(await shop.files.taskIds(), [id]);
    system.pass(1);
    await sweep.run(true);
    assert.deepEqual(await shop.files.taskIds(), []);
    assert.equal(shop.log.of("files.orphan_removed").length, 1);
  }));

Deno.test("a file that the ledger came to know meanwhile begins anew", () =>
  withSweep(async (shop, sweep, system) => {
    const id = await orphan(shop);
    await sweep.run(true);
    system.pass(ORPHAN_MS_MIN);
    await shop.records.ledger.receive(sampleReceipt(id));
    await sweep.run(true);
    assert.ok((await shop.files.taskIds()).includes(id));
  }));

Deno.test("a process that takes no uploads never removes an orphan", () =>
  withSweep(async (shop, sweep, system) => {
    const id = await orphan(shop);
    await sweep.run(false);
    system.pass(2 * ORPHAN_MS_MIN);
    await sweep.run(true);
    assert.deepEqual(await shop.files.taskIds(), [id]);
  }, false));

Deno.test("files whose ledger was lost stay, and the log says what to do", () =>
  withSweep(async (shop, sweep, system) => {
    const lost = await orphan(shop);
    await Deno.mkdir(shop.paths.attemptArtifacts(lost, 1), { recursive: true });
    const queued = await orphan(shop);
    await sweep.run(false);
    system.pass(2 * ORPHAN_MS_MIN);
    await sweep.run(true);
    assert.deepEqual((await shop.files.taskIds()).sort(), [lost, queued].sort());
    assert.match(String(shop.log.of("ledger.lacks_tasks")[0].fields.cure), /put back the ledger/);
  }));

Deno.test("what is left of a deleted task goes", () =>
  withSweep(async (shop, sweep) => {
    const { ledger } = shop.records;
    const { id } = await shop.submit("x.csv");
    const claim = await ledger.claim("someone", id);
    assert.ok(claim);
    await ledger.complete(claim, sampleResult(id, 1));
    await ledger.delete(id);
    await sweep.run(false);
    assert.deepEqual(await shop.files.taskIds(), []);
  }));

Deno.test("work of a running task stays; of a waiting task the attempt that is over goes", () =>
  withSweep(async (shop, sweep) => {
    const { ledger } = shop.records;
    const { id: waiting } = await shop.submit("x.csv");
    const claim = await ledger.claim("someone", waiting);
    assert.ok(claim);
    await shop.files.openWork(waiting, 1);
    await ledger.release({ taskId: waiting, fence: 1, consumer: "someone" }, "shutdown");
    const { id: running } = await shop.submit("x.csv");
    await ledger.claim("someone", running);
    await shop.files.openWork(running, 1);
    await sweep.run(true);
    assert.deepEqual(await shop.files.workTaskIds(), [running]);
  }));

Deno.test("of a final task only the artifacts that are on record stay", () =>
  withSweep(async (shop, sweep) => {
    const { ledger } = shop.records;
    const { id } = await shop.submit("x.csv");
    const claim = await ledger.claim("someone", id);
    assert.ok(claim);
    await shop.files.openWork(id, 1);
    await shop.files.openWork(id, 7);
    for (const fence of [1, 7]) {
      await Deno.mkdir(shop.paths.attemptArtifacts(id, fence), { recursive: true });
    }
    await ledger.complete(claim, sampleResult(id, 1));
    await sweep.run(true);
    assert.deepEqual(await shop.files.workTaskIds(), []);
    const kept = await Array.fromAsync(Deno.readDir(shop.paths.taskArtifacts(id)));
    assert.deepEqual(kept.map((entry) => entry.name), ["1"]);
  }));
