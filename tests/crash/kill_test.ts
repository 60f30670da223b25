/**
 * `kill -9` at random moments under uploads: whatever dies, every acknowledged task reaches one final state.
 *
 * 100 rounds unless `DATATASKER_TEST_KILL_ROUNDS` says otherwise; `DATATASKER_TEST_SEED` brings a run back (its
 * choices, though not the scheduling of the machine).
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { completedKinds } from "../../src/domain/artifact.ts";
import { OPTION_DEFAULTS } from "../../src/domain/options.ts";
import { Sqlite } from "../../src/audit/sqlite.ts";
import { verifyLedger } from "../../src/audit/verify.ts";
import { moment, until } from "../support/deadline.ts";
import { type Random, seeded } from "../support/random.ts";
import {
  finalTask,
  killQuietly,
  type ServiceProcess,
  startService,
} from "../support/service_process.ts";

const ROUNDS = Number(Deno.env.get("DATATASKER_TEST_KILL_ROUNDS") ?? 100);
const SEED = Number(Deno.env.get("DATATASKER_TEST_SEED") ?? Date.now() % 2 ** 31);

/** Runners give way to all others: on a machine that is busy otherwise, a queue of tasks takes some 15 times as long. */
const FINAL_MS_MAX = 240_000;

type Victim = "service" | "runner" | "everything" | "everything-and-queue";

/** A file whose summary is known without running anything: every revenue is 10, every quantity 2. */
function salesFile(random: Random): { body: string; rows: number } {
  const rows = random.pick([1, 20, 2_000, 40_000]);
  const lines = ["region,product,revenue,quantity,discount"];
  for (let i = 0; i < rows; i++) lines.push(`R${i % 3},P,10,2,0.1`);
  return { body: lines.join("\n") + "\n", rows };
}

/** Upload until told to stop; only what was answered with 202 counts. */
async function uploadUntil(
  stopped: () => boolean,
  url: string,
  random: Random,
  accepted: Map<string, number>,
): Promise<void> {
  while (!stopped()) {
    const { body, rows } = salesFile(random);
    try {
      const response = await fetch(`${url}/v1/tasks?filename=round.csv`, { method: "POST", body });
      const task = await response.json();
      if (response.status === 202) accepted.set(task.id, rows);
    } catch {
      return; // The service died under the upload: nothing was promised.
    }
  }
}

async function kill(victim: Victim, service: ServiceProcess, dataDir: string): Promise<void> {
  if (victim === "runner") {
    for (const pid of service.runnerPids()) killQuietly(pid);
    return;
  }
  const runners = victim === "service" ? [] : service.runnerPids();
  service.kill("SIGKILL");
  for (const pid of runners) killQuietly(pid);
  await service.ended;
  if (victim === "everything-and-queue") {
    for (const suffix of ["", "-wal", "-shm"]) {
      await Deno.remove(join(dataDir, `queue.kv${suffix}`)).catch(() => {});
    }
  }
}

/** Each artifact is there, whole, and says what the file's rows must give. */
async function assertWhole(
  url: string,
  task: Record<string, unknown>,
  rows: number,
): Promise<void> {
  assert.equal(task.state, "completed", JSON.stringify(task.error));
  const artifacts = task.artifacts as { kind: string; href: string; sha256: string }[];
  assert.deepEqual(artifacts.map(({ kind }) => kind), completedKinds(OPTION_DEFAULTS));
  for (const { kind, href, sha256 } of artifacts) {
    const bytes = new Uint8Array(await (await fetch(url + href)).arrayBuffer());
    assert.equal(createHash("sha256").update(bytes).digest("hex"), sha256);
    if (kind !== "summary") continue;
    const lines = new TextDecoder().decode(bytes).trimEnd().split("\n").slice(1);
    const counted = lines.reduce((sum, line) => sum + Number(line.split(",").at(-1)), 0);
    assert.equal(counted, rows);
  }
}

Deno.test(`${ROUNDS} rounds of kill -9 lose no task (seed ${SEED})`, async () => {
  console.log(`seed ${SEED}, ${ROUNDS} rounds`);
  const random = seeded(SEED);
  const dataDir = await Deno.makeTempDir({ prefix: "datatasker-kill-" });
  const accepted = new Map<string, number>();
  const start = () => startService({ dataDir, env: { DATATASKER_RUNNERS: "2" } });
  let service = await start();
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const victim = random.pick<Victim>([
        "service",
        "runner",
        "everything",
        "everything-and-queue",
      ]);
      const before = [...accepted.keys()];
      // Three deaths of a runner on one task are a crash loop by definition: let earlier tasks end first.
      if (victim === "runner") {
        for (const id of before) await finalTask(service.url, id, FINAL_MS_MAX);
      }
      let stopped = false;
      const uploads = [1, 2].map(() => uploadUntil(() => stopped, service.url, random, accepted));
      await moment(random.whole(0, 250));
      await kill(victim, service, dataDir);
      stopped = true;
      await Promise.all(uploads);
      if (victim !== "runner") service = await start();
    }

    for (const [id, rows] of accepted) {
      await assertWhole(service.url, await finalTask(service.url, id, FINAL_MS_MAX), rows);
    }
    assert.ok(accepted.size >= ROUNDS, `only ${accepted.size} uploads were accepted`);
    await until("leftovers to be cleared", async () => {
      const left = await names(join(dataDir, "work"));
      return left.length === 0 ? true : null;
    });
    assert.deepEqual(await names(join(dataDir, "uploads")), []);
    assert.equal(await service.stop(), 0);
    await assertRecord(dataDir, accepted);
    console.log(`${accepted.size} accepted tasks, each completed once`);
  } finally {
    await service.destroy();
    await Deno.remove(dataDir, { recursive: true });
  }
});

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name);
}

/** The chain holds, rows equal the fold of their events, each accepted task has one final event, and each input a task. */
async function assertRecord(
  dataDir: string,
  accepted: Map<string, number>,
): Promise<void> {
  const sqlite = new Sqlite(join(dataDir, "ledger.db"));
  try {
    assert.deepEqual(await verifyLedger(sqlite), []);
    const finals = sqlite.all<{ task_id: string; n: number }>(
      "SELECT task_id, count(*) AS n FROM events " +
        "WHERE type IN ('task.completed', 'task.failed', 'task.cancelled') GROUP BY task_id",
    );
    const byTask = new Map(finals.map(({ task_id, n }) => [task_id, n]));
    for (const id of accepted.keys()) assert.equal(byTask.get(id), 1);
    const inputs = sqlite.all<{ id: string }>("SELECT id FROM tasks").map(({ id }) => `${id}.csv`);
    assert.deepEqual((await names(join(dataDir, "inputs"))).sort(), inputs.sort());
  } finally {
    sqlite.close();
  }
}
