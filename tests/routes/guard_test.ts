import assert from "node:assert/strict";
import { expectProblem } from "../support/expect_problem.ts";
import { RawClient, serve } from "../support/raw_client.ts";
import { openService, SALES_CSV } from "../support/service.ts";

const settings = { hosts: ["tasks.example.com"] };

const HOSTS: readonly [host: string, status: number][] = [
  ["localhost", 200],
  ["localhost:8000", 200],
  ["LOCALHOST:8000", 200],
  ["localhost.:8000", 200],
  ["app.localhost:8000", 200],
  ["127.0.0.1:8000", 200],
  ["[::1]:8000", 200],
  ["[::1]", 200],
  ["tasks.example.com", 200],
  ["Tasks.Example.com:443", 200],
  ["evil.example.com", 421],
  ["example.com", 421],
  ["localhost.evil.com", 421],
  ["evil-localhost", 421],
  ["127.0.0.1.evil.com", 421],
  ["tasks.example.com.evil.com", 421],
  ["sub.tasks.example.com", 421],
  ["192.168.1.5:8000", 421],
  ["[::2]:8000", 421],
  ["[::1]evil.com", 421],
  ["[::1]evil.com:8000", 421],
  ["[::1", 421],
  ["", 421],
];
for (const [host, status] of HOSTS) {
  Deno.test(`Host ${JSON.stringify(host)}: ${status}`, async () => {
    await using service = await openService({ settings });
    const response = await service.app.request("/healthz", { headers: { host } });
    if (status === 421) await expectProblem(response, 421, "unknown-host");
    else assert.equal(response.status, 200);
  });
}

Deno.test("a request line that names a host is judged by it, whatever Host says", async () => {
  await using service = await openService({ settings });
  await using served = serve(service.app);
  using client = await RawClient.connect(served.port);
  for (
    const [target, status] of [
      ["http://localhost/healthz", 200],
      ["http://TASKS.example.com:80/healthz", 200],
      ["http://evil.example.com/healthz", 421],
      ["http://evil.example.com:8000/healthz", 421],
    ] as const
  ) {
    await client.sendHead(`GET ${target}`, {});
    assert.equal((await client.receive()).status, status, target);
  }
});

const ORIGINS: readonly [origin: string, host: string, status: number][] = [
  ["http://localhost:8000", "localhost:8000", 202],
  ["http://127.0.0.1:8000", "127.0.0.1:8000", 202],
  ["http://[::1]:8000", "[::1]:8000", 202],
  ["https://tasks.example.com", "tasks.example.com", 202],
  ["https://tasks.example.com", "127.0.0.1:8000", 202], // a proxy that changes Host
  ["http://localhost:3000", "localhost:8000", 403],
  ["http://localhost", "localhost:8000", 403],
  ["http://localhost:8000", "127.0.0.1:8000", 403],
  ["http://evil.example.com", "localhost:8000", 403],
  ["http://tasks.example.com.evil.com", "tasks.example.com", 403],
  ["http://x@localhost:8000", "localhost:8000", 403],
  ["null", "localhost:8000", 403],
  ["", "localhost:8000", 403],
  ["file://", "localhost:8000", 403],
  ["chrome-extension://abc", "localhost:8000", 403],
];
for (const [origin, host, status] of ORIGINS) {
  Deno.test(`Origin ${JSON.stringify(origin)} at ${host}: ${status}`, async () => {
    await using service = await openService({ settings });
    const response = await service.app.request("/v1/tasks", {
      method: "POST",
      body: SALES_CSV,
      headers: { origin, host },
    });
    if (status === 202) assert.equal(response.status, 202);
    else {
      await expectProblem(response, 403, "foreign-origin");
      assert.deepEqual(service.files(), []);
    }
    for (const name of response.headers.keys()) assert.doesNotMatch(name, /^access-control/);
  });
}
