/** The whole service as a process, from outside: what an operator and a client of the reference see. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { until } from "../support/deadline.ts";
import { HEADER, largeFile, SAMPLE } from "../support/sales_files.ts";
import {
  finalTask,
  killQuietly,
  type ServiceProcess,
  startService,
} from "../support/service_process.ts";

interface Running extends AsyncDisposable {
  dataDir: string;
  start(options?: { entry?: "main.ts" | "worker.ts"; env?: Record<string, string> }): Promise<
    ServiceProcess
  >;
}

/** A data folder and the processes over it, all gone afterwards. */
async function dataFolder(): Promise<Running> {
  const dataDir = await Deno.makeTempDir({ prefix: "datatasker-e2e-" });
  const processes: ServiceProcess[] = [];
  return {
    dataDir,
    start: async (options = {}) => {
      const process = await startService({ dataDir, ...options });
      processes.push(process);
      return process;
    },
    [Symbol.asyncDispose]: async () => {
      for (const process of processes) await process.destroy();
      await Deno.remove(dataDir, { recursive: true });
    },
  };
}

async function post(
  url: string,
  body: BodyInit,
): Promise<Record<string, unknown> & { id: string }> {
  const response = await fetch(url, { method: "POST", body });
  const task = await response.json();
  assert.equal(response.status, 202, JSON.stringify(task));
  return task;
}

async function json(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url);
  return await response.json();
}

async function text(url: string): Promise<string> {
  return await (await fetch(url)).text();
}

// The clauses of this test are the reference's faults that only a whole service can show.
Deno.test("the sample through the reference's routes, under any file name, gives the known answer", async () => {
  await using folder = await dataFolder();
  const service = await folder.start();
  for (const filename of ["sales_data.csv", "q3.csv", "../../x", "größe 数.csv"]) {
    const form = new FormData();
    form.append("file", new File([SAMPLE], filename));
    const upload = await fetch(`${service.url}/upload/`, { method: "POST", body: form });
    const { task_id } = await upload.json();
    const status = await until("SUCCESS", async () => {
      const answer = await json(`${service.url}/status/${task_id}`);
      assert.notEqual(answer.status, "FAILURE");
      return answer.status === "SUCCESS" ? answer : null;
    });
    const result = status.result as Record<string, unknown>;
    assert.ok(Math.abs(Number(result.threshold) / 11154.54217363806 - 1) < 1e-12);
    assert.equal(result.total_anomalies, 2);
    assert.equal(
      await text(service.url + result.region_summary),
      "region,revenue_sum,revenue_mean,quantity_sum,discount_mean,rows\n" +
        "East,26800,4466.666666666667,16,0.07833333333333334,6\n" +
        "North,43550,7258.333333333333,13,0.085,6\n" +
        "South,13900,2780,11,0.096,5\n" +
        "West,32500,5416.666666666667,16,0.105,6\n",
    );
    const anomalies = (await text(service.url + result.anomalies)).trimEnd().split("\n").slice(1);
    assert.deepEqual(
      anomalies.map((line) => line.split(",").slice(0, 5).join(",")),
      ["East,A,15000,1,0.05", "West,B,14000,1,0.10"],
    );
  }
});

Deno.test("file name ../../x: nothing is written outside the data folder", async () => {
  await using folder = await dataFolder();
  const service = await folder.start({ env: {} });
  const task = await post(`${service.url}/v1/tasks?filename=..%2F..%2Fx`, SAMPLE);
  await finalTask(service.url, task.id);
  assert.equal(task.filename, "x");
  const inputs = await Array.fromAsync(Deno.readDir(join(folder.dataDir, "inputs")));
  assert.deepEqual(inputs.map(({ name }) => name), [`${task.id}.csv`]);
});

Deno.test("a task that failed reports FAILURE, and an unknown ID is 404", async () => {
  await using folder = await dataFolder();
  const service = await folder.start();
  const { id } = await post(`${service.url}/v1/tasks`, HEADER);
  const task = await finalTask(service.url, id);
  assert.equal(task.state, "failed");
  assert.equal((task.error as { code: string }).code, "no-valid-rows");
  const status = await json(`${service.url}/status/${id}`);
  assert.equal(status.status, "FAILURE");
  const unknown = await fetch(`${service.url}/status/00000000-0000-7000-8000-000000000000`);
  await unknown.body?.cancel();
  assert.equal(unknown.status, 404);
});

Deno.test("worker killed in mid-task: the task goes on and completes", async () => {
  await using folder = await dataFolder();
  const service = await folder.start({ env: { DATATASKER_RUNNERS: "1" } });
  const { id } = await post(`${service.url}/v1/tasks`, largeFile(60_000_000));
  await until(
    "the task to run",
    async () => (await json(`${service.url}/v1/tasks/${id}`)).state === "running",
  );
  for (const pid of service.runnerPids()) killQuietly(pid);
  const task = await finalTask(service.url, id);
  assert.equal(task.state, "completed");
  assert.equal(task.attempt, 2);
  const { events } = await json(`${service.url}/v1/tasks/${id}/events`) as {
    events: { type: string; data: { crash?: boolean } }[];
  };
  assert.deepEqual(events.map(({ type }) => type), [
    "task.received",
    "task.started",
    "task.retry_scheduled",
    "task.started",
    "task.completed",
  ]);
  assert.equal(events[2].data.crash, true);
});

Deno.test("after kill -9 of everything, and with the KV file deleted, the next start finishes what was accepted", async () => {
  await using folder = await dataFolder();
  const first = await folder.start({ env: { DATATASKER_RUNNERS: "1" } });
  const ids: string[] = [];
  for (let i = 0; i < 3; i++) {
    ids.push((await post(`${first.url}/v1/tasks`, largeFile(5_000_000))).id);
  }
  await first.destroy();
  for (const suffix of ["", "-wal", "-shm"]) {
    await Deno.remove(join(folder.dataDir, `queue.kv${suffix}`)).catch(() => {});
  }
  const second = await folder.start({ env: { DATATASKER_RUNNERS: "1" } });
  for (const id of ids) {
    const task = await finalTask(second.url, id);
    assert.equal(task.state, "completed");
    assert.equal(task.attempt, 1, "a consumer's death costs no attempt");
  }
});

Deno.test("progress moves while a large file runs, and never back", async () => {
  await using folder = await dataFolder();
  const service = await folder.start();
  const runners = service.runnerPids();
  const { id } = await post(`${service.url}/v1/tasks`, largeFile(40_000_000));
  const seen: number[] = [];
  await until("the task to be final", async () => {
    // Runners work only while the status is asked for, so that there is something to see however fast they are.
    for (const pid of runners) killQuietly(pid, "SIGCONT");
    const task = await json(`${service.url}/v1/tasks/${id}`);
    if (!task.done) { for (const pid of runners) killQuietly(pid, "SIGSTOP"); }
    seen.push((task.progress as { percent: number }).percent);
    return task.done;
  }, 60_000);
  assert.deepEqual(seen, seen.toSorted((a, b) => a - b));
  assert.equal(seen.at(-1), 100);
  const between = new Set(seen.filter((percent) => percent > 0 && percent < 100));
  assert.ok(between.size >= 2, `only saw ${[...between]}`);
});

Deno.test("main.ts and worker.ts share the tasks of a data folder, each starting within a second", async () => {
  await using folder = await dataFolder();
  const service = await folder.start({ env: { DATATASKER_RUNNERS: "1" } });
  await folder.start({ entry: "worker.ts", env: { DATATASKER_RUNNERS: "1" } });
  // Each keeps a runner busy for more than a second, so that one process alone could not start both in time.
  const file = largeFile(60_000_000);
  const busy = await Promise.all([1, 2].map(() => post(`${service.url}/v1/tasks`, file)));
  const consumers = new Set<string>();
  for (const { id } of busy) {
    const task = await finalTask(service.url, id);
    assert.equal(task.state, "completed");
    const waitedMs = Date.parse(String(task.started_at)) - Date.parse(String(task.created_at));
    assert.ok(waitedMs < 1_000, `waited ${waitedMs} ms`);
    const { events } = await json(`${service.url}/v1/tasks/${id}/events`) as {
      events: { type: string; data: { consumer?: string } }[];
    };
    consumers.add(String(events[1].data.consumer));
  }
  assert.equal(consumers.size, 2);
});

Deno.test("a second service on one data folder exits with 1 and says what to do", async () => {
  await using folder = await dataFolder();
  await folder.start();
  await assert.rejects(folder.start(), (error: Error) => {
    assert.match(error.message, /ended with 1/);
    assert.match(error.message, /Another DataTasker serves the data folder/);
    assert.match(error.message, /DATATASKER_DATA_DIR/);
    return true;
  });
});

Deno.test("configuration faults are told all at once, and nothing starts", async () => {
  await using folder = await dataFolder();
  const env = { DATATASKER_K: "0", DATATASKER_RUNNER: "2", DATATASKER_LOG_LEVEL: "loud" };
  await assert.rejects(folder.start({ env }), (error: Error) => {
    assert.match(error.message, /ended with 1/);
    assert.match(error.message, /DATATASKER_K=0 must be a number above 0/);
    assert.match(
      error.message,
      /DATATASKER_RUNNER is not known. Did you mean DATATASKER_RUNNERS\?/,
    );
    assert.match(error.message, /DATATASKER_LOG_LEVEL=loud must be one of/);
    return true;
  });
});

/** Until something of an upload is in its folder. */
async function begun(uploads: string): Promise<void> {
  await until(
    "the upload to begin",
    async () => (await Array.fromAsync(Deno.readDir(uploads))).length > 0,
  );
}

/** A body that sends its first part, then waits for `finish`. */
function slowBody(
  first: string,
  rest: string,
): { body: ReadableStream<Uint8Array>; finish(): void } {
  const encoder = new TextEncoder();
  let finish = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(first));
      finish = () => {
        controller.enqueue(encoder.encode(rest));
        controller.close();
      };
    },
  });
  return { body, finish: () => finish() };
}

Deno.test("SIGTERM: new uploads get 503, running ones end, running tasks are released, exit code 0", async () => {
  await using folder = await dataFolder();
  const service = await folder.start({ env: { DATATASKER_RUNNERS: "1" } });
  const running = await post(`${service.url}/v1/tasks`, largeFile(60_000_000));
  await until(
    "the task to run",
    async () => (await json(`${service.url}/v1/tasks/${running.id}`)).state === "running",
  );
  const { body, finish } = slowBody(SAMPLE, "East,A,1,1,0\n");
  const upload = fetch(`${service.url}/v1/tasks`, { method: "POST", body });
  const uploads = join(folder.dataDir, "uploads");
  await begun(uploads);

  const begin = performance.now();
  service.kill("SIGTERM");
  await until("new uploads to be refused", async () => {
    const response = await fetch(`${service.url}/v1/tasks`, { method: "POST", body: SAMPLE });
    await response.body?.cancel();
    return response.status === 503;
  });
  finish();
  const accepted = await upload;
  const task = await accepted.json();
  assert.equal(accepted.status, 202);
  assert.equal(await service.ended, 0);
  assert.ok(performance.now() - begin < 30_000);

  const next = await folder.start({ env: { DATATASKER_RUNNERS: "2" } });
  assert.equal((await finalTask(next.url, task.id)).state, "completed");
  const finished = await finalTask(next.url, running.id);
  assert.equal(finished.state, "completed");
  assert.equal(finished.attempt, 1, "a shutdown costs no attempt");
});

Deno.test("a second signal exits at once, and the next start goes on", async () => {
  await using folder = await dataFolder();
  const service = await folder.start();
  const { body } = slowBody(SAMPLE, "");
  const upload = fetch(`${service.url}/v1/tasks`, { method: "POST", body })
    .then((response) => response.body?.cancel(), () => {});
  const uploads = join(folder.dataDir, "uploads");
  await begun(uploads);
  service.kill("SIGINT");
  await until("draining", () => service.log.some((line) => line.includes("service.draining")));
  const begin = performance.now();
  service.kill("SIGTERM");
  assert.equal(await service.ended, 1);
  assert.ok(performance.now() - begin < 2_000);
  await upload;
  await folder.start();
  assert.deepEqual(await Array.fromAsync(Deno.readDir(uploads)), []);
});

Deno.test("Ctrl-C that arrives twice, as it does through npx, is one signal", async () => {
  await using folder = await dataFolder();
  const service = await folder.start();
  const { body, finish } = slowBody(SAMPLE, "East,A,1,1,0\n");
  const upload = fetch(`${service.url}/v1/tasks`, { method: "POST", body });
  const uploads = join(folder.dataDir, "uploads");
  await begun(uploads);
  service.kill("SIGINT");
  await until("draining", () => service.log.some((line) => line.includes("service.draining")));
  service.kill("SIGINT");
  finish();
  const accepted = await upload;
  await accepted.body?.cancel();
  assert.equal(accepted.status, 202);
  assert.equal(await service.ended, 0);
});

Deno.test("a data folder behind a symbolic link is refused with the name to use", async () => {
  await using folder = await dataFolder();
  const link = `${folder.dataDir}-link`;
  await Deno.symlink(folder.dataDir, link);
  try {
    await assert.rejects(
      startService({ dataDir: link }),
      new RegExp(`symbolic link.*Set DATATASKER_DATA_DIR to ${folder.dataDir}\\.`),
    );
  } finally {
    await Deno.remove(link);
  }
});

Deno.test("a damaged artifact is never sent whole, and its answer that breaks off is a JSON line of the log", async () => {
  await using folder = await dataFolder();
  const service = await folder.start();
  const { id } = await post(`${service.url}/v1/tasks`, HEADER + "East,A,x,1,0\n".repeat(20_000));
  await finalTask(service.url, id);
  const path = join(folder.dataDir, "artifacts", id, "1", `rejects_${id}.csv`);
  const bytes = await Deno.readFile(path);
  bytes[bytes.length - 2] ^= 1;
  await Deno.writeFile(path, bytes);
  await assert.rejects(text(`${service.url}/v1/tasks/${id}/artifacts/rejects`));
  await service.stop();
  const events = service.log.map((line) => JSON.parse(line).event);
  assert.ok(events.includes("artifact.damaged"));
  assert.ok(events.includes("response.broke_off"));
});

Deno.test("logs are JSON lines without cell values or file names", async () => {
  await using folder = await dataFolder();
  const service = await folder.start({ env: { DATATASKER_LOG_LEVEL: "debug" } });
  const secret = "Xanadu-4711";
  const { id } = await post(
    `${service.url}/v1/tasks?filename=${secret}.csv`,
    `${HEADER}${secret},${secret},${secret},1,0\n`,
  );
  await finalTask(service.url, id);
  await service.stop();
  for (const line of service.log) assert.equal(typeof JSON.parse(line).event, "string");
  assert.ok(!service.log.join("\n").includes(secret));
});
