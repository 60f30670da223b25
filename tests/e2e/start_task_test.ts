/** `deno task start` itself: the README's one command, with the permissions that deno.json grants. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "../support/deadline.ts";
import { SAMPLE } from "../support/sales_files.ts";
import { finalTask } from "../support/service_process.ts";

const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

Deno.test("deno task start serves with its own narrow permissions, in a folder with a space, and ends on SIGTERM", async () => {
  const parent = await Deno.makeTempDir({ prefix: "datatasker start " });
  const task = new Deno.Command(Deno.execPath(), {
    args: ["task", "--config", CONFIG, "start"],
    cwd: parent,
    env: { DATATASKER_PORT: "0", DATATASKER_DATA_DIR: join(parent, "my data") },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const log: string[] = [];
  const reading = (async () => {
    for await (const text of task.stderr.pipeThrough(new TextDecoderStream())) log.push(text);
  })();
  try {
    const url = await until(
      "the service to listen",
      () => /"event":"service.listening","url":"([^"]+)"/.exec(log.join(""))?.[1],
      60_000,
    );
    const response = await fetch(`${url}/v1/tasks`, { method: "POST", body: SAMPLE });
    const { id } = await response.json();
    assert.equal((await finalTask(url, id)).state, "completed");
    assert.ok(!log.join("").includes("NotCapable"), log.join(""));
    task.kill("SIGTERM");
    assert.equal((await task.status).code, 0, log.join(""));
  } finally {
    try {
      task.kill("SIGKILL");
    } catch {
      // It ended as it should.
    }
    await task.status;
    await reading;
    await Deno.remove(parent, { recursive: true });
  }
});
