import assert from "node:assert/strict";
import { expectProblem } from "../support/expect_problem.ts";
import { openService } from "../support/service.ts";

Deno.test("/healthz answers without asking any part", async () => {
  await using service = await openService({
    ready: () => Promise.reject(new Error("not to be asked")),
  });
  const response = await service.app.request("/healthz");
  assert.deepEqual([response.status, await response.json()], [200, { status: "ok" }]);
});

Deno.test("/readyz says ready, or every reason why not", async () => {
  const reasons: string[] = [];
  await using service = await openService({ ready: () => Promise.resolve(reasons) });
  const ready = await service.app.request("/readyz");
  assert.deepEqual([ready.status, await ready.json()], [200, { status: "ready" }]);
  reasons.push("The ledger can't be read.", "The data folder can't be written.");
  await service.parts.intake.drain(0);
  const response = await service.app.request("/readyz");
  assert.equal(response.headers.get("retry-after"), "1");
  const problem = await expectProblem(response, 503, "not-ready");
  assert.deepEqual(problem.errors?.map((fault) => fault.detail), [
    "The service is shutting down.",
    ...reasons,
  ]);
});
