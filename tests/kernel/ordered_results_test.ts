/** Results of segments that come in another order than they are taken. */
import assert from "node:assert/strict";
import { OrderedResults, SELF } from "../../src/pipeline/kernel/ordered_results.ts";

Deno.test("what a member was asked for counts until it is done, and the one with the least is asked next", async () => {
  const results = new OrderedResults<string>(2);
  const first = Promise.withResolvers<string>();
  results.expect(0, results.idlest(), first.promise);
  assert.equal(results.idlest(), 1);
  results.expect(1, 1, Promise.resolve("b"));
  await results.arrival(1);
  assert.deepEqual([results.waiting(0), results.waiting(1), results.waitingAll], [1, 0, 1]);
  assert.deepEqual(results.take(1), { member: 1, result: "b" });
  assert.ok(!results.has(0));
  first.resolve("a");
  await results.arrival(0);
  assert.equal(results.waitingAll, 0);
});

Deno.test("a result of this thread is there at once", async () => {
  const results = new OrderedResults<string>(1);
  results.put(0, SELF, "own");
  await results.arrival(0);
  assert.deepEqual(results.take(0), { member: SELF, result: "own" });
});

Deno.test("whoever waits for a segment is told that a member failed", async () => {
  const results = new OrderedResults<string>(1);
  results.expect(0, 0, Promise.reject(new Error("broke")));
  await assert.rejects(results.arrival(0), /broke/);
});
