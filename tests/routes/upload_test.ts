import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { OperatingError } from "../../src/domain/errors.ts";
import { UPLOADS_MAX } from "../../src/domain/limits.ts";
import { OPTION_DEFAULTS } from "../../src/domain/options.ts";
import { expectProblem } from "../support/expect_problem.ts";
import { inPieces } from "../support/multipart.ts";
import { openService, SALES_CSV, type TestService } from "../support/service.ts";

function post(service: TestService, query: string, init: RequestInit): Promise<Response> {
  return Promise.resolve(service.app.request(`/v1/tasks${query}`, { method: "POST", ...init }));
}

/** Nothing of a refused upload may stay: no file, no task, no ring. */
async function assertNoTrace(service: TestService): Promise<void> {
  assert.deepEqual(service.files(), []);
  assert.deepEqual(await service.parts.queries.tasks({ limit: 10, before: null }), []);
  assert.deepEqual(service.rings, []);
}

Deno.test("an upload is answered with 202, Location and the queued task", async () => {
  await using service = await openService();
  const response = await post(service, "", { body: SALES_CSV });
  assert.equal(response.status, 202);
  const task = await response.json();
  assert.equal(response.headers.get("location"), `/v1/tasks/${task.id}`);
  assert.deepEqual(task, {
    id: task.id,
    state: "queued",
    outcome: null,
    done: false,
    filename: "upload.csv",
    attempt: 0,
    created_at: task.created_at,
    started_at: null,
    finished_at: null,
    deleted_at: null,
    input: {
      bytes: SALES_CSV.length,
      sha256: createHash("sha256").update(SALES_CSV).digest("hex"),
      dialect: { encoding: "utf-8", delimiter: ",", header_line: 1 },
    },
    options: OPTION_DEFAULTS,
    parent: null,
    progress: {
      stage: "aggregate",
      bytes_read: 0,
      bytes_total: SALES_CSV.length,
      rows_read: 0,
      rows_rejected: 0,
      percent: 0,
    },
    counts: null,
    statistics: null,
    warnings: [],
    artifacts: [],
    error: null,
  });
  assert.match(task.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(service.files(), [`inputs/${task.id}.csv`]);
  assert.deepEqual(service.rings, [task.id]);
});

const TYPES = [
  undefined,
  "text/csv",
  "text/plain; charset=latin1",
  "application/octet-stream",
  "application/x-www-form-urlencoded",
  "application/vnd.ms-excel",
];
for (const type of TYPES) {
  Deno.test(`a raw body of type ${type} is taken for what its bytes are`, async () => {
    await using service = await openService();
    const headers: HeadersInit = type === undefined ? {} : { "content-type": type };
    const body = inPieces(new TextEncoder().encode(SALES_CSV), [SALES_CSV.length]);
    const response = await post(service, "", { body, headers });
    assert.equal(response.status, 202, await response.text());
  });
}

for (const type of ["application/json", "text/json", "application/geo+json; charset=utf-8"]) {
  Deno.test(`a body of type ${type} is refused with 415`, async () => {
    await using service = await openService();
    const response = await post(service, "", { body: "{}", headers: { "content-type": type } });
    const problem = await expectProblem(response, 415, "unsupported-media-type");
    assert.match(problem.detail, /text\/csv/);
    await assertNoTrace(service);
  });
}

Deno.test("other kinds of multipart are refused with 415", async () => {
  await using service = await openService();
  const headers = { "content-type": "multipart/mixed; boundary=x" };
  const response = await post(service, "", { body: SALES_CSV, headers });
  await expectProblem(response, 415, "unsupported-media-type");
  await assertNoTrace(service);
});

Deno.test("a file that comes byte by byte is the same file", async () => {
  await using service = await openService();
  const body = inPieces(new TextEncoder().encode(SALES_CSV), [1]);
  const task = await (await post(service, "", { body })).json();
  assert.equal(task.input.sha256, createHash("sha256").update(SALES_CSV).digest("hex"));
});

Deno.test("an empty body is refused with 422 empty-file", async () => {
  await using service = await openService();
  for (const body of [undefined, "", inPieces(new Uint8Array(), [1])]) {
    await expectProblem(await post(service, "", { body }), 422, "empty-file");
  }
  await assertNoTrace(service);
});

Deno.test("a header without its columns is refused with 422 and one error per column", async () => {
  await using service = await openService();
  const response = await post(service, "", { body: "region,product,revenu,quantity\n" });
  const problem = await expectProblem(response, 422, "missing-column");
  assert.equal(problem.instance, "/v1/tasks");
  assert.ok(problem.errors?.every((fault) => fault.code === "missing-column"));
  assert.match(problem.errors![0].detail, /revenue/);
  await assertNoTrace(service);
});

Deno.test("what is plainly no CSV is refused with 415", async () => {
  await using service = await openService();
  const zip = new Uint8Array([0x50, 0x4b, 3, 4, ...new Array(1000).fill(7)]);
  await expectProblem(await post(service, "", { body: zip }), 415, "not-csv");
  await assertNoTrace(service);
});

Deno.test("a file past the limit is refused with 413, declared or not", async () => {
  await using service = await openService({ settings: { uploadBytesMax: 500 } });
  const large = SALES_CSV + "East,A,1,1,0\n".repeat(100);
  const bodies: [BodyInit, HeadersInit][] = [
    [large, { "content-length": String(large.length) }],
    [inPieces(new TextEncoder().encode(large), [100]), {}],
  ];
  for (const [body, headers] of bodies) {
    const problem = await expectProblem(
      await post(service, "", { body, headers }),
      413,
      "too-large",
    );
    assert.match(problem.detail, /500 bytes/);
  }
  await assertNoTrace(service);
});

Deno.test("a body that breaks off is refused with 400", async () => {
  await using service = await openService();
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode(SALES_CSV)),
    pull: (controller) => controller.error(new Error("reset")),
  });
  await expectProblem(await post(service, "", { body }), 400, "broken-body");
  await assertNoTrace(service);
});

Deno.test("a full disk is answered with 507, and told without a path", async () => {
  await using service = await openService();
  const store = Object.create(service.parts.store);
  store.receive = () => Promise.reject(new OperatingError("disk-full", "/tmp/x is full"));
  await using full = await openService({ store });
  await expectProblem(await post(full, "", { body: SALES_CSV }), 507, "disk-full");
});

Deno.test("what nobody expected is answered with 500 and told to the log alone", async () => {
  await using service = await openService();
  const store = Object.create(service.parts.store);
  store.receive = () => Promise.reject(new TypeError("/tmp/secret"));
  await using broken = await openService({ store });
  const response = await post(broken, "", { body: SALES_CSV });
  const problem = await expectProblem(response, 500, "internal-error");
  assert.doesNotMatch(JSON.stringify(problem), /secret/);
  assert.ok(broken.log.some((line) => line.includes("request.failed")));
});

Deno.test("while the intake drains, uploads are refused with 503, and reading goes on", async () => {
  await using service = await openService();
  const id = await service.accept();
  await service.parts.intake.drain(0);
  const response = await post(service, "", { body: SALES_CSV });
  assert.equal(response.headers.get("retry-after"), "5");
  await expectProblem(response, 503, "draining");
  assert.equal((await service.app.request(`/v1/tasks/${id}`)).status, 200);
});

Deno.test("an upload beyond those that may be under way is asked to come back", async () => {
  await using service = await openService();
  const leaves = Array.from({ length: UPLOADS_MAX }, () => service.parts.intake.enter());
  const response = await post(service, "", { body: SALES_CSV });
  assert.equal(response.headers.get("retry-after"), "1");
  await expectProblem(response, 503, "too-many-uploads");
  leaves[0]?.();
  const accepted = await post(service, "", { body: SALES_CSV });
  assert.equal(accepted.status, 202);
  await accepted.body?.cancel();
});

Deno.test("an upload under way holds the intake open until it is answered", async () => {
  await using service = await openService();
  let send: (text: string | null) => void = () => {};
  const body = new ReadableStream({
    start(controller) {
      send = (text) =>
        text === null ? controller.close() : controller.enqueue(new TextEncoder().encode(text));
    },
  });
  const answer = post(service, "", { body });
  send(SALES_CSV);
  const drained = service.parts.intake.drain(10_000);
  assert.equal(service.parts.intake.underWay, 1);
  send(null);
  assert.equal((await answer).status, 202);
  assert.equal(await drained, 0);
});

Deno.test("a refused upload leaves the intake", async () => {
  await using service = await openService();
  await (await post(service, "?k=x", { body: SALES_CSV })).body?.cancel();
  await (await post(service, "", { body: "a,b\n" })).body?.cancel();
  assert.equal(service.parts.intake.underWay, 0);
});
