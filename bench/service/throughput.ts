import { until } from "../../tests/support/deadline.ts";
import { PostAgain } from "./post_again.ts";
import { quantile } from "./quantiles.ts";
import { SMALL_FILE } from "./sales_text.ts";
import { withService } from "./with_service.ts";

/** So many before the time is taken: connections, caches and code are warm then. */
const WARM_UP_TASKS = 200;
const CONNECTIONS = 16;
const ROUNDS = 5;

/**
 * Small durable tasks per second, through one process with two runners: so many are sent over some connections as fast as
 * it takes them, and timed from the first `finished_at` to the last. Each one must have completed.
 */
export async function throughput(tasks = 2_000): Promise<void> {
  await withService({ DATATASKER_RUNNERS: "2" }, async ({ url }) => {
    await finishedTimes(url, await send(url, WARM_UP_TASKS));
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const times = await finishedTimes(url, await send(url, tasks));
      rates.push((tasks - 1) / ((Math.max(...times) - Math.min(...times)) / 1_000));
    }
    console.log(
      `${tasks} tasks of 1 kB over ${CONNECTIONS} connections, two runners: median ${
        quantile(rates, 0.5).toFixed(0)
      } tasks/s (${rates.map((rate) => rate.toFixed(0)).join(" ")})`,
    );
  });
}

/** Send so many small files; the IDs of their tasks. */
async function send(url: string, tasks: number): Promise<Set<string>> {
  const ids = new Set<string>();
  let sent = 0;
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    using client = await PostAgain.open(url, SMALL_FILE);
    while (sent < tasks) {
      sent++;
      ids.add(await client.send());
    }
  }));
  return ids;
}

/** When these tasks, the newest ones, finished. Asks for little until they have, so as not to be what is measured. */
async function finishedTimes(url: string, ids: ReadonlySet<string>): Promise<number[]> {
  await until("all tasks to be final", async () => {
    for (const state of ["queued", "running", "retrying"]) {
      const list = await (await fetch(`${url}/v1/tasks?limit=1&state=${state}`)).json();
      if (list.tasks.length > 0) return await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return true;
  }, 120_000);
  const times: number[] = [];
  for (let cursor = ""; times.length < ids.size;) {
    const list = await (await fetch(`${url}/v1/tasks?limit=100${cursor}`)).json();
    for (const { id, state, finished_at } of list.tasks) {
      if (!ids.has(id)) throw new Error(`task ${id} is none of this round`);
      if (state !== "completed") throw new Error(`task ${id} is ${state}`);
      times.push(Date.parse(finished_at));
      if (times.length === ids.size) break;
    }
    cursor = `&cursor=${encodeURIComponent(list.next_cursor)}`;
  }
  return times;
}
