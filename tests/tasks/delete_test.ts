import assert from "node:assert/strict";
import { deleteTask } from "../../src/tasks/delete.ts";
import { openService } from "../support/service.ts";

Deno.test("deleting a final task removes its files and keeps its record and hashes", async () => {
  await using service = await openService();
  const id = await service.accept();
  const { artifacts } = await service.complete(id);
  assert.equal(service.files().length, 5);
  assert.equal(await deleteTask(service.parts, id), "deleted");
  assert.deepEqual(service.files(), []);
  const task = (await service.parts.queries.task(id))!.task;
  assert.notEqual(task.deleted_at, null);
  assert.deepEqual(task.artifacts, artifacts);
});

Deno.test("a task that isn't final, or is unknown, can't be deleted", async () => {
  await using service = await openService();
  const id = await service.accept();
  assert.equal(await deleteTask(service.parts, id), "not-final");
  assert.equal(service.files().length, 1);
  assert.equal(await deleteTask(service.parts, service.parts.system.newId()), "unknown");
});

Deno.test("of two who delete a task at once, one deletes it", async () => {
  await using service = await openService();
  const id = await service.accept();
  await service.fail(id);
  const both = await Promise.all([deleteTask(service.parts, id), deleteTask(service.parts, id)]);
  assert.deepEqual(both.sort(), ["deleted", "deleted-before"]);
});

Deno.test("files that can't be removed now don't bring the task back", async () => {
  await using service = await openService();
  const id = await service.accept();
  await service.complete(id);
  const store = Object.create(service.parts.store);
  store.remove = () => Promise.reject(new Error("busy"));
  assert.equal(await deleteTask({ ...service.parts, store }, id), "deleted");
  assert.ok(service.log.some((line) => line.includes("task.files_not_removed")));
});

Deno.test("a ledger that fails to delete is heard of, and the files stay", async () => {
  await using service = await openService();
  const id = await service.accept();
  await service.complete(id);
  const ledger = Object.create(service.parts.ledger);
  ledger.delete = () => Promise.reject(new Error("locked"));
  await assert.rejects(deleteTask({ ...service.parts, ledger }, id), /locked/);
  assert.equal(service.files().length, 5);
});
