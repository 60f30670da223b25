import assert from "node:assert/strict";
import { getPriority } from "node:os";
import { RUNNER_NICENESS } from "../../src/domain/limits.ts";
import type { Progress } from "../../src/domain/report.ts";
import type { Task } from "../../src/domain/task.ts";
import type { StopReason, Verdict } from "../../src/tasks/assignment.ts";
import { runnerCommand } from "../../src/worker/runner_command.ts";
import type { Reservation, RunnerPool } from "../../src/worker/runner_pool.ts";
import { until } from "../support/deadline.ts";
import { killQuietly } from "../support/service_process.ts";
import { Workshop } from "../support/workshop.ts";

const FENCE = 1;

/** A place of a pool, once one is ready. */
async function placeIn(pool: RunnerPool): Promise<Reservation> {
  return await until("a free place", () => pool.reserve());
}

/** Have the pool do what the name says. */
async function run(
  shop: Workshop,
  place: Reservation,
  filename: string,
  watch: { abort?: AbortController; onProgress?: (progress: Progress) => void } = {},
): Promise<{ task: Task; verdict: Verdict }> {
  const task = await shop.submit(filename);
  const verdict = await place.run({
    task,
    inputPath: shop.files.inputPath(task.id),
    workPath: await shop.files.openWork(task.id, FENCE),
    artifactPrefix: `artifacts/${task.id}/${FENCE}`,
  }, {
    signal: watch.abort?.signal ?? new AbortController().signal,
    onProgress: watch.onProgress ?? (() => {}),
  });
  return { task, verdict };
}

/** One run on a pool of its own. */
async function verdictOf(
  filename: string,
  options: Parameters<Workshop["pool"]>[0] = {},
): Promise<Verdict> {
  await using shop = await Workshop.open();
  const pool = shop.pool(options);
  pool.start(() => {});
  return (await run(shop, await placeIn(pool), filename)).verdict;
}

function abortedWith(reason: StopReason): AbortController {
  const abort = new AbortController();
  abort.abort(reason);
  return abort;
}

Deno.test("a runner that finishes gives its result, and stays warm for the next run", async () => {
  await using shop = await Workshop.open();
  const pool = shop.pool();
  pool.start(() => {});
  const place = await placeIn(pool);
  const pids = pool.pids();
  for (let runs = 0; runs < 3; runs++) {
    const { task, verdict } = await run(shop, place, "finish");
    assert.equal(verdict.type, "finished");
    assert.equal(verdict.type === "finished" && verdict.result.artifacts.length, 4);
    const work = shop.paths.attemptWork(task.id, FENCE);
    assert.equal((await Array.fromAsync(Deno.readDir(work))).length, 4);
  }
  assert.deepEqual(pool.pids(), pids);
});

Deno.test("a runner gives way to whoever answers requests", async () => {
  await using shop = await Workshop.open();
  const pool = shop.pool();
  pool.start(() => {});
  await placeIn(pool);
  assert.equal(getPriority(pool.pids()[0]), RUNNER_NICENESS);
});

Deno.test("a runner that can't be told to give way is ended, and the log says why", {
  permissions: {
    read: true,
    write: true,
    env: true,
    run: true,
    sys: ["statfs"],
  },
}, async () => {
  await using shop = await Workshop.open();
  const pool = shop.pool();
  pool.start(() => {});
  const [death] = await until("a death", () => {
    const deaths = shop.log.of("runner.died_without_work");
    return deaths.length > 0 ? deaths : null;
  });
  assert.match(String(death.fields.evidence), /SIGKILL.*\n.*low priority: NotCapable/);
});

Deno.test("a refusal comes with its error and the artifacts that exist", async () => {
  const verdict = await verdictOf("refuse");
  assert.equal(verdict.type, "refused");
  if (verdict.type !== "refused") return;
  assert.deepEqual(verdict.error, {
    code: "no-valid-rows",
    message: "No row was accepted.",
    line: 2,
  });
  assert.deepEqual(verdict.result.artifacts.map((artifact) => artifact.kind), [
    "rejects",
    "report",
  ]);
});

Deno.test("an operating error keeps its code", async () => {
  assert.deepEqual(await verdictOf("broke"), {
    type: "broke",
    error: { code: "disk-full", message: "The disk is full." },
  });
});

Deno.test("a death that nobody ordered is a crash, with code and last words but no folder", async () => {
  assert.deepEqual(await verdictOf("exit-3"), {
    type: "crashed",
    evidence: "The runner ended with exit code 3.\nlast words\n    at parse.ts:1:2",
  });
});

Deno.test("an exit with code 0 in mid-run is a crash too", async () => {
  assert.deepEqual(await verdictOf("exit-0"), {
    type: "crashed",
    evidence: "The runner ended with exit code 0.",
  });
});

Deno.test("a runner killed from outside is a crash with the signal, and is replaced", async () => {
  await using shop = await Workshop.open();
  const pool = shop.pool();
  pool.start(() => {});
  const place = await placeIn(pool);
  const [pid] = pool.pids();
  const { verdict } = await run(shop, place, "finish-when-told", {
    onProgress: () => killQuietly(pid),
  });
  assert.deepEqual(verdict, { type: "crashed", evidence: "The runner was ended by SIGKILL." });
  place.release();
  const next = await run(shop, await placeIn(pool), "finish");
  assert.equal(next.verdict.type, "finished");
  assert.notDeepEqual(pool.pids(), [pid]);
});

Deno.test("a runner out of memory is a crash, and this process isn't touched by it", async () => {
  const verdict = await verdictOf("eat-memory", { heapMibMax: 64 });
  assert.equal(verdict.type, "crashed");
  assert.match(verdict.type === "crashed" ? verdict.evidence : "", /SIGTRAP|133|heap/);
});

Deno.test("a runner that is silent for too long is killed: an operating error", async () => {
  const verdict = await verdictOf("hang", { silenceMsMax: 150 });
  assert.equal(verdict.type, "broke");
  if (verdict.type !== "broke") return;
  assert.equal(verdict.error.code, "runner-hung");
  assert.match(verdict.evidence ?? "", /SIGKILL/);
});

for (
  const [filename, reason] of Object.entries({
    "babble": /a line that isn't JSON/,
    "babble-numbers": /progress\.bytes_read/,
    "babble-bytes": /it said/,
    "ready-again": /said ready/,
    "stop-unasked": /wasn.t told to/,
    "huge-line": /a line of more than/,
    "one-artifact-missing": /rejects is missing/,
    "one-artifact-twice": /report comes 2 times/,
  })
) {
  Deno.test(`a runner that breaks the protocol (${filename}) is killed: an operating error`, async () => {
    const verdict = await verdictOf(filename);
    assert.equal(verdict.type, "broke");
    if (verdict.type !== "broke") return;
    assert.equal(verdict.error.code, "internal-error");
    assert.match(verdict.evidence ?? "", reason);
    assert.match(verdict.evidence ?? "", /SIGKILL/);
  });
}

Deno.test("what a runner finished before it died counts", async () => {
  assert.equal((await verdictOf("finish-then-exit")).type, "finished");
});

Deno.test("a runner that talks on after its answer is replaced, its answer counts", async () => {
  await using shop = await Workshop.open();
  const pool = shop.pool();
  pool.start(() => {});
  const place = await placeIn(pool);
  const pids = pool.pids();
  assert.equal((await run(shop, place, "finish-and-talk-on")).verdict.type, "finished");
  place.release();
  await until("another runner", () => pool.pids().length === 1 && pool.pids()[0] !== pids[0]);
});

Deno.test("an aborted run gives up by itself, with the reason, and its runner stays warm", async () => {
  await using shop = await Workshop.open();
  const pool = shop.pool({ stopMsMax: 60_000 });
  pool.start(() => {});
  const place = await placeIn(pool);
  const pids = pool.pids();
  const abort = new AbortController();
  const { verdict } = await run(shop, place, "finish-when-told", {
    abort,
    onProgress: () => abort.abort("lost"),
  });
  assert.deepEqual(verdict, { type: "stopped", reason: "lost" });
  assert.equal((await run(shop, place, "finish")).verdict.type, "finished");
  assert.deepEqual(pool.pids(), pids);
});

Deno.test("an aborted run that doesn't give up in time is killed, and nothing lives on", async () => {
  await using shop = await Workshop.open();
  const pool = shop.pool({ stopMsMax: 20 });
  pool.start(() => {});
  const place = await placeIn(pool);
  const [pid] = pool.pids();
  const abort = new AbortController();
  const { verdict } = await run(shop, place, "hang", {
    abort,
    onProgress: () => abort.abort("lost"),
  });
  assert.deepEqual(verdict, { type: "stopped", reason: "lost" });
  assert.throws(() => Deno.kill(pid, "SIGCONT"), Deno.errors.NotFound);
});

Deno.test("a run that is aborted before it begins never reaches a runner", async () => {
  await using shop = await Workshop.open();
  const pool = shop.pool();
  pool.start(() => {});
  const place = await placeIn(pool);
  const { verdict } = await run(shop, place, "exit-3", { abort: abortedWith("shutdown") });
  assert.deepEqual(verdict, { type: "stopped", reason: "shutdown" });
});

Deno.test("a pool that stops ends its runs and every process", async () => {
  await using shop = await Workshop.open();
  const pool = shop.pool({ runners: 2 });
  pool.start(() => {});
  const places = [await placeIn(pool), await placeIn(pool)];
  assert.equal(pool.reserve(), null);
  const pids = pool.pids();
  assert.equal(pids.length, 2);
  let begun = 0;
  const runs = places.map((place) => run(shop, place, "hang", { onProgress: () => begun++ }));
  await until("both runs", () => begun === 2);
  await pool.stop();
  for (const { verdict } of await Promise.all(runs)) {
    assert.deepEqual(verdict, { type: "stopped", reason: "shutdown" });
  }
  for (const pid of pids) assert.throws(() => Deno.kill(pid, "SIGCONT"), Deno.errors.NotFound);
});

Deno.test("a runner that dies while it waits is replaced, and the place it was reserved for still runs", async () => {
  await using shop = await Workshop.open();
  const pool = shop.pool();
  pool.start(() => {});
  const place = await placeIn(pool);
  const [pid] = pool.pids();
  killQuietly(pid);
  await until("the pool to notice", () => pool.pids()[0] !== pid);
  assert.equal((await run(shop, place, "finish")).verdict.type, "finished");
});

Deno.test("runners that can't even start are tried again with growing waits, and the log says why", async () => {
  await using shop = await Workshop.open();
  const pool = shop.pool({ entry: import.meta.resolve("./fake_runner.ts") + "?dies" });
  let isFree = false;
  pool.start(() => isFree = true);
  const deaths = await until("three deaths", () => {
    const deaths = shop.log.of("runner.died_without_work");
    return deaths.length >= 3 ? deaths : null;
  });
  assert.deepEqual(deaths.slice(0, 3).map(({ fields }) => fields.wait_ms), [100, 200, 400]);
  assert.equal(deaths[0].fields.evidence, "The runner ended with exit code 1.\ncannot begin");
  assert.equal(pool.reserve(), null);
  assert.equal(isFree, false);
});

Deno.test("a runner that never gets ready is killed and tried again", async () => {
  await using shop = await Workshop.open();
  const pool = shop.pool({
    entry: import.meta.resolve("./fake_runner.ts") + "?mute",
    startMsMax: 150,
  });
  pool.start(() => {});
  const [death] = await until("a death", () => {
    const deaths = shop.log.of("runner.died_without_work");
    return deaths.length > 0 ? deaths : null;
  });
  assert.match(String(death.fields.evidence), /SIGKILL/);
});

Deno.test("a data folder that can't be named in a permission flag is refused with the cure", () => {
  assert.throws(
    () =>
      runnerCommand({
        inputsDir: "/data/a,b/inputs",
        workDir: "/data/a,b/work",
        scratchDir: "/data/a,b/scratch",
      }),
    { name: "RangeError", message: /comma.*Choose a data folder/ },
  );
});

Deno.test("a runner can read inputs and write work, and nothing else at all", async () => {
  const verdict = await verdictOf("try-everything");
  assert.equal(verdict.type === "broke" ? verdict.error.message : "", "");
  assert.equal(verdict.type, "finished");
});
