import assert from "node:assert/strict";
import { taskIdsOf, toRingMessage } from "../../src/queue/ring_message.ts";

Deno.test("rings are a version and task IDs", () => {
  assert.deepEqual(toRingMessage(["task-1", "task-2"]), { v: 2, taskIds: ["task-1", "task-2"] });
  assert.deepEqual(taskIdsOf(toRingMessage(["task-1", "task-2"])), ["task-1", "task-2"]);
});

Deno.test("a later version may add fields to rings", () => {
  assert.deepEqual(taskIdsOf({ v: 2, taskIds: ["task-1"], urgent: true }), ["task-1"]);
});

for (
  const message of [
    null,
    undefined,
    "task-1",
    7,
    [],
    {},
    { taskIds: ["task-1"] },
    { v: 1, taskId: "task-1" },
    { v: 3, taskIds: ["task-1"] },
    { v: "2", taskIds: ["task-1"] },
    { v: 2 },
    { v: 2, taskIds: "task-1" },
    { v: 2, taskIds: [] },
    { v: 2, taskIds: [""] },
    { v: 2, taskIds: ["task-1", 7] },
  ]
) {
  Deno.test(`no rings of this version: ${JSON.stringify(message)}`, () => {
    assert.throws(() => taskIdsOf(message), TypeError);
  });
}
