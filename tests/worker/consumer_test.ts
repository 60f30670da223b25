import assert from "node:assert/strict";
import type { Ledger } from "../../src/audit/ledger.ts";
import { isFinal, type Task } from "../../src/domain/task.ts";
import { livingConsumers } from "../../src/storage/process_lock.ts";
import { until } from "../support/deadline.ts";
import { killQuietly } from "../support/service_process.ts";
import { Workshop } from "../support/workshop.ts";

/** The task once it is final. */
async function final(shop: Workshop, id: string): Promise<Task> {
  return await until(`task ${id} to be final`, async () => {
    const task = await shop.task(id);
    return isFinal(task.state) ? task : null;
  });
}

/** Until a run has begun and told its progress. */
async function underWay(shop: Workshop, id: string): Promise<void> {
  await until(`task ${id} to be under way`, async () => {
    return (await shop.records.queries.task(id))?.progress?.bytes_read === 7;
  });
}

Deno.test("a task that waited before the consumer started is completed", async () => {
  await using shop = await Workshop.open();
  const { id } = await shop.submit("finish");
  await shop.consumer().start();
  const task = await final(shop, id);
  assert.deepEqual([task.state, task.outcome, task.attempt], ["completed", "clean", 1]);
  assert.equal(task.artifacts.length, 4);
});

Deno.test("a doorbell starts a task at once: no poll in between", async () => {
  await using shop = await Workshop.open();
  const consumer = shop.consumer();
  await consumer.start();
  const waits = [];
  for (let i = 0; i < 5; i++) {
    const { id } = await shop.submit("finish");
    consumer.wake();
    const { created_at, finished_at } = await final(shop, id);
    waits.push(Date.parse(finished_at!) - Date.parse(created_at));
  }
  // The best of five, since the machine may be busy; with polls alone each takes some 250 ms.
  assert.ok(Math.min(...waits) < 100, `${waits} ms`);
});

Deno.test("a task without a doorbell starts by itself", async () => {
  await using shop = await Workshop.open();
  await shop.consumer().start();
  for (let i = 0; i < 2; i++) {
    assert.equal((await final(shop, (await shop.submit("finish")).id)).state, "completed");
  }
});

Deno.test("progress of a running task can be seen", async () => {
  await using shop = await Workshop.open();
  const task = await shop.submit("finish-when-told");
  await shop.consumer().start();
  await underWay(shop, task.id);
  assert.equal((await shop.task(task.id)).state, "running");
  await shop.tell(task);
  assert.equal((await final(shop, task.id)).state, "completed");
});

Deno.test("a consumer claims no more than its runners can take", async () => {
  await using shop = await Workshop.open();
  const tasks = [];
  for (let i = 0; i < 4; i++) tasks.push(await shop.submit("finish-when-told"));
  const consumer = shop.consumer({ runners: shop.pool({ runners: 2 }) });
  await consumer.start();
  await underWay(shop, tasks[0].id);
  await underWay(shop, tasks[1].id);
  consumer.wake();
  const states = await Promise.all(tasks.map(async ({ id }) => (await shop.task(id)).state));
  assert.deepEqual(states, ["running", "running", "queued", "queued"]);
  for (const task of tasks) await shop.tell(task);
  for (const { id } of tasks) assert.equal((await final(shop, id)).state, "completed");
});

Deno.test("two consumers share the tasks, and each task is run once", async () => {
  await using shop = await Workshop.open();
  const ids = ["one", "two"];
  const consumers = ids.map((id) => shop.consumer({ id, runners: shop.pool() }));
  await Promise.all(consumers.map((consumer) => consumer.start()));
  const tasks = [];
  for (let i = 0; i < 30; i++) {
    tasks.push(await shop.submit("finish"));
    for (const consumer of consumers) consumer.wake();
  }
  const workers = new Set<unknown>();
  for (const { id } of tasks) {
    await final(shop, id);
    assert.equal(await shop.story(id), "received started completed");
    workers.add((await shop.newest(id, "task.started")).consumer);
  }
  assert.deepEqual([...workers].sort(), ids);
});

Deno.test("a runner killed in mid-task costs one attempt, and the task is retried after its wait", async () => {
  await using shop = await Workshop.open();
  const runners = shop.pool();
  const task = await shop.submit("finish-when-told");
  await shop.consumer({ runners }).start();
  await underWay(shop, task.id);
  killQuietly(runners.pids()[0]);
  await until("the retry", async () => (await shop.task(task.id)).state === "retrying");
  await shop.tell(task);
  const { attempt, crashes, state } = await final(shop, task.id);
  assert.deepEqual([state, attempt, crashes], ["completed", 2, 1]);
  const { data: { evidence }, at, next } = await retryOf(shop, task.id);
  assert.equal(evidence, "The runner was ended by SIGKILL.");
  const waitMs = Date.parse(next) - Date.parse(at);
  assert.ok(waitMs >= 800 && waitMs < 2_000, `waited ${waitMs} ms`);
});

async function retryOf(shop: Workshop, id: string) {
  const events = await shop.records.queries.events(id, { after: 0, limit: 100 });
  const index = events.findIndex((event) => event.type === "task.retry_scheduled");
  const event = events[index];
  assert.ok(event?.type === "task.retry_scheduled");
  return { data: event.data, at: event.at, next: events[index + 1].at };
}

Deno.test("a consumer that stops gives its tasks back at once and at no cost, and frees its lock", async () => {
  await using shop = await Workshop.open();
  const runners = shop.pool();
  const task = await shop.submit("finish-when-told");
  const consumer = shop.consumer({ id: "stopping", runners });
  await consumer.start();
  await underWay(shop, task.id);
  assert.deepEqual(await livingConsumers(shop.paths, []), ["stopping"]);
  const pids = runners.pids();
  const began = performance.now();
  await consumer.stop();
  assert.ok(performance.now() - began < 1_000);
  assert.equal(await shop.story(task.id), "received started released");
  const { state, attempt, crashes } = await shop.task(task.id);
  assert.deepEqual([state, attempt, crashes], ["queued", 0, 0]);
  assert.deepEqual(await livingConsumers(shop.paths, []), []);
  assert.throws(() => Deno.kill(pids[0], "SIGCONT"), Deno.errors.NotFound);
  await consumer.stop();
});

Deno.test("a consumer that stops right after it started leaves nothing running", async () => {
  await using shop = await Workshop.open();
  const { id } = await shop.submit("finish");
  const consumer = shop.consumer();
  const starting = consumer.start();
  await consumer.stop();
  await starting;
  assert.deepEqual(await livingConsumers(shop.paths, []), []);
  assert.notEqual((await shop.task(id)).state, "running");
});

Deno.test("a claim that is lost under a run ends the run, and somebody else's result stands", async () => {
  await using shop = await Workshop.open();
  const { ledger } = shop.records;
  const task = await shop.submit("finish-when-told");
  const runners = shop.pool();
  const consumer = shop.consumer({ id: "late", runners });
  await consumer.start();
  await underWay(shop, task.id);
  const [pid] = runners.pids();
  await ledger.release({ taskId: task.id, fence: 1, consumer: "late" }, "consumer-lost");
  const other = await ledger.claim("other", task.id);
  // Either this test or the consumer itself is faster: both mean that the first claim is lost.
  const ended = await until("its end", () => shop.log.of("attempt.ended")[0]);
  assert.deepEqual([ended.fields.fence, ended.fields.fate], [1, "lost"]);
  assert.deepEqual(runners.pids(), [pid], "the runner stopped by itself and is used again");
  if (other !== null) {
    await ledger.release({ taskId: task.id, fence: other.fence, consumer: "other" }, "shutdown");
  }
  await shop.tell(task);
  assert.equal((await final(shop, task.id)).state, "completed");
});

Deno.test("what a dead consumer held is given back before another begins to work", async () => {
  await using shop = await Workshop.open();
  const { id } = await shop.submit("finish");
  await shop.records.ledger.claim("dead", id);
  await shop.consumer().start();
  assert.match(await shop.story(id), /^received started released/, "before it works itself");
  const task = await final(shop, id);
  assert.deepEqual([task.state, task.attempt, task.losses], ["completed", 1, 1]);
  assert.equal(await shop.story(id), "received started released started completed");
});

Deno.test("a refused file, a broken disk and a poisonous file each get their state, and the rest goes on", async () => {
  await using shop = await Workshop.open();
  const refused = await shop.submit("refuse");
  const broken = await shop.submit("broke");
  const crashing = await shop.submit("exit-3");
  const good = await shop.submit("finish");
  await shop.consumer().start();
  assert.equal((await final(shop, good.id)).state, "completed");
  assert.equal((await final(shop, refused.id)).error?.code, "no-valid-rows");
  await until("the crash", async () => (await shop.task(crashing.id)).crashes > 0);
  assert.equal((await shop.newest(broken.id, "task.retry_scheduled")).error.code, "disk-full");
});

Deno.test("a ledger that fails for a while stops nothing", async () => {
  await using shop = await Workshop.open();
  const { ledger } = shop.records;
  let failures = 3;
  const flaky = new Proxy(ledger, {
    get(target, name: keyof Ledger) {
      const method = target[name].bind(target) as (...args: unknown[]) => Promise<unknown>;
      return (...args: unknown[]) =>
        failures-- > 0 ? Promise.reject(new Error("the disk is full")) : method(...args);
    },
  });
  const { id } = await shop.submit("finish");
  await shop.consumer({ ledger: flaky }).start();
  assert.equal((await final(shop, id)).state, "completed");
  assert.ok(failures < 0);
});

Deno.test("a liveness lock that can't be had is an error of start", async () => {
  await using shop = await Workshop.open();
  await shop.consumer({ id: "twin" }).start();
  await assert.rejects(shop.consumer({ id: "twin" }).start(), /somebody else/);
});
