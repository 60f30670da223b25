import { finalTask } from "../../tests/support/service_process.ts";
import { writeLargeFile } from "./sales_text.ts";
import { quantile } from "./quantiles.ts";
import { upload } from "./upload.ts";
import { withService } from "./with_service.ts";

const BYTES = 180e6;
const ROUNDS = 5;

/**
 * One large file over HTTP, from before the first byte is sent to the task's `finished_at`. The first round warms the
 * service and its runner, and doesn't count. (Starting curl counts, some 10 ms.)
 */
export async function large(): Promise<void> {
  const path = await writeLargeFile(BYTES);
  try {
    await withService({ DATATASKER_RUNNERS: "1" }, async (service) => {
      const totals: number[] = [];
      const uploads: number[] = [];
      for (let round = -1; round < ROUNDS; round++) {
        const begin = performance.timeOrigin + performance.now();
        const id = await upload(service.url, path);
        const task = await finalTask(service.url, id);
        if (task.state !== "completed") throw new Error(JSON.stringify(task.error));
        if (round < 0) continue;
        totals.push(Date.parse(String(task.finished_at)) - begin);
        uploads.push(Date.parse(String(task.created_at)) - begin);
      }
      const seconds = (times: number[]) => times.map((ms) => (ms / 1_000).toFixed(2)).join(" ");
      console.log(
        `180 MB, first byte to finished_at: median ${
          (quantile(totals, 0.5) / 1_000).toFixed(2)
        } s (${seconds(totals)}), of it to the accepted task ${seconds(uploads)}`,
      );
    });
  } finally {
    await Deno.remove(path);
  }
}
