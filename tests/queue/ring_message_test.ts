import assert from "node:assert/strict";
import { taskIdOf, toRingMessage } from "../../src/queue/ring_message.ts";

Deno.test("a ring is a version and a task ID", () => {
  assert.deepEqual(toRingMessage("task-1"), { v: 1, taskId: "task-1" });
  assert.equal(taskIdOf(toRingMessage("task-1")), "task-1");
});

Deno.test("a later version may add fields to a ring", () => {
  assert.equal(taskIdOf({ v: 1, taskId: "task-1", urgent: true }), "task-1");
});

for (
  const message of [
    null,
    undefined,
    "task-1",
    7,
    [],
    {},
    { taskId: "task-1" },
    { v: 2, taskId: "task-1" },
    { v: "1", taskId: "task-1" },
    { v: 1 },
    { v: 1, taskId: "" },
    { v: 1, taskId: 7 },
  ]
) {
  Deno.test(`no ring of this version: ${JSON.stringify(message)}`, () => {
    assert.throws(() => taskIdOf(message), TypeError);
  });
}
