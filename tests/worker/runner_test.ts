/** The real runner: the pipeline behind the protocol, in its sandbox. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Progress } from "../../src/domain/report.ts";
import { isFinal, type Task } from "../../src/domain/task.ts";
import type { Verdict } from "../../src/tasks/assignment.ts";
import { RUNNER_LINE_BYTES_MAX } from "../../src/domain/limits.ts";
import { readLines } from "../../src/worker/lines.ts";
import type { Order, RunnerMessage } from "../../src/worker/protocol.ts";
import { runnerCommand } from "../../src/worker/runner_command.ts";
import { parseRunnerMessage } from "../../src/worker/runner_message.ts";
import { until } from "../support/deadline.ts";
import { testWithMount, withMount } from "../support/mount.ts";
import { Workshop } from "../support/workshop.ts";
import { CREW_BYTES_MIN } from "../../src/worker/runner_threads.ts";

const RUNNER = import.meta.resolve("../../src/worker/runner.ts");
const HEADER = "region,product,revenue,quantity,discount\n";
const FENCE = 1;

/** A file of so many good rows. */
function salesFile(rows: number): string {
  return HEADER + "North,A,10,2,0.1\n".repeat(rows);
}

interface Ran {
  verdict: Verdict;
  task: Task;
  progress: Progress[];
}

/** One run of the real runner over this text; `spoil` sees the task between its receipt and its run. */
async function runOver(
  shop: Workshop,
  text: string,
  spoil: (task: Task, workPath: string) => Promise<void> | void = () => {},
): Promise<Ran> {
  const pool = shop.pool({ entry: RUNNER });
  pool.start(() => {});
  const task = await shop.submit("x.csv", text);
  const workPath = await shop.files.openWork(task.id, FENCE);
  await spoil(task, workPath);
  const place = await until("a free place", () => pool.reserve());
  const progress: Progress[] = [];
  const verdict = await place.run({
    task,
    inputPath: shop.files.inputPath(task.id),
    workPath,
    artifactPrefix: `artifacts/${task.id}/${FENCE}`,
  }, { signal: new AbortController().signal, onProgress: (step) => progress.push(step) });
  return { verdict, task, progress };
}

Deno.test("a good file is finished, and its artifacts are what the result says", async () => {
  await using shop = await Workshop.open();
  const { verdict, task, progress } = await runOver(shop, salesFile(3));
  assert.equal(verdict.type, "finished");
  if (verdict.type !== "finished") return;
  assert.equal(verdict.result.counts.rows_accepted, 3);
  const work = shop.paths.attemptWork(task.id, FENCE);
  for (const { path, bytes, sha256 } of verdict.result.artifacts) {
    const file = await Deno.readFile(`${work}/${path.split("/").at(-1)}`);
    assert.equal(file.length, bytes);
    assert.equal(createHash("sha256").update(file).digest("hex"), sha256);
  }
  const stages = progress.map(({ stage }) => stage);
  assert.deepEqual([...new Set(stages)], stages, "each stage once: the rest is too quick to see");
});

Deno.test("a large file is for all processors, in the sandbox too", async () => {
  await using shop = await Workshop.open();
  const rows = Math.ceil(CREW_BYTES_MIN / (salesFile(1).length - HEADER.length));
  const { verdict, task } = await runOver(shop, salesFile(rows) + "South,A,1,0,0\n");
  assert.equal(verdict.type, "finished");
  const work = shop.paths.attemptWork(task.id, FENCE);
  const { run, counts } = JSON.parse(await Deno.readTextFile(`${work}/report_${task.id}.json`));
  assert.equal(run.threads, navigator.hardwareConcurrency);
  assert.equal(counts.rows_accepted, rows);
  const [, reject] = (await Deno.readTextFile(`${work}/rejects_${task.id}.csv`)).split("\n");
  assert.match(reject, new RegExp(`^South,A,1,0,0,${rows + 2},${rows + 1},zero-quantity,`));
});

Deno.test("a file without a good row is refused, with rejects and report only", async () => {
  await using shop = await Workshop.open();
  const { verdict, task } = await runOver(shop, HEADER + "North,A,abc,2,0.1\n");
  assert.equal(verdict.type, "refused");
  if (verdict.type !== "refused") return;
  assert.equal(verdict.error.code, "no-valid-rows");
  assert.deepEqual(verdict.result.artifacts.map(({ kind }) => kind), ["rejects", "report"]);
  await shop.files.publish(task.id, FENCE, verdict.result.artifacts);
});

Deno.test("an input that is gone or damaged is an operating error that says so", async () => {
  await using shop = await Workshop.open();
  const gone = await runOver(shop, salesFile(1), (task) => Deno.remove(shop.paths.input(task.id)));
  assert.equal(gone.verdict.type === "broke" && gone.verdict.error.code, "input-unreadable");
  const damaged = await runOver(
    shop,
    salesFile(1),
    (task) => Deno.truncate(shop.paths.input(task.id), 50),
  );
  assert.equal(damaged.verdict.type === "broke" && damaged.verdict.error.code, "input-damaged");
});

Deno.test("an unexpected fault is an internal error: its stack is evidence, its path is not", async () => {
  await using shop = await Workshop.open();
  const { verdict } = await runOver(shop, salesFile(1), (_, workPath) => Deno.remove(workPath));
  assert.equal(verdict.type, "broke");
  if (verdict.type !== "broke") return;
  assert.equal(verdict.error.code, "internal-error");
  assert.match(verdict.evidence ?? "", /NotFound[\s\S]*artifact_sinks\.ts:\d+/);
  assert.doesNotMatch(JSON.stringify(verdict), new RegExp(`${shop.paths.root}|src/worker`));
});

await testWithMount("a work folder without room is disk-full", "tmpfs", async () => {
  await using shop = await Workshop.open();
  // Each row is rejected, so that the rejects are larger than the folder.
  const text = HEADER + "North,A,abc,2,0.1\n".repeat(5_000);
  await Deno.remove(shop.paths.work);
  await withMount("tmpfs", "tmpfs", "size=64k", async (folder) => {
    await Deno.symlink(folder, shop.paths.work);
    const { verdict } = await runOver(shop, text);
    assert.equal(verdict.type === "broke" && verdict.error.code, "disk-full");
    await Deno.remove(shop.paths.work);
  });
});

Deno.test("a runner stays warm and keeps nothing of one run for the next", async () => {
  await using shop = await Workshop.open();
  const consumer = shop.consumer({ runners: shop.pool({ entry: RUNNER }) });
  await consumer.start();
  const texts = [salesFile(2), HEADER, salesFile(5), HEADER + "East,B,1,0,0\n", salesFile(2)];
  const tasks = [];
  for (const text of texts) tasks.push(await shop.submit("x.csv", text));
  consumer.wake();
  const counts = [];
  for (const { id } of tasks) {
    const task = await until("the end", async () => {
      const task = await shop.task(id);
      return isFinal(task.state) ? task : null;
    });
    counts.push([task.state, task.counts?.rows_accepted, task.counts?.rows_rejected]);
  }
  assert.deepEqual(counts, [
    ["completed", 2, 0],
    ["failed", 0, 0],
    ["completed", 5, 0],
    ["failed", 0, 1],
    ["completed", 2, 0],
  ]);
});

/**
 * A runner without a pool, so that a test holds its standard streams itself: busy with a file of 20 MB, of which no row is for the
 * kernel, because that would be done at once.
 */
async function busyRunner(shop: Workshop): Promise<{
  child: Deno.ChildProcess;
  stdin: WritableStreamDefaultWriter<Uint8Array>;
  messages: AsyncGenerator<RunnerMessage>;
}> {
  const child = runnerCommand({
    inputsDir: shop.paths.inputs,
    workDir: shop.paths.work,
    scratchDir: shop.paths.scratch,
  }).spawn();
  const stdin = child.stdin.getWriter();
  const messages = parsed(readLines(child.stdout, RUNNER_LINE_BYTES_MAX));
  assert.equal((await messages.next()).value?.type, "ready");
  await tell(stdin, await orderFor(shop, salesFile(1_200_000).replaceAll("0.1", "1e-1")));
  assert.equal((await messages.next()).value?.type, "progress");
  return { child, stdin, messages };
}

async function orderFor(shop: Workshop, text: string): Promise<Order> {
  const task = await shop.submit("x.csv", text);
  return {
    type: "run",
    task_id: task.id,
    filename: task.filename,
    input: task.input,
    options: task.options,
    parent: task.parent,
    input_path: shop.paths.input(task.id),
    work_path: await shop.files.openWork(task.id, FENCE),
    artifact_prefix: `artifacts/${task.id}/${FENCE}`,
    software_version: "test",
  };
}

async function tell(stdin: WritableStreamDefaultWriter<Uint8Array>, order: Order): Promise<void> {
  await stdin.write(new TextEncoder().encode(JSON.stringify(order) + "\n"));
}

/** The type of the next message that isn't progress. */
async function answerIn(messages: AsyncGenerator<RunnerMessage>): Promise<string | undefined> {
  for (;;) {
    const { value } = await messages.next();
    if (value?.type !== "progress") return value?.type;
  }
}

async function* parsed(lines: AsyncIterable<string>): AsyncGenerator<RunnerMessage> {
  for await (const line of lines) yield parseRunnerMessage(line);
}

Deno.test("a busy runner gives up its run when it is told to, and is ready for another", async () => {
  await using shop = await Workshop.open();
  const { child, stdin, messages } = await busyRunner(shop);
  await tell(stdin, { type: "stop" });
  assert.equal(await answerIn(messages), "stopped");
  await tell(stdin, { type: "stop" }); // too late, which means nothing
  await tell(stdin, await orderFor(shop, salesFile(3)));
  assert.equal(await answerIn(messages), "finished");
  await stdin.close();
  assert.equal((await child.status).code, 0);
  await messages.return(undefined);
  await child.stderr.cancel();
});

Deno.test("a busy runner ends when its standard input closes", async () => {
  await using shop = await Workshop.open();
  const { child, stdin, messages } = await busyRunner(shop);
  await stdin.close();
  const last = await Array.fromAsync(messages);
  assert.equal(
    last.some(({ type }) => type === "finished"),
    false,
    "it was too quick for this test",
  );
  assert.equal((await child.status).code, 0);
  await child.stderr.cancel();
});

Deno.test("a busy runner ignores the signals that reach its whole group, and tells its progress", async () => {
  await using shop = await Workshop.open();
  const { child, stdin, messages } = await busyRunner(shop);
  child.kill("SIGINT");
  child.kill("SIGTERM");
  let steps = 0;
  for await (const message of messages) {
    if (message.type !== "progress") {
      assert.equal(message.type, "finished");
      break;
    }
    steps++;
  }
  assert.ok(steps >= 2, `${steps} steps`);
  await stdin.close();
  assert.equal((await child.status).code, 0);
  await child.stderr.cancel();
});
