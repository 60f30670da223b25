/** Uploads that come compressed, through the front door. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { compressed, concat, zstdBomb } from "../support/compressed.ts";
import { expectProblem } from "../support/expect_problem.ts";
import { FORM_TYPE, formBytes, inPieces } from "../support/multipart.ts";
import { RawClient, serve } from "../support/raw_client.ts";
import { openService, SALES_CSV, type TestService } from "../support/service.ts";

const encoder = new TextEncoder();
const GZIP = compressed("gzip", SALES_CSV.slice(0, 60), SALES_CSV.slice(60));
const ZSTD = compressed("zstd", SALES_CSV.slice(0, 60), SALES_CSV.slice(60));

function post(
  service: TestService,
  body: BodyInit,
  headers: HeadersInit = {},
  query = "",
): Promise<Response> {
  return Promise.resolve(
    service.app.request(`/v1/tasks${query}`, { method: "POST", body, headers }),
  );
}

async function assertNoTrace(service: TestService): Promise<void> {
  assert.deepEqual(service.files(), []);
  assert.deepEqual(await service.parts.queries.tasks({ limit: 10, before: null }), []);
  assert.equal(service.parts.intake.underWay, 0);
}

const ACCEPTED: [how: string, format: string, body: Uint8Array<ArrayBuffer>, HeadersInit][] = [
  ["gzip that nothing announces", "gzip", GZIP, {}],
  ["Zstandard that nothing announces", "zstd", ZSTD, { "content-type": "text/csv" }],
  ["Content-Encoding: gzip", "gzip", GZIP, { "content-encoding": "gzip" }],
  ["Content-Encoding: x-gzip", "gzip", GZIP, { "content-encoding": "X-GZIP" }],
  ["Content-Encoding: zstd", "zstd", ZSTD, { "content-encoding": "identity, zstd" }],
  ["Content-Encoding: identity, though compressed", "gzip", GZIP, {
    "content-encoding": "identity",
  }],
  [
    "a compressed file in a form",
    "zstd",
    formBytes([{ name: "file", filename: "q3.csv.zst", content: ZSTD }]),
    { "content-type": FORM_TYPE },
  ],
];
for (const [how, format, body, headers] of ACCEPTED) {
  Deno.test(`${how}: the stored input is the file, the task says what it was`, async () => {
    await using service = await openService();
    for (const pieceBytes of [1, body.length]) {
      const response = await post(service, inPieces(body, [pieceBytes]), headers);
      assert.equal(response.status, 202);
      const task = await response.json();
      assert.deepEqual(task.input, {
        bytes: SALES_CSV.length,
        sha256: createHash("sha256").update(SALES_CSV).digest("hex"),
        dialect: task.input.dialect,
        compression: { format, bytes: format === "gzip" ? GZIP.length : ZSTD.length },
      });
      assert.equal(task.progress.bytes_total, SALES_CSV.length);
      assert.equal(await Deno.readTextFile(service.paths.input(task.id)), SALES_CSV);
      const again = await (await service.app.request(`/v1/tasks/${task.id}`)).json();
      assert.deepEqual(again.input, task.input);
    }
  });
}

Deno.test("a name says nothing about the bytes, and stays as it is", async () => {
  await using service = await openService();
  for (const body of [SALES_CSV, GZIP]) {
    const task = await (await post(service, body, {}, "?filename=q3.csv.gz")).json();
    assert.equal(task.filename, "q3.csv.gz");
    assert.equal(task.input.bytes, SALES_CSV.length);
  }
});

for (const encoding of ["br", "deflate", "gzip, gzip", "zstd, gzip", "gzip, br", "compress"]) {
  Deno.test(`Content-Encoding: ${encoding} is refused, with those that are read`, async () => {
    await using service = await openService();
    const response = await post(service, GZIP, { "content-encoding": encoding });
    assert.equal(response.headers.get("accept-encoding"), "gzip, zstd");
    const problem = await expectProblem(response, 415, "unsupported-media-type");
    assert.match(problem.detail, /gzip (and|or) zstd/);
    await assertNoTrace(service);
  });
}

Deno.test("a form as a whole isn't read compressed, and is told what to do", async () => {
  await using service = await openService();
  const body = compressed(
    "gzip",
    formBytes([{ name: "file", filename: "x.csv", content: SALES_CSV }]),
  );
  const headers = { "content-type": FORM_TYPE, "content-encoding": "gzip" };
  const problem = await expectProblem(
    await post(service, body, headers),
    415,
    "unsupported-media-type",
  );
  assert.match(problem.detail, /compress the file in it/);
});

const zip = Uint8Array.of(0x50, 0x4b, 3, 4, 7, 7, 7, 7);
const tar = concat(encoder.encode("q3.csv"), new Uint8Array(506), encoder.encode(SALES_CSV));
const REFUSED: [what: string, body: Uint8Array<ArrayBuffer>, number, code: string, RegExp][] = [
  ["gzip that breaks off", GZIP.slice(0, -5), 422, "bad-compression", /breaks off/],
  ["Zstandard that breaks off", ZSTD.slice(0, -5), 422, "bad-compression", /breaks off/],
  [
    "gzip with a byte changed",
    GZIP.map((byte, i) => i === GZIP.length - 6 ? byte ^ 1 : byte),
    422,
    "bad-compression",
    /damaged/,
  ],
  ["gzip and something else", concat(GZIP, zip), 422, "bad-compression", /something follows/],
  ["Zstandard and something else", concat(ZSTD, zip), 422, "bad-compression", /Something follows/],
  ["gzip of gzip", compressed("gzip", GZIP), 415, "not-csv", /gzip archive inside of another/],
  ["gzip of a ZIP archive", compressed("gzip", zip), 415, "not-csv", /a ZIP archive/],
  ["a .tar.gz", compressed("gzip", tar), 415, "not-csv", /NUL bytes/],
  ["gzip of nothing", compressed("gzip", ""), 422, "empty-file", /./],
  ["gzip of a file without its columns", compressed("gzip", "a,b\n"), 422, "missing-column", /./],
];
for (const [what, body, status, code, detail] of REFUSED) {
  Deno.test(`${what} is refused with ${status} ${code}, and leaves no trace`, async () => {
    await using service = await openService();
    for (const pieceBytes of [1, body.length]) {
      const problem = await expectProblem(
        await post(service, inPieces(body, [pieceBytes])),
        status,
        code,
      );
      assert.match(problem.detail, detail);
    }
    await assertNoTrace(service);
  });
}

Deno.test("what isn't compressed as it is declared is refused with 422", async () => {
  await using service = await openService();
  for (const body of [SALES_CSV, ZSTD]) {
    const response = await post(service, body, { "content-encoding": "gzip" });
    const problem = await expectProblem(response, 422, "bad-compression");
    assert.match(problem.detail, /Content-Encoding: gzip/);
  }
  await assertNoTrace(service);
});

Deno.test("empty members in between are no data, and harm nothing", async () => {
  await using service = await openService();
  const body = compressed("gzip", "", SALES_CSV, "", "");
  const task = await (await post(service, body)).json();
  assert.equal(task.input.bytes, SALES_CSV.length);
});

Deno.test("the limit counts decompressed bytes", async () => {
  await using service = await openService({ settings: { uploadBytesMax: 10_000 } });
  const fits = SALES_CSV + "\n".repeat(10_000 - SALES_CSV.length);
  assert.equal((await post(service, compressed("gzip", fits))).status, 202);
  const files = service.files();
  const response = await post(service, compressed("gzip", fits, "\n"));
  const problem = await expectProblem(response, 413, "too-large");
  assert.match(problem.detail, /decompressed, is larger than the 10000 bytes/);
  assert.deepEqual(service.files(), files);
});

/** A header, then far more than 4 GiB of line ends, in a body of some 130 kB. */
const BOMB = concat(compressed("zstd", SALES_CSV), zstdBomb(10, 2 ** 32));

Deno.test("a bomb is refused within a second, at flat memory, and leaves no trace", async () => {
  await using service = await openService({ settings: { uploadBytesMax: 2 ** 40 } });
  const start = Deno.memoryUsage().rss;
  const begin = performance.now();
  const problem = await expectProblem(await post(service, BOMB), 413, "compression-ratio");
  const seconds = (performance.now() - begin) / 1_000;
  assert.ok(seconds < 1, `${seconds} s`);
  const grown = Deno.memoryUsage().rss - start;
  assert.ok(grown < 150e6, `grown by ${grown} bytes`);
  assert.match(problem.detail, /upload it uncompressed/);
  await assertNoTrace(service);
});

Deno.test("a header that is refused ends the decompression, and the body is drained", async () => {
  await using service = await openService({ settings: { uploadBytesMax: 2 ** 40 } });
  await using served = serve(service.app);
  const noise = crypto.getRandomValues(new Uint8Array(65_536));
  const body = concat(
    compressed("gzip", "a,b,c,d,e\n" + "1,2,3,4,5\n".repeat(100_000)),
    ...Array.from({ length: 100 }, () => noise),
  );
  using client = await RawClient.connect(served.port);
  await client.sendHead("POST /v1/tasks", { "content-length": String(body.length) });
  await client.send(body);
  const response = await client.receive();
  assert.equal(response.status, 422, response.body);
  assert.match(response.body, /missing-column/);
  await client.sendHead("GET /healthz", {});
  assert.equal((await client.receive()).status, 200, "the connection goes on");
  await assertNoTrace(service);
});

Deno.test("a compressed body that stalls is given up with 408", async () => {
  await using service = await openService({ settings: { bodyRateWindowMs: 50 } });
  await using served = serve(service.app);
  using client = await RawClient.connect(served.port);
  await client.sendHead("POST /v1/tasks", { "content-length": "900000" });
  await client.send(GZIP.slice(0, 40));
  const response = await client.receive();
  assert.equal(response.status, 408, response.body);
  await assertNoTrace(service);
});
