/** Several processes on one ledger: each with its own connection, killed or not. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { openLedger } from "../../src/audit/open_ledger.ts";
import { Sqlite } from "../../src/audit/sqlite.ts";
import { verifyLedger } from "../../src/audit/verify.ts";
import { system } from "../../src/system.ts";
import { until } from "../support/deadline.ts";
import { seeded } from "../support/random.ts";
import { sampleReceipt } from "../support/task_samples.ts";
import { raw, withPath } from "./temp_database.ts";

const ENTRY = fileURLToPath(new URL("./ledger_process.ts", import.meta.url));
const TASKS = 120;
const KILLS = 6;

class LedgerProcess {
  readonly lines: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<void>;

  constructor(path: string, ...work: string[]) {
    const folder = dirname(path);
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--cached-only",
        `--allow-read=${folder}`,
        `--allow-write=${folder}`,
        ENTRY,
        path,
        ...work,
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#read = this.#readLines();
  }

  async ready(): Promise<void> {
    await until("the process to be ready", () => this.lines[0] === "ready");
  }

  /** What it says it has done. */
  get done(): string[] {
    return this.lines.slice(1);
  }

  async go(): Promise<void> {
    const input = this.#child.stdin.getWriter();
    await input.write(new TextEncoder().encode("go\n"));
    await input.close();
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended();
  }

  /** Its exit code. */
  async ended(): Promise<number> {
    return await this.#ended();
  }

  async #ended(): Promise<number> {
    const [status] = await Promise.all([this.#child.status, this.#read]);
    return status.code;
  }

  async #readLines(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!; // a line that was cut by a kill says nothing
      this.lines.push(...lines);
    }
  }
}

async function assertVerifies(path: string): Promise<void> {
  const sqlite = new Sqlite(path);
  try {
    assert.deepEqual(await verifyLedger(sqlite), []);
  } finally {
    sqlite.close();
  }
}

Deno.test("three processes share the tasks: each runs once, in one chain", async () => {
  await withPath(async (path) => {
    const { ledger, queries } = openLedger(path, system);
    const ids = Array.from({ length: TASKS }, () => system.newId());
    try {
      await Promise.all(ids.map((id) => ledger.receive(sampleReceipt(id))));
      const processes = ["c1", "c2", "c3"].map((c) => new LedgerProcess(path, "run", c));
      await Promise.all(processes.map((process) => process.ready()));
      await Promise.all(processes.map((process) => process.go()));
      const codes = await Promise.all(processes.map((process) => process.ended()));
      assert.deepEqual(codes, [0, 0, 0]);
      assert.deepEqual(processes.flatMap(({ done }) => done).toSorted(), ids.toSorted());
      const completed = await queries.tasks({ state: "completed", limit: TASKS + 1, before: null });
      assert.equal(completed.length, TASKS);
    } finally {
      await ledger.close();
    }
    await assertVerifies(path);
  });
});

Deno.test("several processes may make a new ledger at the same moment", async () => {
  await withPath(async (path) => {
    const processes = ["c1", "c2", "c3", "c4"].map((c) => new LedgerProcess(path, "run", c));
    await Promise.all(processes.map((process) => process.ready()));
    await Promise.all(processes.map((process) => process.go()));
    const codes = await Promise.all(processes.map((process) => process.ended()));
    assert.deepEqual(codes, [0, 0, 0, 0]);
    await assertVerifies(path);
  });
});

Deno.test(`what was acknowledged survives kill -9 (${KILLS} times)`, async () => {
  const random = seeded(20260105);
  await withPath(async (path) => {
    const acknowledged: string[] = [];
    for (let round = 0; round < KILLS; round++) {
      const process = new LedgerProcess(path, "receive");
      await process.ready();
      await process.go();
      const enough = random.whole(1, 60);
      await until("acknowledged tasks", () => process.done.length >= enough);
      await process.kill();
      acknowledged.push(...process.done);
    }
    const kept = raw(path, (database) => database.prepare("SELECT id FROM tasks").all());
    const keptIds = new Set(kept.map(({ id }) => id));
    assert.deepEqual(acknowledged.filter((id) => !keptIds.has(id)), []);
    await assertVerifies(path);
  });
});
