import assert from "node:assert/strict";
import { expectProblem } from "../support/expect_problem.ts";
import { FORM_TYPE, formBytes } from "../support/multipart.ts";
import { openService, resultWith, SALES_CSV, type TestService } from "../support/service.ts";
import { SAMPLE_MARKS } from "../support/task_samples.ts";

/** A task that rejected three of ten rows. */
async function partial(service: TestService, query = "", csv = SALES_CSV): Promise<string> {
  const id = await service.accept(csv, query);
  const claim = await service.parts.ledger.claim("test-consumer", id);
  const result = resultWith([]);
  Object.assign(result.counts, { rows_total: 10, rows_accepted: 7, rows_rejected: 3 });
  await service.parts.ledger.complete(claim!, result);
  return id;
}

/** The task, as the API tells it, of an upload with this query. */
async function accepted(service: TestService, query: string) {
  const response = await service.app.request(`/v1/tasks?${query}`, {
    method: "POST",
    body: SALES_CSV,
  });
  assert.equal(response.status, 202, await response.clone().text());
  return await response.json();
}

Deno.test("a task names the parent whose rows it brings again, and its parent leads to it", async () => {
  await using service = await openService();
  const id = await partial(service);
  const child = await accepted(service, `parent=${id}`);
  assert.equal(child.parent, id);
  const other = await accepted(service, "");
  assert.equal(other.parent, null);
  const response = await service.app.request(`/v1/tasks?parent=${id}`);
  const { tasks } = await response.json();
  assert.deepEqual(tasks.map((task: { id: string }) => task.id), [child.id]);
  const { task } = (await service.parts.queries.task(child.id))!;
  assert.deepEqual(task.parent, {
    task_id: id,
    rows_total: 10,
    rows_accepted: 7,
    rows_rejected: 3,
  });
});

Deno.test("a form may name the parent before the file or behind it", async () => {
  await using service = await openService();
  const id = await partial(service);
  const field = { name: "parent", content: id };
  const file = { name: "file", filename: "rejects.csv", content: SALES_CSV };
  for (const fields of [[field, file], [file, field]]) {
    const response = await service.app.request("/v1/tasks", {
      method: "POST",
      headers: { "content-type": FORM_TYPE },
      body: formBytes(fields),
    });
    assert.equal((await response.json()).parent, id);
  }
});

Deno.test("a parent that has no rows to send again is refused, with the reason", async () => {
  await using service = await openService();
  const queued = await service.accept();
  const clean = await service.accept();
  await service.complete(clean);
  const unknown = service.parts.system.newId();
  const refusals: [string, RegExp][] = [
    [queued, /is queued\. Send its corrected rows when it is done\./],
    [clean, /has no rejected rows\. Leave parent out/],
    [unknown, /isn't known\. Check its ID/],
    ["../../x", /must be the ID of a task/],
  ];
  const files = service.files();
  for (const [id, why] of refusals) {
    for (const path of ["/v1/tasks", "/v1/inspect"]) {
      const response = await service.app.request(`${path}?parent=${id}`, {
        method: "POST",
        body: SALES_CSV,
      });
      const problem = await expectProblem(response, 400, "bad-option");
      assert.match(String(problem.detail), why);
    }
  }
  assert.deepEqual(service.files(), files);
});

Deno.test("a failed task can be a parent, and one whose files were deleted", async () => {
  await using service = await openService();
  const failed = await service.accept();
  const claim = (await service.parts.ledger.claim("test-consumer", failed))!;
  const result = resultWith([]);
  Object.assign(result.counts, { rows_accepted: 0, rows_rejected: 2 });
  const error = { code: "no-valid-rows" as const, message: "No row could be used." };
  await service.parts.ledger.fail(claim, error, result);
  const deleted = await partial(service);
  await service.app.request(`/v1/tasks/${deleted}`, { method: "DELETE" });
  for (const id of [failed, deleted]) {
    assert.equal((await accepted(service, `parent=${id}`)).parent, id);
  }
});

Deno.test("how a parent's cells are read holds for its rejected rows, unless the upload says otherwise", async () => {
  await using service = await openService();
  const parent = await partial(
    service,
    "?k=3&keep_totals=true&discount=optional&columns[revenue]=quantity&columns[quantity]=revenue",
  );
  const columns = { revenue: "quantity", quantity: "revenue" };
  const { options } = await accepted(service, `parent=${parent}`);
  assert.deepEqual(
    [options.k, options.keep_totals, options.discount, options.columns],
    [2, true, "optional", columns],
  );
  const said = await accepted(
    service,
    `parent=${parent}&keep_totals=false&columns[product]=product&discount=required`,
  );
  assert.equal(said.options.keep_totals, false);
  assert.equal(said.options.discount, "required");
  assert.deepEqual(said.options.columns, { product: "product" });

  const { ledger } = service.parts;
  const marked = await service.accept();
  const counts = { ...resultWith([]).counts, rows_accepted: 1, rows_rejected: 1 };
  const claim = (await ledger.claim("test-consumer", marked))!;
  await ledger.complete(claim, { ...resultWith([]), counts, decimal_mark: SAMPLE_MARKS });
  await service.app.request(`/v1/tasks/${marked}`, { method: "DELETE" });
  const { options: { decimal_mark } } = await accepted(service, `parent=${marked}`);
  assert.deepEqual(decimal_mark, { revenue: ",", quantity: "." });

  const names = ["region", "product", "revenue", "quantity", "discount"];
  const query = names.map((name, i) => `columns[${name}]=${i + 1}`).join("&");
  const headless = await partial(service, `?header=none&${query}`, "East,A,1200,2,0.05\n");
  const again = await accepted(service, `parent=${headless}`);
  assert.equal(again.options.header, "present");
  assert.deepEqual(again.options.columns, {});
});
