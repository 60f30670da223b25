import { finalTask } from "../../tests/support/service_process.ts";
import { quantiles } from "./quantiles.ts";
import { writeLargeFile } from "./sales_text.ts";
import { upload } from "./upload.ts";
import { withService } from "./with_service.ts";

/** Peak memory of API and runner while one upload of these MiB comes in, raw and as a form. */
export async function memory(mib: number): Promise<void> {
  const path = await writeLargeFile(mib * 1024 ** 2);
  try {
    for (const form of [false, true]) await memoryOf(path, form);
  } finally {
    await Deno.remove(path);
  }
}

/** Peak memory of API and runner while one large upload comes in and is processed, and `/healthz` meanwhile. */
async function memoryOf(path: string, form: boolean): Promise<void> {
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
    console.log(`  ${quantiles("healthz during the upload", during.upload)}`);
    console.log(`  ${quantiles("healthz during the run", during.run)}`);
  });
}

/** Peak resident memory of a process in MB: VmHWM. */
function peakMegabytes(pid: number): number {
  const { stdout } = new Deno.Command("cat", { args: [`/proc/${pid}/status`] }).outputSync();
  const text = new TextDecoder().decode(stdout);
  return Number(/VmHWM:\s+(\d+)/.exec(text)?.[1]) / 1000;
}
