import assert from "node:assert/strict";
import { INSPECT_BYTES_MAX, INSPECTIONS_MAX } from "../../src/domain/limits.ts";
import { compressed } from "../support/compressed.ts";
import { expectProblem } from "../support/expect_problem.ts";
import { FORM_TYPE, formBytes } from "../support/multipart.ts";
import { RawClient, serve } from "../support/raw_client.ts";
import { openService, SALES_CSV, type TestService } from "../support/service.ts";

/** Several times the head, so that it is clear what isn't read. */
const ROWS = "West,B,2400,4,0.10\n".repeat(100_000);
const LARGE = { settings: { uploadBytesMax: 100_000_000 } };

interface Request {
  query?: string;
  headers?: Record<string, string>;
  body: BodyInit;
}

function post(
  service: TestService,
  { query = "", headers = {}, body }: Request,
  path = "/v1/inspect",
): Promise<Response> {
  return Promise.resolve(service.app.request(path + query, { method: "POST", headers, body }));
}

// deno-lint-ignore no-explicit-any -- JSON off the wire, judged by the assertions
async function look(service: TestService, request: Request): Promise<any> {
  const response = await post(service, request);
  assert.equal(response.status, 200, await response.clone().text());
  assert.equal(response.headers.get("cache-control"), "no-store");
  return await response.json();
}

/** Nothing of what was inspected is left. */
async function assertNoTrace(service: TestService): Promise<void> {
  assert.deepEqual(service.files(), []);
  assert.deepEqual(await service.parts.queries.tasks({ limit: 1, before: null }), []);
  assert.deepEqual(service.rings, []);
  assert.equal(service.parts.intake.underWay, 0);
}

const form = (...parts: Parameters<typeof formBytes>[0]): Request => ({
  headers: { "content-type": FORM_TYPE },
  body: formBytes(parts),
});
const file = (content: string | Uint8Array) => ({ name: "file", filename: "q3.csv", content });

Deno.test("a file is looked at, raw or in a form, compressed or not, and nothing of it is kept", async () => {
  await using service = await openService();
  const gzip = compressed("gzip", SALES_CSV);
  const requests: [Request, string | null][] = [
    [{ body: SALES_CSV, query: "?filename=q3.csv" }, null],
    [{ body: gzip, query: "?filename=q3.csv", headers: { "content-encoding": "gzip" } }, "gzip"],
    [{ body: compressed("zstd", SALES_CSV), query: "?filename=q3.csv" }, "zstd"],
    [form(file(SALES_CSV)), null],
    [form(file(gzip)), "gzip"],
  ];
  for (const [request, compression] of requests) {
    const found = await look(service, request);
    assert.deepEqual(Object.keys(found), [
      "filename",
      "bytes_read",
      "compression",
      "rows_read",
      "complete",
      "dialect",
      "mapping",
      "columns",
      "rows",
      "counts",
      "skipped",
      "changes",
      "warnings",
      "error",
    ]);
    assert.equal(found.filename, "q3.csv");
    assert.equal(found.bytes_read, SALES_CSV.length);
    assert.equal(found.compression, compression);
    assert.deepEqual([found.rows_read, found.complete, found.error], [2, true, null]);
    assert.deepEqual(found.mapping.revenue, { label: "revenue", position: 3, by: "name" });
    assert.deepEqual(found.rows[0].cells, ["East", "A", "1200", "2", "0.05"]);
  }
  await assertNoTrace(service);
});

Deno.test("options hold as they do of an upload, before the file and behind it", async () => {
  await using service = await openService(LARGE);
  const field = { name: "columns[revenue]", content: "Net" };
  const text = SALES_CSV.replace("revenue", "Net");
  const large = file(text + ROWS);
  const gzip = file(compressed("gzip", text + ROWS));
  const query = "?columns[revenue]=Net";
  for (
    const request of [
      { body: text, query },
      form(field, large),
      form(large, field),
      form(gzip, field),
    ]
  ) {
    const { mapping } = await look(service, request);
    assert.deepEqual(mapping.revenue, { label: "Net", position: 3, by: "option" });
  }
  await assertNoTrace(service);
});

Deno.test("of a large file the head is read, and the answer says so", async () => {
  await using service = await openService(LARGE);
  const text = SALES_CSV + ROWS;
  for (const body of [text, compressed("gzip", text), compressed("zstd", text)]) {
    const found = await look(service, { body });
    assert.equal(found.bytes_read, INSPECT_BYTES_MAX);
    assert.equal(found.complete, false);
    assert.ok(found.rows_read < 60_000 && found.rows_read > 50_000);
    assert.equal(found.rows.length, 20);
  }
  const exact = text.slice(0, INSPECT_BYTES_MAX);
  assert.equal((await look(service, { body: exact })).complete, true);
  await assertNoTrace(service);
});

Deno.test("what an upload refuses is refused with the same problem", async () => {
  await using service = await openService();
  const requests: Request[] = [
    { body: "" },
    { body: "a,b,c\n1,2,3\n" },
    { body: SALES_CSV.replace("revenue", "revenu") },
    { body: `Sales,Total,${SALES_CSV.replace("revenue", "x")}` },
    { body: "PK\x03\x04" + SALES_CSV },
    { body: "region;product|revenue\n1;2|3\n" },
    { body: `<!DOCTYPE html>\n<table>` },
    { body: SALES_CSV, query: "?k=0&colour=red" },
    { body: "{}", headers: { "content-type": "application/json" } },
    { body: SALES_CSV, headers: { "content-encoding": "gzip" } },
    { body: compressed("gzip", SALES_CSV).slice(0, 40) },
    { body: "x".repeat(1_000_001), headers: { "content-length": "1000001" } },
    form({ name: "note", content: "x" }),
    form(file(SALES_CSV), file(SALES_CSV)),
  ];
  for (const request of requests) {
    const refused = await post(service, request, "/v1/tasks");
    const found = await post(service, request);
    assert.ok(refused.status >= 400, String(refused.status));
    assert.equal(found.status, refused.status);
    assert.deepEqual({ ...await found.json(), instance: "" }, {
      ...await refused.json(),
      instance: "",
    });
  }
  await assertNoTrace(service);
});

Deno.test("blank lines as far as is looked are no empty file", async () => {
  await using service = await openService(LARGE);
  const response = await post(service, { body: "\n".repeat(INSPECT_BYTES_MAX) + SALES_CSV });
  const { detail } = await expectProblem(response, 422, "bad-header");
  assert.match(detail, /nothing but blank lines/);
  await expectProblem(await post(service, { body: "\n\n" }), 422, "empty-file");
});

Deno.test("a client that sends everything before it reads gets its answer, and the connection goes on", async () => {
  await using service = await openService(LARGE);
  await using served = serve(service.app);
  const body = new TextEncoder().encode(SALES_CSV + ROWS);
  const bodies: [Uint8Array, Record<string, string>][] = [
    [body, {}],
    [formBytes([file(body)]), { "content-type": FORM_TYPE }],
  ];
  for (const [bytes, headers] of bodies) {
    using client = await RawClient.connect(served.port);
    const length = { "content-length": String(bytes.length) };
    await client.sendHead("POST /v1/inspect", { ...headers, ...length });
    await client.send(bytes);
    const response = await client.receive();
    assert.equal(response.status, 200, response.body);
    assert.equal(JSON.parse(response.body).bytes_read, INSPECT_BYTES_MAX);
    await client.sendHead("GET /healthz", {});
    assert.equal((await client.receive()).status, 200);
  }
  await assertNoTrace(service);
});

Deno.test("others have their turn while heads are read, and too many at once are asked to come back", async () => {
  let turns = 0;
  let isReading = true;
  const count = () => {
    turns++;
    if (isReading) setTimeout(count);
  };
  await using service = await openService(LARGE);
  // A clock in which each record takes a turn of its own.
  let now = 0;
  service.parts.system = { ...service.parts.system, monotonicMs: () => now += 1_000 };
  await using slow = await openService({ ...LARGE, system: service.parts.system });
  count();
  const body = SALES_CSV + ROWS.slice(0, 19 * 200);
  const answers = await Promise.all(
    Array.from({ length: INSPECTIONS_MAX + 1 }, () => post(slow, { body })),
  );
  isReading = false;
  const statuses = answers.map(({ status }) => status).toSorted();
  assert.deepEqual(statuses, [...Array(INSPECTIONS_MAX).fill(200), 503]);
  const refused = answers.find(({ status }) => status === 503)!;
  assert.equal(refused.headers.get("retry-after"), "1");
  await expectProblem(refused, 503, "too-many-inspections");
  assert.ok(turns > 150, `only ${turns} turns for others`);
  assert.equal((await look(slow, { body })).rows_read, 202);
});

Deno.test("a service that shuts down inspects nothing new", async () => {
  await using service = await openService();
  await service.parts.intake.drain(0);
  await expectProblem(await post(service, { body: SALES_CSV }), 503, "draining");
});
