import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { ArtifactKind } from "../../src/domain/artifact.ts";
import { SEND_BYTES } from "../../src/domain/limits.ts";
import { expectProblem } from "../support/expect_problem.ts";
import { ARTIFACT_TEXTS, openService, SALES_CSV, type TestService } from "../support/service.ts";

const SUMMARY = ARTIFACT_TEXTS.summary;

async function completed(
  service: TestService,
  texts?: Partial<Record<ArtifactKind, string>>,
): Promise<string> {
  const id = await service.accept(SALES_CSV, "?filename=%E5%A3%B2%E4%B8%8A.csv");
  await service.complete(id, texts);
  return id;
}

function fetchArtifact(
  service: TestService,
  id: string,
  { kind = "summary", headers = {}, method = "GET", query = "" }: {
    kind?: string;
    headers?: Record<string, string | undefined>;
    method?: string;
    query?: string;
  } = {},
): Promise<Response> {
  const path = `/v1/tasks/${id}/artifacts/${kind}${query}`;
  const given = Object.entries(headers).filter((entry): entry is [string, string] =>
    entry[1] !== undefined
  );
  return Promise.resolve(service.app.request(path, { method, headers: given }));
}

const sha256 = (text: string) => createHash("sha256").update(text).digest();

Deno.test("every artifact is served whole, with what proves it", async () => {
  await using service = await openService();
  const id = await completed(service);
  for (const [kind, text] of Object.entries(ARTIFACT_TEXTS)) {
    const response = await fetchArtifact(service, id, { kind });
    assert.equal(response.status, 200);
    assert.equal(await response.text(), text);
    const extension = kind === "report" ? "json" : "csv";
    assert.deepEqual(Object.fromEntries(response.headers), {
      "accept-ranges": "bytes",
      "cache-control": "private, no-cache",
      "content-disposition": `attachment; filename="${kind}_${id}.${extension}"`,
      "content-length": String(text.length),
      "content-type": kind === "report" ? "application/json" : "text/csv; charset=utf-8",
      "etag": `"${sha256(text).toString("hex")}"`,
      "repr-digest": `sha-256=:${sha256(text).toString("base64")}:`,
      "x-content-type-options": "nosniff",
    });
  }
});

Deno.test("the list names the artifacts and where they are", async () => {
  await using service = await openService();
  const id = await completed(service);
  const response = await service.app.request(`/v1/tasks/${id}/artifacts`);
  const { artifacts } = await response.json();
  assert.deepEqual(artifacts[0], {
    kind: "summary",
    href: `/v1/tasks/${id}/artifacts/summary`,
    bytes: SUMMARY.length,
    sha256: sha256(SUMMARY).toString("hex"),
    rows: 1,
  });
  assert.equal((await service.app.request(artifacts[3].href)).status, 200);
});

Deno.test("the cleaned rows, where a task has them, are an artifact like the others", async () => {
  await using service = await openService();
  const cleaned = "region,revenue\n=East,-5\n";
  const id = await service.accept(SALES_CSV, "?cleaned=true");
  await service.complete(id, { ...ARTIFACT_TEXTS, cleaned });
  const task = await (await service.app.request(`/v1/tasks/${id}`)).json();
  assert.equal(task.options.cleaned, true);
  assert.deepEqual(task.artifacts.map(({ kind }: { kind: string }) => kind), [
    "summary",
    "anomalies",
    "rejects",
    "cleaned",
    "report",
  ]);
  const whole = await fetchArtifact(service, id, { kind: "cleaned" });
  const etag = `"${sha256(cleaned).toString("hex")}"`;
  assert.equal(await whole.text(), cleaned);
  assert.equal(whole.headers.get("etag"), etag);
  assert.match(whole.headers.get("content-disposition") ?? "", new RegExp(`"cleaned_${id}.csv"`));
  const known = { kind: "cleaned", headers: { "if-none-match": etag } };
  assert.equal((await fetchArtifact(service, id, known)).status, 304);
  const part = await fetchArtifact(service, id, {
    kind: "cleaned",
    headers: { range: "bytes=0-5" },
  });
  assert.deepEqual([part.status, await part.text()], [206, "region"]);
  const excel = await fetchArtifact(service, id, { kind: "cleaned", query: "?variant=excel" });
  assert.equal(await excel.text(), "region,revenue\r\n'=East,-5\r\n");
  await service.app.request(`/v1/tasks/${id}`, { method: "DELETE" });
  await expectProblem(await fetchArtifact(service, id, { kind: "cleaned" }), 410, "deleted");
  assert.equal(service.files().some((file) => file.includes("cleaned")), false);
});

Deno.test("a task that wasn't asked for the cleaned rows says what it has instead, and how to get them", async () => {
  await using service = await openService();
  const id = await completed(service);
  const response = await fetchArtifact(service, id, { kind: "cleaned" });
  const { detail } = await expectProblem(response, 404, "no-artifact");
  assert.match(detail, /summary, anomalies, rejects, report.* cleaned=true/);
});

Deno.test("HEAD answers as GET would, without a body and without an open file", async () => {
  await using service = await openService();
  const id = await completed(service);
  const response = await fetchArtifact(service, id, {
    method: "HEAD",
    headers: { range: "bytes=0-1" },
  });
  assert.deepEqual([response.status, await response.text()], [200, ""]);
  assert.equal(response.headers.get("content-length"), String(SUMMARY.length));
});

Deno.test("one range is 206, a range beyond the end 416, several ranges all of it", async () => {
  await using service = await openService();
  const id = await completed(service);
  const size = SUMMARY.length;
  const part = await fetchArtifact(service, id, { headers: { range: "bytes=7-17" } });
  assert.equal(part.status, 206);
  assert.equal(await part.text(), SUMMARY.slice(7, 18));
  assert.equal(part.headers.get("content-range"), `bytes 7-17/${size}`);
  assert.equal(part.headers.get("content-length"), "11");
  assert.equal(part.headers.get("etag"), `"${sha256(SUMMARY).toString("hex")}"`);
  const tail = await fetchArtifact(service, id, { headers: { range: "bytes=-5" } });
  assert.equal(await tail.text(), SUMMARY.slice(-5));
  const beyond = await fetchArtifact(service, id, { headers: { range: `bytes=${size}-` } });
  assert.equal(beyond.headers.get("content-range"), `bytes */${size}`);
  await expectProblem(beyond, 416, "range-not-satisfiable");
  const several = await fetchArtifact(service, id, { headers: { range: "bytes=0-1,5-6" } });
  assert.deepEqual([several.status, await several.text()], [200, SUMMARY]);
});

Deno.test("conditions are held: 304, 412, and If-Range decides about the range", async () => {
  await using service = await openService();
  const id = await completed(service);
  const etag = `"${sha256(SUMMARY).toString("hex")}"`;
  const answer = async (headers: Record<string, string>) => {
    const response = await fetchArtifact(service, id, { headers });
    await response.body?.cancel();
    return response;
  };
  const cached = await answer({ "if-none-match": `"x", ${etag}` });
  assert.equal(cached.status, 304);
  assert.equal(cached.headers.get("etag"), etag);
  assert.equal(cached.headers.get("content-length"), null);
  assert.equal((await answer({ "if-match": '"other"' })).status, 412);
  assert.equal((await answer({ "if-match": etag })).status, 200);
  assert.equal((await answer({ range: "bytes=0-1", "if-range": etag })).status, 206);
  assert.equal((await answer({ range: "bytes=0-1", "if-range": '"other"' })).status, 200);
});

/** Longer than several pieces, and not a multiple of one. */
const LARGE = "region,revenue\n" + "East,12345\n".repeat(Math.ceil(3.3 * SEND_BYTES / 11));

Deno.test("a large artifact and its ranges come through whole", async () => {
  await using service = await openService();
  const id = await completed(service, { summary: LARGE });
  assert.equal(await (await fetchArtifact(service, id)).text(), LARGE);
  const [first, last] = [SEND_BYTES - 3, 2 * SEND_BYTES + 5];
  const part = await fetchArtifact(service, id, { headers: { range: `bytes=${first}-${last}` } });
  assert.equal(await part.text(), LARGE.slice(first, last + 1));
});

Deno.test("a download that the client leaves closes its file", async () => {
  await using service = await openService();
  const id = await completed(service, { summary: LARGE });
  const downloads = [
    {},
    { headers: { range: "bytes=5-" } },
    { headers: { range: `bytes=5-${SEND_BYTES * 2}` } },
    { query: "?variant=excel" },
  ];
  for (const download of downloads) {
    for (const reads of [0, 1, 2]) {
      const response = await fetchArtifact(service, id, download);
      const reader = response.body!.getReader();
      for (let i = 0; i < reads; i++) await reader.read();
      await reader.cancel();
    }
  }
});

async function damage(service: TestService, id: string, change: (path: string) => Promise<void>) {
  const { task } = (await service.parts.queries.task(id))!;
  await change(join(service.dataDir, task.artifacts[0].path));
}

Deno.test("an artifact that is missing or has another size is 500 artifact-damaged", async () => {
  await using service = await openService();
  const changes: ((path: string) => Promise<void>)[] = [
    (path) => Deno.truncate(path, 10),
    (path) => Deno.remove(path),
  ];
  for (const change of changes) {
    const id = await completed(service);
    await damage(service, id, change);
    for (const method of ["GET", "HEAD"]) {
      const response = await fetchArtifact(service, id, { method });
      assert.equal(response.status, 500);
      await response.body?.cancel();
    }
    await expectProblem(await fetchArtifact(service, id), 500, "artifact-damaged");
  }
  assert.ok(service.log.some((line) => line.includes("artifact.damaged")));
});

Deno.test("a small artifact with a changed byte isn't sent, nor are its ranges", async () => {
  await using service = await openService();
  const id = await completed(service);
  await damage(service, id, (path) => Deno.writeTextFile(path, SUMMARY.replace("1200", "1300")));
  for (const headers of [{}, { range: "bytes=0-4" }]) {
    const response = await fetchArtifact(service, id, { headers });
    await expectProblem(response, 500, "artifact-damaged");
  }
});

Deno.test("a large artifact with a changed byte never comes to its end", async () => {
  await using service = await openService();
  const id = await completed(service, { summary: LARGE });
  await damage(service, id, (path) => Deno.writeTextFile(path, LARGE.replace("12345", "12346")));
  const response = await fetchArtifact(service, id);
  assert.equal(response.status, 200);
  await assert.rejects(response.text(), { name: "DamagedArtifactError" });
  assert.equal(service.log.filter((line) => line.includes("artifact.damaged")).length, 1);
});

Deno.test("?variant=excel is another representation: weak tag, no length, no ranges", async () => {
  await using service = await openService();
  const id = await completed(service);
  const response = await fetchArtifact(service, id, {
    query: "?variant=excel",
    headers: { range: "bytes=0-1" },
  });
  assert.equal(response.status, 200);
  const bytes = await response.bytes();
  assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  assert.equal(
    new TextDecoder().decode(bytes),
    SUMMARY.replaceAll("\n", "\r\n"), // decoding drops the byte order mark
  );
  const etag = response.headers.get("etag")!;
  assert.match(etag, /^W\/"[0-9a-f]{64}-excel"$/);
  for (const name of ["content-length", "accept-ranges", "repr-digest"]) {
    assert.equal(response.headers.get(name), null, name);
  }
  const again = await fetchArtifact(service, id, {
    query: "?variant=excel",
    headers: { "if-none-match": etag },
  });
  assert.equal(again.status, 304);
});

Deno.test("?variant=excel disarms text that a spreadsheet would run, and leaves numbers alone", async () => {
  await using service = await openService();
  const id = await completed(service, { anomalies: "region,revenue\n=1+1,-5\n" });
  const response = await fetchArtifact(service, id, { kind: "anomalies", query: "?variant=excel" });
  assert.equal(await response.text(), "region,revenue\r\n'=1+1,-5\r\n");
});

Deno.test("an unknown variant, or excel of the report, is 400", async () => {
  await using service = await openService();
  const id = await completed(service);
  for (const [kind, query] of [["summary", "?variant=xls"], ["report", "?variant=excel"]]) {
    await expectProblem(await fetchArtifact(service, id, { kind, query }), 400, "bad-option");
  }
});

Deno.test("while a task isn't final its artifacts are 409, with Retry-After", async () => {
  await using service = await openService();
  const id = await service.accept();
  for (const kind of ["", "/summary"]) {
    const response = await service.app.request(`/v1/tasks/${id}/artifacts${kind}`);
    assert.equal(response.headers.get("retry-after"), "1");
    await expectProblem(response, 409, "not-final");
  }
});

Deno.test("once a task is deleted its artifacts are 410", async () => {
  await using service = await openService();
  const id = await completed(service);
  await service.app.request(`/v1/tasks/${id}`, { method: "DELETE" });
  for (const kind of ["", "/summary"]) {
    const response = await service.app.request(`/v1/tasks/${id}/artifacts${kind}`);
    await expectProblem(response, 410, "deleted");
  }
});

Deno.test("an artifact that a failed task doesn't have is 404, and says what there is", async () => {
  await using service = await openService();
  const id = await service.accept();
  await service.fail(id);
  const problem = await expectProblem(
    await fetchArtifact(service, id, { kind: "summary" }),
    404,
    "no-artifact",
  );
  assert.match(problem.detail, /rejects, report/);
  assert.equal((await fetchArtifact(service, id, { kind: "rejects" })).status, 200);
});

Deno.test("an unknown kind of artifact is 404 with the nearest one", async () => {
  await using service = await openService();
  const id = await completed(service);
  const response = await fetchArtifact(service, id, { kind: "sumary" });
  const problem = await expectProblem(response, 404, "no-artifact");
  assert.match(problem.detail, /summary/);
});
