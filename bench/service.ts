/**
 * The service's figures: latency of a 1 kB task, status requests beside a bare route, memory under large uploads.
 *
 * `deno task bench:service [latency|status|memory] ...`; `memory` takes sizes in MiB: `memory 1024 4096`.
 * Method and figures: `bench/README.md`.
 */
import { fileURLToPath } from "node:url";
import { finalTask, type ServiceProcess, startService } from "../tests/support/service_process.ts";

const HEADER = "region,product,revenue,quantity,discount\n";
const encoder = new TextEncoder();

async function withService(
  env: Record<string, string>,
  work: (service: ServiceProcess) => Promise<void>,
): Promise<void> {
  const dataDir = await Deno.makeTempDir({ prefix: "datatasker-bench-" });
  const service = await startService({ dataDir, env });
  try {
    await work(service);
  } finally {
    await service.destroy();
    await Deno.remove(dataDir, { recursive: true });
  }
}

/** The value below which a share of the sorted values lies. */
function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

function line(name: string, values: number[]): string {
  const at = (share: number) => quantile(values, share).toFixed(1);
  return `${name}: median ${at(0.5)} ms, p90 ${at(0.9)}, p99 ${at(0.99)}, max ${
    at(1)
  } (n=${values.length})`;
}

/** From the first byte sent to the task's `finished_at`, one task at a time on an idle service. */
async function latency(): Promise<void> {
  let body = HEADER;
  while (body.length < 1000) body += `East,A,${1000 + body.length},2,0.05\n`;
  await withService({}, async (service) => {
    const values: number[] = [];
    for (let i = 0; i < 110; i++) {
      const begin = performance.timeOrigin + performance.now();
      const response = await fetch(`${service.url}/v1/tasks`, { method: "POST", body });
      const task = await finalTask(service.url, (await response.json()).id);
      // `finished_at` has whole milliseconds: half of one is lost on average.
      if (i >= 10) values.push(Date.parse(String(task.finished_at)) - begin);
    }
    console.log(line("1 kB task, first byte to finished_at", values));
  });
}

/** `wrk` on a task's status beside a bare Hono route, then again while two tasks run. */
async function status(): Promise<void> {
  const bare = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-net=127.0.0.1",
      fileURLToPath(new URL("bare_route.ts", import.meta.url)),
    ],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = bare.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const bareUrl = (await reader.read()).value!.trim();
  try {
    await withService(
      { DATATASKER_RUNNERS: "2" },
      async (service) => {
        const small = await (await fetch(`${service.url}/v1/tasks`, {
          method: "POST",
          body: HEADER + "East,A,1,2,0\nWest,B,3,4,0\n",
        })).json();
        await finalTask(service.url, small.id);
        const target = `${service.url}/v1/tasks/${small.id}`;
        console.log(`bare route:        ${await wrk(bareUrl)}`);
        console.log(`task status, idle: ${await wrk(target)}`);
        const path = await salesFile(4096);
        const busy = await Promise.all([1, 2].map(() => upload(service.url, path)));
        await Deno.remove(path);
        console.log(`task status, busy: ${await wrk(target)}`);
        for (const id of busy) {
          const task = await (await fetch(`${service.url}/v1/tasks/${id}`)).json();
          console.log(`  task beside it: ${task.state}, ${task.progress.percent} %`);
        }
      },
    );
  } finally {
    await reader.cancel();
    bare.kill("SIGKILL");
    await bare.status;
  }
}

async function wrk(url: string): Promise<string> {
  const { stdout } = await new Deno.Command("wrk", {
    args: ["-t1", "-c50", "-d10", "--latency", url],
  }).output();
  const text = new TextDecoder().decode(stdout);
  const pick = (pattern: RegExp) => pattern.exec(text)?.[1] ?? "?";
  return `${pick(/Requests\/sec:\s+(\S+)/)} requests/s, p50 ${pick(/50%\s+(\S+)/)}, p99 ${
    pick(/99%\s+(\S+)/)
  }`;
}

/** A file of `mib` MiB of plausible rows over 10,000 regions. */
async function salesFile(mib: number): Promise<string> {
  const path = await Deno.makeTempFile({ prefix: "datatasker-bench-", suffix: ".csv" });
  using file = await Deno.open(path, { write: true });
  const writer = file.writable.getWriter();
  await writer.write(encoder.encode(HEADER));
  for (let written = 0, row = 0; written < mib * 1024 * 1024;) {
    let text = "";
    while (text.length < 1 << 20) {
      row++;
      text += `Region ${row % 10_000},Product ${row % 97},${(row * 37) % 100_000}.5,${
        1 + (row % 9)
      },0.${row % 90}\n`;
    }
    written += text.length;
    await writer.write(encoder.encode(text));
  }
  writer.releaseLock();
  return path;
}

/** Upload a file by curl, a process of its own, so that its work doesn't show in what is measured here. */
async function upload(url: string, path: string, form = false): Promise<string> {
  const how = form ? ["-F", `file=@${path}`] : ["-X", "POST", "-T", path];
  const { stdout } = await new Deno.Command("curl", { args: ["-sS", ...how, `${url}/v1/tasks`] })
    .output();
  const task = JSON.parse(new TextDecoder().decode(stdout));
  if (task.id === undefined) throw new Error(JSON.stringify(task));
  return task.id;
}

/** Peak resident memory of a process in MB: VmHWM. */
function peakMegabytes(pid: number): number {
  const { stdout } = new Deno.Command("cat", { args: [`/proc/${pid}/status`] }).outputSync();
  const text = new TextDecoder().decode(stdout);
  return Number(/VmHWM:\s+(\d+)/.exec(text)?.[1]) / 1000;
}

/** Peak memory of API and runner while one large upload comes in and is processed, and `/healthz` meanwhile. */
async function memory(path: string, form: boolean): Promise<void> {
  const mib = Math.round((await Deno.stat(path)).size / 1024 ** 2);
  await withService({ DATATASKER_RUNNERS: "1" }, async (service) => {
    const during = { upload: [] as number[], run: [] as number[] };
    let phase: keyof typeof during | null = "upload";
    const probing = (async () => {
      while (phase !== null) {
        const begin = performance.now();
        await (await fetch(`${service.url}/healthz`)).body?.cancel();
        during[phase ?? "run"].push(performance.now() - begin);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    const begin = performance.now();
    const id = await upload(service.url, path, form);
    const uploaded = performance.now();
    phase = "run";
    const task = await finalTask(service.url, id, 600_000);
    const finished = performance.now();
    phase = null;
    await probing;
    const seconds = (ms: number) => (ms / 1000).toFixed(1);
    console.log(
      `${mib} MiB ${form ? "form" : "raw"}: ${task.state}; upload ${seconds(uploaded - begin)} s (${
        ((mib * 1048.576) / (uploaded - begin)).toFixed(0)
      } MB/s), run ${seconds(finished - uploaded)} s; peak API ${
        peakMegabytes(service.pid).toFixed(0)
      } MB, runner ${
        service.runnerPids().map((pid) => peakMegabytes(pid).toFixed(0)).join(" ")
      } MB`,
    );
    console.log(`  ${line("healthz during the upload", during.upload)}`);
    console.log(`  ${line("healthz during the run", during.run)}`);
  });
}

const [what = "all", ...sizes] = Deno.args;
if (what === "latency" || what === "all") await latency();
if (what === "status" || what === "all") await status();
if (what === "memory" || what === "all") {
  for (const mib of sizes.length > 0 ? sizes.map(Number) : [1024]) {
    const path = await salesFile(mib);
    await memory(path, false);
    await memory(path, true);
    await Deno.remove(path);
  }
}
