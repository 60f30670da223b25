import assert from "node:assert/strict";
import { LEASE_MS, LOSSES_MAX } from "../../src/domain/limits.ts";
import { reconcile, type ReconcileParts } from "../../src/tasks/reconcile.ts";
import { FakeSystem } from "../support/fake_system.ts";
import { Workshop } from "../support/workshop.ts";

const nobodyHere = () => false;

function parts(
  shop: Workshop,
  living: () => string[],
  isActiveHere: ReconcileParts["isActiveHere"] = nobodyHere,
): ReconcileParts {
  return {
    ledger: shop.records.ledger,
    files: shop.files,
    livingConsumers: () => Promise.resolve(living()),
    isActiveHere,
    log: shop.log,
  };
}

/** A running task with a work folder. */
async function running(shop: Workshop, consumer: string): Promise<string> {
  const { id } = await shop.submit("x.csv");
  const claim = await shop.records.ledger.claim(consumer, id);
  assert.ok(claim);
  await shop.files.openWork(id, claim.fence);
  return id;
}

Deno.test("tasks of a dead consumer are given back at no cost, and their work is removed", async () => {
  await using shop = await Workshop.open(new FakeSystem());
  const dead = await running(shop, "dead");
  const alive = await running(shop, "alive");
  assert.equal(await reconcile(parts(shop, () => ["alive"])), 1);
  const task = await shop.task(dead);
  assert.deepEqual([task.state, task.attempt, task.crashes, task.losses], ["queued", 0, 0, 1]);
  assert.deepEqual(await shop.newest(dead, "task.released"), { reason: "consumer-lost" });
  assert.equal((await shop.task(alive)).state, "running");
  assert.deepEqual(await shop.files.workTaskIds(), [alive]);
});

Deno.test("a lease that ran out is given back though its consumer lives", async () => {
  const system = new FakeSystem();
  await using shop = await Workshop.open(system);
  const id = await running(shop, "stuck");
  assert.equal(await reconcile(parts(shop, () => ["stuck"])), 0);
  system.pass(LEASE_MS + 1);
  assert.equal(await reconcile(parts(shop, () => ["stuck"])), 1);
  assert.equal((await shop.task(id)).state, "queued");
});

Deno.test("a late lease of an attempt that runs right here is left alone", async () => {
  const system = new FakeSystem();
  await using shop = await Workshop.open(system);
  const id = await running(shop, "here");
  system.pass(LEASE_MS + 1);
  const isActiveHere = (taskId: string, fence: number) => taskId === id && fence === 1;
  assert.equal(await reconcile(parts(shop, () => ["here"], isActiveHere)), 0);
  assert.equal((await shop.task(id)).state, "running");
});

Deno.test("a consumer that starts while we count isn't taken for dead", async () => {
  await using shop = await Workshop.open(new FakeSystem());
  const id = await running(shop, "newcomer");
  const counts = [["old"], ["old", "newcomer"]];
  assert.equal(await reconcile(parts(shop, () => counts.shift() ?? [])), 0);
  assert.equal((await shop.task(id)).state, "running");
});

Deno.test("a task under which too many consumers were lost ends as poisoned, without files but its input", async () => {
  await using shop = await Workshop.open(new FakeSystem());
  const { id } = await shop.submit("x.csv");
  for (let times = 0; times < LOSSES_MAX; times++) {
    const claim = await shop.records.ledger.claim("dead", id);
    assert.ok(claim);
    await shop.files.openWork(id, claim.fence);
    assert.equal(await reconcile(parts(shop, () => [])), 1);
  }
  const task = await shop.task(id);
  assert.deepEqual([task.state, task.error?.code, task.attempt], ["failed", "poisoned", 1]);
  assert.deepEqual(await shop.files.workTaskIds(), []);
});

Deno.test("two reconcilers at once release a task once", async () => {
  await using shop = await Workshop.open(new FakeSystem());
  const id = await running(shop, "dead");
  const released = await Promise.all([
    reconcile(parts(shop, () => [])),
    reconcile(parts(shop, () => [])),
  ]);
  assert.deepEqual(released.sort(), [0, 1]);
  assert.equal(await shop.story(id), "received started released");
});
