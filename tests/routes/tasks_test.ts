import assert from "node:assert/strict";
import { expectProblem } from "../support/expect_problem.ts";
import { ARTIFACT_TEXTS, openService, SALES_CSV, type TestService } from "../support/service.ts";

// deno-lint-ignore no-explicit-any -- JSON off the wire, judged by the assertions
async function get(service: TestService, path: string): Promise<any> {
  const response = await service.app.request(path);
  assert.equal(response.status, 200, await response.clone().text());
  assert.equal(response.headers.get("cache-control"), "no-store");
  return await response.json();
}

Deno.test("a completed task says everything, key by key", async () => {
  await using service = await openService();
  const id = await service.accept(SALES_CSV, "?filename=q3.csv");
  await service.complete(id);
  const task = await get(service, `/v1/tasks/${id}`);
  assert.deepEqual(Object.keys(task), [
    "id",
    "state",
    "outcome",
    "done",
    "filename",
    "attempt",
    "created_at",
    "started_at",
    "finished_at",
    "deleted_at",
    "input",
    "options",
    "parent",
    "progress",
    "counts",
    "statistics",
    "warnings",
    "artifacts",
    "error",
  ]);
  assert.deepEqual(
    [task.state, task.outcome, task.done, task.attempt, task.error, task.filename],
    ["completed", "clean", true, 1, null, "q3.csv"],
  );
  assert.deepEqual(task.progress, {
    stage: "write",
    bytes_read: SALES_CSV.length,
    bytes_total: SALES_CSV.length,
    rows_read: 2,
    rows_rejected: 0,
    percent: 100,
  });
  assert.deepEqual(Object.keys(task.artifacts[0]), ["kind", "href", "bytes", "sha256", "rows"]);
  assert.deepEqual(
    task.artifacts.map((artifact: { href: string }) => artifact.href),
    Object.keys(ARTIFACT_TEXTS).map((kind) => `/v1/tasks/${id}/artifacts/${kind}`),
  );
  assert.doesNotMatch(JSON.stringify(task), /"path"|"fence"|"crashes"/);
});

Deno.test("progress of a running task moves, and stays below 100 percent", async () => {
  await using service = await openService();
  const { ledger } = service.parts;
  const id = await service.accept();
  const claim = (await ledger.claim("test-consumer", id))!;
  const percents: number[] = [];
  for (const bytes_read of [0, 1, 333, 500, 999, 1000]) {
    await ledger.heartbeat(claim, {
      stage: "detect",
      bytes_read,
      bytes_total: 1000,
      rows_read: 5,
      rows_rejected: 1,
    });
    const task = await get(service, `/v1/tasks/${id}`);
    assert.equal(task.state, "running");
    assert.deepEqual(
      [task.progress.stage, task.progress.bytes_read, task.progress.rows_rejected],
      ["detect", bytes_read, 1],
    );
    percents.push(task.progress.percent);
  }
  assert.deepEqual(percents, [0, 0, 33, 50, 99, 99]);
});

Deno.test("a failed task has its error, and what can still be had", async () => {
  await using service = await openService();
  const id = await service.accept();
  const error = { code: "too-many-bad-rows", message: "Too many.", line: 7, record: 6 } as const;
  await service.fail(id, error);
  const task = await get(service, `/v1/tasks/${id}`);
  assert.deepEqual([task.state, task.done, task.outcome], ["failed", true, null]);
  assert.deepEqual(task.error, error);
  assert.deepEqual(
    task.artifacts.map((artifact: { kind: string }) => artifact.kind),
    ["rejects", "report"],
  );
  assert.ok(task.progress.percent <= 99);
});

Deno.test("an unknown or malformed ID is 404, on every route below a task", async () => {
  await using service = await openService();
  const id = await service.accept();
  const ids = [service.parts.system.newId(), "x", "..%2f..%2fx", id.toUpperCase(), "%00", id + "0"];
  for (const wrong of ids) {
    for (const rest of ["", "/events", "/artifacts", "/artifacts/summary"]) {
      const response = await service.app.request(`/v1/tasks/${wrong}${rest}`);
      await expectProblem(response, 404, "unknown-task");
    }
    const response = await service.app.request(`/v1/tasks/${wrong}`, { method: "DELETE" });
    await expectProblem(response, 404, "unknown-task");
  }
});

Deno.test("the list pages through all tasks, newest first", async () => {
  await using service = await openService();
  assert.deepEqual(await get(service, "/v1/tasks"), { tasks: [], next_cursor: null });
  const ids: string[] = [];
  for (let i = 0; i < 7; i++) ids.unshift(await service.accept());
  const seen: string[][] = [];
  let path: string | null = "/v1/tasks?limit=3";
  while (path !== null) {
    const page: { tasks: { id: string }[]; next_cursor: string | null } = await get(service, path);
    seen.push(page.tasks.map((task) => task.id));
    path = page.next_cursor && `/v1/tasks?limit=3&cursor=${page.next_cursor}`;
  }
  assert.deepEqual(seen, [ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
  const exact = await get(service, "/v1/tasks?limit=7");
  assert.deepEqual([exact.tasks.length, exact.next_cursor], [7, null]);
});

Deno.test("the list filters by state, and shows each task as its own route does", async () => {
  await using service = await openService();
  const [first, second] = [await service.accept(), await service.accept()];
  await service.complete(first);
  const completed = await get(service, "/v1/tasks?state=completed");
  assert.deepEqual(completed.tasks, [await get(service, `/v1/tasks/${first}`)]);
  const queued = await get(service, "/v1/tasks?state=queued");
  assert.deepEqual(queued.tasks.map((task: { id: string }) => task.id), [second]);
});

const BAD_QUERIES: readonly [query: string, cure: RegExp][] = [
  ["limit=0", /from 1 to 100/],
  ["limit=101", /from 1 to 100/],
  ["limit=ten", /from 1 to 100/],
  ["limit=1&limit=2", /Give it once/],
  ["cursor=nonsense", /next_cursor/],
  ["cursor=", /next_cursor/],
  ["state=complete", /did you mean completed\?$/],
  ["stat=failed", /Did you mean state\?/],
  ["offset=5", /Known are limit, cursor, state/],
];
for (const [query, cure] of BAD_QUERIES) {
  Deno.test(`the list refuses ${query} with the cure`, async () => {
    await using service = await openService();
    const response = await service.app.request(`/v1/tasks?${query}`);
    const problem = await expectProblem(response, 400, "bad-option");
    assert.match(problem.detail, cure);
  });
}

Deno.test("DELETE of a final task is 204, then 410; its record stays", async () => {
  await using service = await openService();
  const id = await service.accept();
  const path = `/v1/tasks/${id}`;
  const remove = () => service.app.request(path, { method: "DELETE" });
  const early = await remove();
  assert.equal(early.headers.get("retry-after"), "1");
  await expectProblem(early, 409, "not-final");
  await service.complete(id);
  const response = await remove();
  assert.deepEqual([response.status, await response.text()], [204, ""]);
  assert.deepEqual(service.files(), []);
  await expectProblem(await remove(), 410, "deleted");
  const task = await get(service, path);
  assert.notEqual(task.deleted_at, null);
  assert.equal(task.artifacts.length, 4);
});

Deno.test("the events of a task come in order, in pages", async () => {
  await using service = await openService();
  const id = await service.accept();
  await service.accept();
  await service.complete(id);
  const all = await get(service, `/v1/tasks/${id}/events`);
  assert.equal(all.next_after, null);
  assert.deepEqual(
    all.events.map((event: { type: string; seq: number }) => [event.seq, event.type]),
    [[1, "task.received"], [3, "task.started"], [4, "task.completed"]],
  );
  assert.deepEqual(
    Object.keys(all.events[0]).sort(),
    ["seq", "task_id", "type", "at", "attempt", "data", "prev_hash", "hash"].sort(),
  );
  const first = await get(service, `/v1/tasks/${id}/events?limit=2`);
  assert.deepEqual([first.events.length, first.next_after], [2, 3]);
  const rest = await get(service, `/v1/tasks/${id}/events?limit=2&after=3`);
  assert.deepEqual([rest.events, rest.next_after], [all.events.slice(2), null]);
  for (const query of ["after=-1", "after=x", "limit=0", "before=3"]) {
    const response = await service.app.request(`/v1/tasks/${id}/events?${query}`);
    await expectProblem(response, 400, "bad-option");
  }
});
