import { fileURLToPath } from "node:url";
import { finalTask } from "../../tests/support/service_process.ts";
import { SMALL_FILE, writeLargeFile } from "./sales_text.ts";
import { upload } from "./upload.ts";
import { withService } from "./with_service.ts";

/** Large enough that the tasks outlast the measurement beside them. */
const BUSY_BYTES = 4 * 1024 ** 3;

/** `wrk` on a task's status beside a bare Hono route, then again while two tasks run. */
export async function status(): Promise<void> {
  const bare = await startBareRoute();
  try {
    await withService({ DATATASKER_RUNNERS: "2" }, async (service) => {
      const response = await fetch(`${service.url}/v1/tasks`, { method: "POST", body: SMALL_FILE });
      const { id } = await response.json();
      await finalTask(service.url, id);
      const target = `${service.url}/v1/tasks/${id}`;
      for (let round = 0; round < 3; round++) {
        const [alone, idle] = [await wrk(bare.url), await wrk(target)];
        console.log(`bare route:        ${alone.text}`);
        console.log(`task status, idle: ${idle.text}, 1:${(alone.rate / idle.rate).toFixed(1)}`);
      }
      await statusBesideTasks(service.url, target);
    });
  } finally {
    await bare.stop();
  }
}

async function statusBesideTasks(url: string, target: string): Promise<void> {
  const path = await writeLargeFile(BUSY_BYTES);
  const busy = await Promise.all([1, 2].map(() => upload(url, path)));
  await Deno.remove(path);
  console.log(`task status, busy: ${(await wrk(target)).text}`);
  for (const id of busy) {
    const task = await (await fetch(`${url}/v1/tasks/${id}`)).json();
    console.log(`  task beside it: ${task.state}, ${task.progress.percent} %`);
  }
}

async function startBareRoute(): Promise<{ url: string; stop(): Promise<void> }> {
  const module = fileURLToPath(new URL("bare_route.ts", import.meta.url));
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-net=127.0.0.1", module],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const url = (await reader.read()).value!.trim();
  return {
    url,
    async stop() {
      await reader.cancel();
      process.kill("SIGKILL");
      await process.status;
    },
  };
}

async function wrk(url: string): Promise<{ rate: number; text: string }> {
  const { stdout } = await new Deno.Command("wrk", {
    args: ["-t1", "-c50", "-d10", "--latency", url],
  }).output();
  const output = new TextDecoder().decode(stdout);
  const pick = (pattern: RegExp) => pattern.exec(output)?.[1] ?? "?";
  const rate = Number(pick(/Requests\/sec:\s+(\S+)/));
  const text = `${rate} requests/s, p50 ${pick(/50%\s+(\S+)/)}, p99 ${pick(/99%\s+(\S+)/)}`;
  return { rate, text };
}
