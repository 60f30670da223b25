import { finalTask } from "../../tests/support/service_process.ts";
import { quantiles } from "./quantiles.ts";
import { SMALL_FILE } from "./sales_text.ts";
import { withService } from "./with_service.ts";

/** Before the service and its runners are warm, nobody waits for them. */
const WARM_UP_TASKS = 10;
const TASKS = 200;

/** From the first byte sent to the task's `finished_at`, one task at a time on an idle service. */
export async function latency(): Promise<void> {
  await withService({}, async (service) => {
    const times: number[] = [];
    for (let i = -WARM_UP_TASKS; i < TASKS; i++) {
      const begin = performance.timeOrigin + performance.now();
      const response = await fetch(`${service.url}/v1/tasks`, { method: "POST", body: SMALL_FILE });
      const task = await finalTask(service.url, (await response.json()).id);
      // `finished_at` has whole milliseconds: half of one is lost on average.
      if (i >= 0) times.push(Date.parse(String(task.finished_at)) - begin);
    }
    console.log(quantiles("1 kB task, first byte to finished_at", times));
  });
}
