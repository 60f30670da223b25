/** Refusals over real sockets: what a client sees that sends everything before it reads, or goes away. */
import assert from "node:assert/strict";
import { until } from "../support/deadline.ts";
import { FORM_TYPE, formBytes } from "../support/multipart.ts";
import { RawClient, serve } from "../support/raw_client.ts";
import { openService, SALES_CSV, type TestService } from "../support/service.ts";

const UPLOAD_BYTES_MAX = 20_000_000;

/** Several MiB: more than all buffers between a client and the service hold. */
const ROWS = new TextEncoder().encode("East,A,1200,2,0.05\n".repeat(500_000));

function withHead(head: string, rest = ROWS): Uint8Array {
  const bytes = new Uint8Array(head.length + rest.length);
  new TextEncoder().encodeInto(head, bytes);
  bytes.set(rest, head.length);
  return bytes;
}

interface Refusal {
  name: string;
  status: number;
  line?: string;
  headers?: Record<string, string>;
  body: Uint8Array;
  prepare?: (service: TestService) => unknown;
}

const REFUSALS: readonly Refusal[] = [
  { name: "a header without its columns", status: 422, body: withHead("a,b,c,d,e\n") },
  { name: "a zip file", status: 415, body: withHead("PK\x03\x04") },
  {
    name: "a file past the limit",
    status: 413,
    body: withHead(SALES_CSV, new Uint8Array(3 * ROWS.length).fill(10)),
  },
  {
    name: "JSON",
    status: 415,
    headers: { "content-type": "application/json" },
    body: ROWS,
  },
  { name: "a bad option", status: 400, line: "POST /v1/tasks?k=x", body: withHead(SALES_CSV) },
  {
    name: "a form with an unknown field",
    status: 400,
    headers: { "content-type": FORM_TYPE },
    body: formBytes([
      { name: "colour", content: "red" },
      { name: "file", filename: "x.csv", content: withHead(SALES_CSV) },
    ]),
  },
  {
    name: "a form with two files",
    status: 400,
    headers: { "content-type": FORM_TYPE },
    body: formBytes([
      { name: "file", filename: "x.csv", content: SALES_CSV },
      { name: "file", filename: "y.csv", content: withHead(SALES_CSV) },
    ]),
  },
  { name: "a foreign host", status: 421, headers: { host: "evil.example.com" }, body: ROWS },
  { name: "a foreign origin", status: 403, headers: { origin: "http://evil.com" }, body: ROWS },
  { name: "an unknown route", status: 404, line: "POST /v2/tasks", body: ROWS },
  { name: "a wrong method", status: 405, line: "PUT /v1/tasks", body: ROWS },
  {
    name: "a draining service",
    status: 503,
    body: withHead(SALES_CSV),
    prepare: (service) => service.parts.intake.drain(0),
  },
];

for (const { name, status, line = "POST /v1/tasks", headers, body, prepare } of REFUSALS) {
  for (const isChunked of [false, true]) {
    const how = isChunked ? "chunked" : "with its length";
    Deno.test(`${name}, sent whole (${how}) before reading: ${status}, and no trace`, async () => {
      await using service = await openService({ settings: { uploadBytesMax: UPLOAD_BYTES_MAX } });
      await prepare?.(service);
      await using served = serve(service.app);
      using client = await RawClient.connect(served.port);
      if (isChunked) {
        await client.sendHead(line, { ...headers, "transfer-encoding": "chunked" });
        for (let at = 0; at < body.length; at += 1_000_000) {
          await client.sendChunk(body.subarray(at, at + 1_000_000));
        }
        await client.sendChunk(new Uint8Array());
      } else {
        await client.sendHead(line, { ...headers, "content-length": String(body.length) });
        await client.send(body);
      }
      const response = await client.receive();
      assert.equal(response.status, status, response.body);
      assert.equal(response.headers.get("content-type"), "application/problem+json");
      assert.deepEqual(service.files(), []);
      assert.equal(service.parts.intake.underWay, 0);

      await client.sendHead("GET /healthz", {});
      assert.equal((await client.receive()).status, 200, "the connection goes on");
    });
  }
}

Deno.test("a client that goes away in mid-body leaves no trace", async () => {
  await using service = await openService({ settings: { uploadBytesMax: UPLOAD_BYTES_MAX } });
  await using served = serve(service.app);
  const form = formBytes([{ name: "file", filename: "x.csv", content: withHead(SALES_CSV) }]);
  const bodies: [Uint8Array, Record<string, string>][] = [
    [withHead(SALES_CSV), { "content-length": "10000000" }],
    [withHead(SALES_CSV).subarray(0, 40), { "content-length": "10000000" }],
    [form.subarray(0, 3_000_000), { "content-length": "9000000", "content-type": FORM_TYPE }],
    [form.subarray(0, 200), { "content-length": "9000000", "content-type": FORM_TYPE }],
  ];
  for (const [body, headers] of bodies) {
    for (const isPolite of [true, false]) {
      const client = await RawClient.connect(served.port);
      await client.sendHead("POST /v1/tasks", headers);
      await client.send(body.subarray(0, 9_000_000 - 1));
      await until("the upload to begin", () => service.parts.intake.underWay === 1);
      if (isPolite) await client.endSending();
      client[Symbol.dispose]();
      await until("the upload to end", () => service.parts.intake.underWay === 0);
      assert.deepEqual(service.files(), []);
    }
  }
  assert.deepEqual(await service.parts.queries.tasks({ limit: 1, before: null }), []);
  assert.deepEqual(service.log.filter((line) => line.includes('"error"')), []);
});

Deno.test("a body that stalls is given up with 408, and leaves no trace", async () => {
  await using service = await openService({ settings: { bodyRateWindowMs: 50 } });
  await using served = serve(service.app);
  const form = formBytes([{ name: "file", filename: "x.csv", content: SALES_CSV }]);
  const bodies: [Uint8Array, Record<string, string>][] = [
    [new TextEncoder().encode(SALES_CSV), { "content-length": "900000" }],
    [form.subarray(0, -9), { "content-length": String(form.length), "content-type": FORM_TYPE }],
  ];
  for (const [body, headers] of bodies) {
    using client = await RawClient.connect(served.port);
    await client.sendHead("POST /v1/tasks", headers);
    await client.send(body);
    const response = await client.receive();
    assert.equal(response.status, 408, response.body);
    assert.deepEqual(service.files(), []);
  }
});

Deno.test("a slow disk is no slow client", async () => {
  let resume = () => {};
  const stalled = new Promise<void>((resolve) => resume = resolve);
  await using service = await openService();
  const store = Object.create(service.parts.store);
  store.receive = async () => {
    const file = await service.parts.store.receive();
    return Object.assign(Object.create(file), {
      write: (bytes: Uint8Array) => stalled.then(() => file.write(bytes)),
      keep: (id: string) => file.keep(id),
      discard: () => file.discard(),
    });
  };
  await using slow = await openService({ store, settings: { bodyRateWindowMs: 30 } });
  await using served = serve(slow.app);
  const answer = fetch(`http://127.0.0.1:${served.port}/v1/tasks`, {
    method: "POST",
    body: SALES_CSV,
  });
  setTimeout(resume, 100);
  const response = await answer;
  assert.equal(response.status, 202, await response.text());
});

Deno.test("HEAD of an artifact tells its length over the wire", async () => {
  await using service = await openService();
  const id = await service.accept();
  const { artifacts } = await service.complete(id);
  await using served = serve(service.app);
  const url = `http://127.0.0.1:${served.port}/v1/tasks/${id}/artifacts/summary`;
  const response = await fetch(url, { method: "HEAD" });
  assert.equal(response.headers.get("content-length"), String(artifacts[0].bytes));
  assert.equal(await response.text(), "");
});
