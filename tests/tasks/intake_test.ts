import assert from "node:assert/strict";
import { Intake } from "../../src/tasks/intake.ts";

Deno.test("an intake counts the uploads under way", () => {
  const intake = new Intake();
  const leave = intake.enter();
  intake.enter();
  assert.equal(intake.underWay, 2);
  leave?.();
  assert.equal(intake.underWay, 1);
  assert.equal(intake.draining, false);
});

Deno.test("an empty intake drains at once, and then lets nobody in", async () => {
  const intake = new Intake();
  assert.equal(await intake.drain(60_000), 0);
  assert.equal(intake.draining, true);
  assert.equal(intake.enter(), null);
});

Deno.test("draining waits for the last upload under way", async () => {
  const intake = new Intake();
  const leaves = [intake.enter(), intake.enter()];
  let drained: number | null = null;
  const draining = intake.drain(60_000).then((left) => drained = left);
  assert.equal(intake.enter(), null, "closed at once");
  leaves[0]?.();
  await Promise.resolve();
  assert.equal(drained, null);
  leaves[1]?.();
  await draining;
  assert.equal(drained, 0);
});

Deno.test("draining gives up when its time is over, and says how many are left", async () => {
  const intake = new Intake();
  const leave = intake.enter();
  assert.equal(await intake.drain(5), 1);
  leave?.();
  assert.equal(await intake.drain(5), 0, "may be asked again");
});

Deno.test("an intake lets in so many uploads at a time, and the next when one has ended", () => {
  const intake = new Intake(2);
  const leave = intake.enter();
  assert.notEqual(intake.enter(), null);
  assert.equal(intake.enter(), null);
  assert.equal(intake.draining, false, "full, not closed");
  leave?.();
  assert.notEqual(intake.enter(), null);
});
