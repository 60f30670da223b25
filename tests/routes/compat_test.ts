import assert from "node:assert/strict";
import { expectProblem } from "../support/expect_problem.ts";
import { FORM_TYPE, formBytes } from "../support/multipart.ts";
import { ARTIFACT_TEXTS, openService, SALES_CSV, type TestService } from "../support/service.ts";

async function status(service: TestService, id: string): Promise<unknown> {
  const response = await service.app.request(`/status/${id}`);
  assert.equal(response.status, 200);
  return await response.json();
}

for (const path of ["/upload/", "/upload"]) {
  Deno.test(`POST ${path} accepts a form under any file name, with the reference's answer`, async () => {
    await using service = await openService();
    const body = formBytes([{ name: "file", filename: "any name.csv", content: SALES_CSV }]);
    const headers = { "content-type": FORM_TYPE };
    const response = await service.app.request(path, { method: "POST", body, headers });
    const answer = await response.json();
    assert.equal(response.status, 200, JSON.stringify(answer));
    assert.deepEqual(Object.keys(answer), ["message", "task_id"]);
    const { task } = (await service.parts.queries.task(answer.task_id))!;
    assert.deepEqual([task.state, task.filename], ["queued", "any name.csv"]);
  });
}

Deno.test("a refused upload gets the problem document of /v1", async () => {
  await using service = await openService();
  const post = (body: BodyInit, type: string) =>
    service.app.request("/upload/", { method: "POST", body, headers: { "content-type": type } });
  const wrong = formBytes([{ name: "file", filename: "x.csv", content: "a,b\n1,2\n" }]);
  const problem = await expectProblem(await post(wrong, FORM_TYPE), 422, "missing-column");
  assert.equal(problem.instance, "/upload/");
  await expectProblem(await post(SALES_CSV, "text/csv"), 415, "unsupported-media-type");
  assert.deepEqual(service.files(), []);
});

Deno.test("queued is PENDING, running STARTED, retrying RETRY, without a result", async () => {
  await using service = await openService();
  const { ledger } = service.parts;
  const id = await service.accept();
  assert.deepEqual(await status(service, id), { task_id: id, status: "PENDING", result: null });
  const claim = (await ledger.claim("test-consumer", id))!;
  assert.deepEqual(await status(service, id), { task_id: id, status: "STARTED", result: null });
  const error = { code: "internal-error", message: "Again." } as const;
  await ledger.scheduleRetry(claim, error, { waitMs: 60_000, crash: false });
  assert.deepEqual(await status(service, id), { task_id: id, status: "RETRY", result: null });
});

Deno.test("completed is SUCCESS with links and statistics, deleted without links", async () => {
  await using service = await openService();
  const id = await service.accept();
  await service.complete(id);
  const result = {
    task_id: id,
    status: "success",
    region_summary: `/download/summary/${id}`,
    anomalies: `/download/anomalies/${id}`,
    threshold: 600,
    mean_rev_per_unit: 600,
    std_rev_per_unit: 0,
    total_anomalies: 0,
  };
  assert.deepEqual(await status(service, id), { task_id: id, status: "SUCCESS", result });
  for (const kind of ["summary", "anomalies"] as const) {
    const response = await service.app.request(`/download/${kind}/${id}`);
    assert.equal(response.headers.get("content-type"), "text/csv; charset=utf-8");
    assert.equal(await response.text(), ARTIFACT_TEXTS[kind]);
  }
  await service.app.request(`/v1/tasks/${id}`, { method: "DELETE" });
  assert.deepEqual(await status(service, id), {
    task_id: id,
    status: "SUCCESS",
    result: { ...result, region_summary: null, anomalies: null },
  });
  await expectProblem(await service.app.request(`/download/summary/${id}`), 404, "no-artifact");
});

Deno.test("failed is FAILURE with the error's sentence", async () => {
  await using service = await openService();
  const id = await service.accept();
  await service.fail(id, { code: "no-valid-rows", message: "No row could be used." });
  assert.deepEqual(await status(service, id), {
    task_id: id,
    status: "FAILURE",
    result: { task_id: id, status: "failed", error: "No row could be used." },
  });
});

Deno.test("cancelled is REVOKED without a result", async () => {
  await using service = await openService();
  const id = await service.accept();
  const view = (await service.parts.queries.task(id))!;
  const queries = Object.create(service.parts.queries);
  queries.task = () => Promise.resolve({ ...view, task: { ...view.task, state: "cancelled" } });
  await using cancelled = await openService({ queries });
  assert.deepEqual(await status(cancelled, id), { task_id: id, status: "REVOKED", result: null });
});

Deno.test("an unknown ID is 404, and so is a file that isn't there yet or never will be", async () => {
  await using service = await openService();
  const unknown = service.parts.system.newId();
  for (const path of [`/status/${unknown}`, `/download/summary/${unknown}`, "/status/x"]) {
    await expectProblem(await service.app.request(path), 404, "unknown-task");
  }
  const id = await service.accept();
  await expectProblem(await service.app.request(`/download/summary/${id}`), 404, "no-artifact");
  await service.fail(id);
  await expectProblem(await service.app.request(`/download/anomalies/${id}`), 404, "no-artifact");
  await expectProblem(await service.app.request(`/download/rejects/${id}`), 404, "unknown-route");
});
