import assert from "node:assert/strict";
import { expectProblem } from "../support/expect_problem.ts";
import { RawClient, serve } from "../support/raw_client.ts";
import { openService } from "../support/service.ts";

const ID = "01980000-0000-7000-8000-000000000000";
const ALLOWED: readonly [path: string, allow: string][] = [
  ["/", "GET, HEAD"],
  ["/page/main.js", "GET, HEAD"],
  ["/page/base.css", "GET, HEAD"],
  ["/healthz", "GET, HEAD"],
  ["/readyz", "GET, HEAD"],
  ["/v1/tasks", "POST, GET, HEAD"],
  [`/v1/tasks/${ID}`, "GET, HEAD, DELETE"],
  [`/v1/tasks/${ID}/events`, "GET, HEAD"],
  [`/v1/tasks/${ID}/artifacts`, "GET, HEAD"],
  [`/v1/tasks/${ID}/artifacts/summary`, "GET, HEAD"],
  ["/upload/", "POST"],
  ["/upload", "POST"],
  [`/status/${ID}`, "GET, HEAD"],
  [`/download/summary/${ID}`, "GET, HEAD"],
  [`/download/anomalies/${ID}`, "GET, HEAD"],
];

for (const [path, allow] of ALLOWED) {
  Deno.test(`${path} refuses every method but ${allow}`, async () => {
    await using service = await openService();
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      if (allow.split(", ").includes(method)) continue;
      const response = await service.app.request(path, { method });
      assert.equal(response.headers.get("allow"), allow, method);
      assert.equal(response.status, 405);
      if (method !== "HEAD") await expectProblem(response, 405, "method-not-allowed");
    }
  });
}

Deno.test("an unknown path is 404 under any method", async () => {
  await using service = await openService();
  for (const path of ["/v1", "/v1/tasks/", "/v2/tasks", "/index.html", "/download/", "//", "/%"]) {
    for (const method of ["GET", "POST", "DELETE"]) {
      const response = await service.app.request(path, { method });
      const problem = await expectProblem(response, 404, "unknown-route");
      assert.ok(problem.instance.startsWith("/"));
    }
  }
});

Deno.test("HEAD never says that what GET sends is empty, and the connection goes on", async () => {
  await using service = await openService();
  const id = await service.accept();
  const task = await service.complete(id);
  await using served = serve(service.app);
  using client = await RawClient.connect(served.port);
  const summary = `/v1/tasks/${id}/artifacts/summary`;
  const bytes = task.artifacts.find(({ kind }) => kind === "summary")!.bytes;
  for (
    const [path, length] of [
      ["/", null],
      ["/page/main.js", null],
      ["/healthz", null],
      [`/v1/tasks/${id}`, null],
      [`${summary}?variant=excel`, null],
      [summary, String(bytes)],
      ["/nowhere", null],
    ] as const
  ) {
    await client.sendHead(`HEAD ${path}`, {});
    const { headers } = await client.receiveHead();
    assert.equal(headers.get("content-length"), length, path);
    await client.sendHead("GET /healthz", {});
    assert.equal((await client.receive()).body, '{"status":"ok"}');
  }
});
