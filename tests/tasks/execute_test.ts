import assert from "node:assert/strict";
import type { Claim } from "../../src/audit/ledger.ts";
import { type ArtifactKind, completedKinds } from "../../src/domain/artifact.ts";
import { OperatingError } from "../../src/domain/errors.ts";
import type { RunResult } from "../../src/domain/event.ts";
import { LOSSES_MAX, RECORD_WAITS_MS } from "../../src/domain/limits.ts";
import type { FileStore } from "../../src/storage/file_store.ts";
import type { Assignment, RunAssignment, StopReason } from "../../src/tasks/assignment.ts";
import { execute, type ExecuteParts, type Fate } from "../../src/tasks/execute.ts";
import type { Pause } from "../../src/tasks/pause.ts";
import { FakeSystem } from "../support/fake_system.ts";
import { sampleProgress, sampleResult } from "../support/task_samples.ts";
import { Workshop } from "../support/workshop.ts";

/** A bench on which attempts are executed without processes, on clocks that stand still. */
interface Bench {
  shop: Workshop;
  system: FakeSystem;
  /** What `execute` waited for so far. */
  waits: number[];
}

async function withBench(work: (bench: Bench) => Promise<void>): Promise<void> {
  const system = new FakeSystem();
  await using shop = await Workshop.open(system);
  await work({ shop, system, waits: [] });
}

/** Claim a task and execute it once. */
async function attempt(
  bench: Bench,
  taskId: string,
  run: RunAssignment,
  changes: Partial<ExecuteParts> & { stop?: StopReason; claim?: Claim } = {},
): Promise<Fate> {
  const { shop: { records: { ledger }, files, log }, system, waits } = bench;
  const { stop, claim = await ledger.claim("someone", taskId), ...parts } = changes;
  assert.ok(claim, "the task isn't due");
  const abort = new AbortController();
  if (stop !== undefined) abort.abort(stop);
  const pause: Pause = (ms) => {
    waits.push(ms);
    return Promise.resolve();
  };
  return await execute({ ledger, files, log, system, pause, run, ...parts }, claim, {
    signal: abort.signal,
    onProgress: () => {},
  });
}

/** A run that writes artifacts as a runner would. */
async function make(
  { task, workPath, artifactPrefix }: Assignment,
  kinds: readonly ArtifactKind[] = completedKinds(task.options),
): Promise<RunResult> {
  const fence = Number(artifactPrefix.split("/").at(-1));
  const result = sampleResult(task.id, fence);
  result.artifacts = result.artifacts.filter(({ kind }) => kinds.includes(kind));
  for (const artifact of result.artifacts) {
    const name = artifact.path.split("/").at(-1);
    await Deno.writeFile(`${workPath}/${name}`, new Uint8Array(artifact.bytes));
  }
  return result;
}

const finish: RunAssignment = async (assignment) => ({
  type: "finished",
  result: await make(assignment),
});
const crash: RunAssignment = () =>
  Promise.resolve({ type: "crashed", evidence: "The runner was ended by SIGSEGV." });
const breakDown: RunAssignment = () =>
  Promise.resolve({
    type: "broke",
    error: { code: "runner-hung", message: "It stood still." },
    evidence: "The runner was ended by SIGKILL.",
  });

/** A part of which some methods go wrong. */
function faulty<T extends object>(part: T, faults: Partial<T>): T {
  return new Proxy(part, {
    get(target, name) {
      if (name in faults) return faults[name as keyof T];
      const value = target[name as keyof T];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Names in a folder of the data folder, sorted; none if it is absent. */
async function names(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

Deno.test("a finished run is published and completed, and no work remains", () =>
  withBench(async (bench) => {
    const { shop } = bench;
    const { id } = await shop.submit("x.csv");
    assert.equal(await attempt(bench, id, finish), "completed");
    assert.equal(await shop.story(id), "received started completed");
    assert.equal((await names(shop.paths.attemptArtifacts(id, 1))).length, 4);
    assert.deepEqual(await names(shop.paths.work), []);
    const view = await shop.records.queries.task(id);
    for (const artifact of view?.task.artifacts ?? []) {
      const file = await shop.files.openArtifact(artifact);
      assert.ok(file);
      file.close();
    }
  }));

Deno.test("a refused run fails at once, with its error, its counts, its last progress and the artifacts that exist", () =>
  withBench(async (bench) => {
    const { shop } = bench;
    const { id } = await shop.submit("x.csv");
    const error = { code: "no-valid-rows", message: "No row was accepted." } as const;
    const fate = await attempt(bench, id, async (assignment, watch) => {
      watch.onProgress(sampleProgress(1_234));
      return { type: "refused", error, result: await make(assignment, ["rejects", "report"]) };
    });
    assert.equal(fate, "failed");
    assert.equal((await shop.records.queries.task(id))?.progress?.bytes_read, 1_234);
    const task = await shop.task(id);
    assert.deepEqual([task.state, task.error, task.attempt], ["failed", error, 1]);
    assert.equal(task.counts?.rows_total, 10);
    assert.deepEqual(task.artifacts.map(({ kind }) => kind), ["rejects", "report"]);
    assert.equal((await names(shop.paths.attemptArtifacts(id, 1))).length, 2);
  }));

Deno.test("an operating error is tried five times with growing waits, then failed with its code", () =>
  withBench(async (bench) => {
    const { shop, system } = bench;
    const { id } = await shop.submit("x.csv");
    for (const waitMs of [1_000, 5_000, 30_000, 120_000]) {
      assert.equal(await attempt(bench, id, breakDown), "retrying");
      system.pass(waitMs - 1);
      assert.equal(await shop.records.ledger.claim("early", id), null);
      system.pass(1);
    }
    assert.equal(await attempt(bench, id, breakDown), "failed");
    const task = await shop.task(id);
    assert.deepEqual([task.attempt, task.crashes, task.error?.code], [5, 0, "runner-hung"]);
    const { evidence } = await shop.newest(id, "task.failed");
    assert.equal(evidence, "The runner was ended by SIGKILL.");
    assert.deepEqual(await names(shop.paths.work), []);
  }));

Deno.test("the third crash fails the task as poisoned, with the evidence", () =>
  withBench(async (bench) => {
    const { shop, system } = bench;
    const { id } = await shop.submit("x.csv");
    for (const waitMs of [1_000, 5_000]) {
      assert.equal(await attempt(bench, id, crash), "retrying");
      system.pass(waitMs);
    }
    assert.equal(await attempt(bench, id, crash), "failed");
    assert.equal(
      await shop.story(id),
      "received started retry_scheduled started retry_scheduled started failed",
    );
    const { error, evidence } = await shop.newest(id, "task.failed");
    assert.equal(error.code, "poisoned");
    assert.equal(evidence, "The runner was ended by SIGSEGV.");
    const retry = await shop.newest(id, "task.retry_scheduled");
    assert.deepEqual([retry.crash, retry.error.code], [true, "runner-crashed"]);
    assert.equal(retry.evidence, "The runner was ended by SIGSEGV.");
  }));

Deno.test("a task that crashed once and was released often still completes", () =>
  withBench(async (bench) => {
    const { shop, system } = bench;
    const { id } = await shop.submit("x.csv");
    await attempt(bench, id, crash);
    system.pass(1_000);
    for (let times = 0; times < 5; times++) {
      assert.equal(await attempt(bench, id, finish, { stop: "shutdown" }), "released");
    }
    assert.equal(await attempt(bench, id, finish), "completed");
    const task = await shop.task(id);
    assert.deepEqual([task.attempt, task.crashes, task.losses], [2, 1, 5]);
  }));

Deno.test("a shutdown gives the task back at no cost and discards the work", () =>
  withBench(async (bench) => {
    const { shop } = bench;
    const { id } = await shop.submit("x.csv");
    const fate = await attempt(bench, id, async (assignment) => {
      await make(assignment);
      return { type: "stopped", reason: "shutdown" };
    });
    assert.equal(fate, "released");
    const task = await shop.task(id);
    assert.deepEqual([task.state, task.attempt, task.crashes], ["queued", 0, 0]);
    assert.deepEqual(await shop.newest(id, "task.released"), { reason: "shutdown" });
    assert.deepEqual(await names(shop.paths.work), []);
  }));

Deno.test("too many shutdowns end the task as poisoned, and its fate is failed", () =>
  withBench(async (bench) => {
    const { shop } = bench;
    const { id } = await shop.submit("x.csv");
    const fates = [];
    for (let times = 0; times < LOSSES_MAX; times++) {
      fates.push(await attempt(bench, id, finish, { stop: "shutdown" }));
    }
    assert.deepEqual(new Set(fates.slice(0, -1)), new Set(["released"]));
    assert.equal(fates.at(-1), "failed");
    assert.equal((await shop.task(id)).error?.code, "poisoned");
  }));

Deno.test("a run that was stopped because the claim is lost writes nothing to the ledger", () =>
  withBench(async (bench) => {
    const { shop } = bench;
    const { id } = await shop.submit("x.csv");
    assert.equal(await attempt(bench, id, finish, { stop: "lost" }), "lost");
    assert.equal(await shop.story(id), "received started");
  }));

Deno.test("late results of a lost claim are discarded, and those of the winner stay", () =>
  withBench(async (bench) => {
    const { shop } = bench;
    const { ledger } = shop.records;
    const { id } = await shop.submit("x.csv");
    const late = await ledger.claim("late", id);
    assert.ok(late);
    const fate = await attempt(bench, id, async (assignment, watch) => {
      // While this one works, it is taken for dead, and somebody else does the task.
      await ledger.release({ taskId: id, fence: 1, consumer: "late" }, "consumer-lost");
      assert.equal(await attempt(bench, id, finish), "completed");
      return await finish(assignment, watch);
    }, { claim: late });
    assert.equal(fate, "lost");
    assert.equal(await shop.story(id), "received started released started completed");
    assert.deepEqual(await names(shop.paths.taskArtifacts(id)), ["2"]);
    assert.deepEqual(await names(shop.paths.work), []);
  }));

Deno.test("a crash, a fault and a refusal under a lost claim change nothing, and nobody insists", () =>
  withBench(async (bench) => {
    const { shop, waits } = bench;
    const refuse: RunAssignment = async (assignment) => ({
      type: "refused",
      error: { code: "no-valid-rows", message: "No row was accepted." },
      result: await make(assignment, ["report"]),
    });
    for (const run of [crash, breakDown, refuse]) {
      const { id } = await shop.submit("x.csv");
      const fate = await attempt(bench, id, async (assignment, watch) => {
        await shop.records.ledger.release(
          { taskId: id, fence: 1, consumer: "someone" },
          "consumer-lost",
        );
        return await run(assignment, watch);
      });
      assert.equal(fate, "lost");
      assert.equal(await shop.story(id), "received started released");
      assert.deepEqual(await names(shop.paths.taskArtifacts(id)), []);
    }
    assert.deepEqual(waits, []);
  }));

Deno.test("a work folder that can't be made is an operating error with its code", () =>
  withBench(async (bench) => {
    const { shop } = bench;
    const { id } = await shop.submit("x.csv");
    const files = faulty<FileStore>(shop.files, {
      openWork: () => Promise.reject(new OperatingError("disk-full", "The disk is full.")),
    });
    assert.equal(await attempt(bench, id, finish, { files }), "retrying");
    assert.equal((await shop.newest(id, "task.retry_scheduled")).error.code, "disk-full");
  }));

Deno.test("artifacts that aren't what the result says are an operating error, and nothing is served", () =>
  withBench(async (bench) => {
    const { shop } = bench;
    const { id } = await shop.submit("x.csv");
    const fate = await attempt(bench, id, async (assignment) => {
      const result = await make(assignment);
      result.artifacts[0].bytes += 1;
      return { type: "finished", result };
    });
    assert.equal(fate, "retrying");
    assert.equal((await shop.newest(id, "task.retry_scheduled")).error.code, "internal-error");
    assert.deepEqual(await names(shop.paths.artifacts), []);
    assert.deepEqual(await names(shop.paths.work), []);
  }));

Deno.test("a fault without a code is an internal error whose message shows nothing of the server", () =>
  withBench(async (bench) => {
    const { shop } = bench;
    const { id } = await shop.submit("x.csv");
    const fault = new TypeError("/secret/folder is odd");
    assert.equal(await attempt(bench, id, () => Promise.reject(fault)), "retrying");
    const { error } = await shop.newest(id, "task.retry_scheduled");
    assert.equal(error.code, "internal-error");
    assert.doesNotMatch(error.message, /secret/);
    assert.match(String(shop.log.of("attempt.run_failed")[0].fields.error), /secret/);
  }));

Deno.test("work that filled the disk is gone before the ledger needs room to say so", () =>
  withBench(async (bench) => {
    const { shop } = bench;
    const { ledger } = shop.records;
    const { id } = await shop.submit("x.csv");
    const work: string[][] = [];
    const fate = await attempt(bench, id, async (assignment) => {
      await make(assignment);
      return { type: "broke", error: { code: "disk-full", message: "The disk is full." } };
    }, {
      ledger: faulty(ledger, {
        scheduleRetry: async (...write) => {
          work.push(await names(shop.paths.work));
          return await ledger.scheduleRetry(...write);
        },
      }),
    });
    assert.equal(fate, "retrying");
    assert.deepEqual(work, [[]]);
  }));

Deno.test("a write that the ledger refuses is repeated, and then counts", () =>
  withBench(async (bench) => {
    const { shop, waits } = bench;
    const { ledger } = shop.records;
    const { id } = await shop.submit("x.csv");
    let refusals = 2;
    const fate = await attempt(bench, id, finish, {
      ledger: faulty(ledger, {
        complete: (claim, result) =>
          refusals-- > 0
            ? Promise.reject(new OperatingError("disk-full", "The disk is full."))
            : ledger.complete(claim, result),
      }),
    });
    assert.equal(fate, "completed");
    assert.deepEqual(waits, RECORD_WAITS_MS.slice(0, 2));
    assert.equal(await shop.story(id), "received started completed");
  }));

Deno.test("a ledger that can't be written at all leaves the claim to the reconciler", () =>
  withBench(async (bench) => {
    const { shop, waits } = bench;
    const { id } = await shop.submit("x.csv");
    const refuse = () => Promise.reject(new Error("no disk, no ledger"));
    const fate = await attempt(bench, id, finish, {
      ledger: faulty(shop.records.ledger, { complete: refuse, heartbeat: refuse }),
    });
    assert.equal(fate, "abandoned");
    assert.deepEqual(waits, RECORD_WAITS_MS);
    assert.equal((await shop.task(id)).state, "running");
    // Somebody else does it again, and what was published in vain goes.
    await shop.records.ledger.release(
      { taskId: id, fence: 1, consumer: "someone" },
      "consumer-lost",
    );
    assert.equal(await attempt(bench, id, finish), "completed");
    assert.deepEqual(await names(shop.paths.taskArtifacts(id)), ["2"]);
  }));

Deno.test("a write that succeeded but seemed to fail loses nothing", () =>
  withBench(async (bench) => {
    const { shop } = bench;
    const { ledger } = shop.records;
    const { id } = await shop.submit("x.csv");
    const fate = await attempt(bench, id, finish, {
      ledger: faulty(ledger, {
        complete: async (claim, result) => {
          await ledger.complete(claim, result);
          throw new Error("the answer was lost");
        },
      }),
    });
    assert.equal(fate, "lost");
    assert.equal((await shop.task(id)).state, "completed");
    assert.equal((await names(shop.paths.attemptArtifacts(id, 1))).length, 4);
  }));

Deno.test("files that can't be removed don't change a fate", () =>
  withBench(async (bench) => {
    const { shop } = bench;
    const { ledger } = shop.records;
    const { id } = await shop.submit("x.csv");
    await ledger.claim("earlier", id);
    await ledger.release({ taskId: id, fence: 1, consumer: "earlier" }, "consumer-lost");
    const files = faulty<FileStore>(shop.files, {
      removeOtherAttempts: () => Promise.reject(new Error("busy")),
    });
    assert.equal(await attempt(bench, id, finish, { files }), "completed");
    assert.equal(shop.log.of("attempt.tidy_failed").length, 1);
  }));
