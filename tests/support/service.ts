/**
 * The app over real parts (SQLite, local files, memory queue) in a folder of its own, without runners: tests decide
 * what becomes of a task.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Hono } from "hono";
import { type AppParts, type AppSettings, createApp } from "../../src/app.ts";
import { openLedger } from "../../src/audit/open_ledger.ts";
import { type Artifact, ARTIFACT_KINDS, artifactFileName } from "../../src/domain/artifact.ts";
import type { ArtifactKind } from "../../src/domain/artifact.ts";
import type { RunResult } from "../../src/domain/event.ts";
import type { TaskError } from "../../src/domain/errors.ts";
import type { Task } from "../../src/domain/task.ts";
import { createLog } from "../../src/log.ts";
import { MemoryQueue } from "../../src/queue/memory_queue.ts";
import { LocalFileStore } from "../../src/storage/local_file_store.ts";
import { Paths } from "../../src/storage/paths.ts";
import { system } from "../../src/system.ts";
import { Intake } from "../../src/tasks/intake.ts";

/** A small file that every check lets pass. */
export const SALES_CSV =
  "region,product,revenue,quantity,discount\nEast,A,1200,2,0.05\nWest,B,2400,4,0.10\n";

/** What each artifact of a completed test task holds that was given no options. */
export const ARTIFACT_TEXTS: Readonly<Record<Exclude<ArtifactKind, "cleaned">, string>> = {
  summary:
    "region,revenue_sum,revenue_mean,quantity_sum,discount_mean,rows\nEast,1200,1200,2,0.05,1\n",
  anomalies: "region,product,revenue,quantity,discount,rev_per_unit,is_anomaly,z_score,_line\n",
  rejects: "region,product,revenue,quantity,discount,_line,_record,_error_code\n",
  report: '{\n  "complete": true\n}\n',
};

/** What a run over `SALES_CSV` measures. */
export function resultWith(artifacts: Artifact[]): RunResult {
  return {
    counts: {
      rows_total: 2,
      rows_accepted: 2,
      rows_rejected: 0,
      rows_skipped: 0,
      regions: 2,
      anomalies: 0,
      rejected_by_code: {},
      skipped_by_kind: {},
    },
    statistics: { n: 2, mean: 600, sd: 0, k: 2, threshold: 600 },
    warnings: [{ code: "no-spread", message: "All values are equal." }],
    artifacts,
  };
}

export interface TestService extends AsyncDisposable {
  readonly app: Hono;
  readonly parts: AppParts;
  readonly dataDir: string;
  readonly paths: Paths;
  /** Log lines so far. */
  readonly log: string[];
  /** IDs that the doorbell rang for. */
  readonly rings: string[];
  /** Upload `SALES_CSV` (or another text) and return the task's ID. */
  accept(csv?: string, query?: string): Promise<string>;
  /** Run a task to its end by hand, with these artifacts. */
  complete(id: string, texts?: Partial<Record<ArtifactKind, string>>): Promise<Task>;
  /** Fail a task, with a rejects file and a report beside the error. */
  fail(id: string, error?: TaskError): Promise<Task>;
  /** Every file in uploads, inputs, work and artifacts, relative to the data folder. */
  files(): string[];
}

/** @param overrides replace single parts; `settings` are merged into the defaults */
export async function openService(
  overrides: Partial<Omit<AppParts, "settings">> & { settings?: Partial<AppSettings> } = {},
): Promise<TestService> {
  const dataDir = await Deno.makeTempDir({ prefix: "datatasker_test_" });
  const paths = new Paths(dataDir);
  const store = new LocalFileStore(paths, system);
  await store.prepare();
  const { ledger, queries } = openLedger(paths.ledger, system);
  const queue = new MemoryQueue();
  const rings: string[] = [];
  queue.listen((id) => rings.push(id));
  const log: string[] = [];
  const parts: AppParts = {
    ledger,
    queries,
    store,
    queue,
    system,
    log: createLog("debug", system.now, (line) => log.push(line)),
    intake: new Intake(),
    ready: () => Promise.resolve([]),
    ...overrides,
    settings: { hosts: [], uploadBytesMax: 1_000_000, k: 2, ...overrides.settings },
  };
  const app = createApp(parts);

  const publish = async (
    id: string,
    fence: number,
    texts: Partial<Record<ArtifactKind, string>>,
  ): Promise<Artifact[]> => {
    const work = await store.openWork(id, fence);
    const artifacts: Artifact[] = [];
    for (const kind of ARTIFACT_KINDS.filter((kind) => texts[kind] !== undefined)) {
      const bytes = new TextEncoder().encode(texts[kind]);
      await Deno.writeFile(join(work, artifactFileName(kind, id)), bytes);
      artifacts.push({
        kind,
        path: paths.recordedArtifact(id, fence, kind),
        bytes: bytes.length,
        sha256: createHash("sha256").update(bytes).digest("hex"),
        rows: kind === "report" ? null : texts[kind]!.split("\n").length - 2,
      });
    }
    await store.publish(id, fence, artifacts);
    return artifacts;
  };
  const claim = async (id: string) => {
    const claim = await ledger.claim("test-consumer", id);
    if (claim === null) throw new Error(`task ${id} can't be claimed`);
    return claim;
  };

  return {
    app,
    parts,
    dataDir,
    paths,
    log,
    rings,
    async accept(csv = SALES_CSV, query = "") {
      const response = await app.request(`/v1/tasks${query}`, { method: "POST", body: csv });
      const task = await response.json();
      if (response.status !== 202) throw new Error(`refused: ${JSON.stringify(task)}`);
      return task.id;
    },
    async complete(id, texts: Partial<Record<ArtifactKind, string>> = ARTIFACT_TEXTS) {
      const held = await claim(id);
      return await ledger.complete(held, resultWith(await publish(id, held.fence, texts)));
    },
    async fail(id, error = { code: "no-valid-rows", message: "No row could be used." }) {
      const held = await claim(id);
      const { rejects, report } = ARTIFACT_TEXTS;
      const artifacts = await publish(id, held.fence, { rejects, report });
      return await ledger.fail(held, error, resultWith(artifacts));
    },
    files: () =>
      ["uploads", "inputs", "work", "artifacts"].flatMap((folder) =>
        filesIn(join(dataDir, folder)).map((file) => `${folder}/${file}`)
      ),
    async [Symbol.asyncDispose]() {
      await queue.close();
      await ledger.close();
      await Deno.remove(dataDir, { recursive: true });
    },
  };
}

function filesIn(folder: string): string[] {
  const files: string[] = [];
  for (const entry of Deno.readDirSync(folder)) {
    if (!entry.isDirectory) files.push(entry.name);
    else files.push(...filesIn(join(folder, entry.name)).map((file) => `${entry.name}/${file}`));
  }
  return files.sort();
}
