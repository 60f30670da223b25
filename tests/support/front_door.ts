/** What becomes of an upload, by way of all that an upload passes, but in memory: decompressed, checked, read with each engine. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Dialect } from "../../src/domain/dialect.ts";
import type { InputFault } from "../../src/domain/errors.ts";
import { InputError } from "../../src/domain/errors.ts";
import type { TaskOptions } from "../../src/domain/options.ts";
import { PlainEngine } from "../../src/pipeline/run/engine.ts";
import { IntakeCheck } from "../../src/pipeline/intake_check.ts";
import { KernelEngine } from "../../src/pipeline/kernel/kernel_engine.ts";
import { runPipeline } from "../../src/pipeline/pipeline.ts";
import { parseUploadOptions } from "../../src/routes/upload_options.ts";
import { decompress } from "../../src/tasks/decompress.ts";
import { MemoryArtifacts, memorySource } from "./memory_artifacts.ts";
import type { FinishedRun } from "./pipeline_run.ts";

/** Refused, or the run of the engine that defines what is right. */
export type Answer = { refused: readonly InputFault[] } | { dialect: Dialect; run: FinishedRun };

/** Windows so small that every file crosses them. */
const SIZES = { fillBytes: 128, pieceBytes: 64, carryBytesMax: 1 << 16, keptBytesMax: 1 << 20 };

/** The kernel is for one run at a time, and files may be read at the same time: each waits for those before it. */
let kernelIsFree: Promise<void> = Promise.resolve();

/** What an upload with these options in its query asks for. */
export function termsOf(query: Record<string, string> = {}): ReturnType<typeof parseUploadOptions> {
  return parseUploadOptions(Object.entries(query), { filename: "file.csv", k: 2 });
}

/**
 * @param chunkBytes in which the upload arrives
 * @throws {AssertionError} if the engines that can read the file don't come to the same bytes
 */
export async function readUpload(
  sent: Uint8Array,
  { options, hints }: Pick<ReturnType<typeof termsOf>, "options" | "hints"> = termsOf(),
  chunkBytes = 1_000,
): Promise<Answer> {
  const check = new IntakeCheck(options, hints);
  const parts: Uint8Array[] = [];
  let dialect: Dialect;
  try {
    for await (const chunk of decompress(memorySource(sent, chunkBytes).open()).bytes) {
      check.push(chunk);
      parts.push(chunk.slice());
    }
    dialect = check.finish();
  } catch (error) {
    if (error instanceof InputError) return { refused: error.faults };
    throw error;
  }
  const file = new Uint8Array(Buffer.concat(parts));
  const run = await runWith(file, dialect, options, new PlainEngine());
  const compared = kernelIsFree.then(async () => {
    const engine = KernelEngine.acquire(SIZES);
    assert.ok(engine !== null, "the kernel wasn't released");
    assertSame(await runWith(file, dialect, options, engine), run);
  });
  kernelIsFree = compared.catch(() => {});
  await compared;
  return { dialect, run };
}

async function runWith(
  file: Uint8Array,
  dialect: Dialect,
  options: TaskOptions,
  engine: PlainEngine | KernelEngine,
): Promise<FinishedRun> {
  const artifacts = new MemoryArtifacts();
  const outcome = await runPipeline(
    {
      taskId: "task",
      filename: "file.csv",
      input: { bytes: file.length, sha256: "00".repeat(32), dialect },
      options,
      softwareVersion: "test",
      artifactPrefix: "artifacts/task/1",
      source: memorySource(file, 700),
      sinks: artifacts,
      now: () => 0,
    },
    {},
    engine,
  );
  return { ...outcome, artifacts };
}

/** @throws {AssertionError} if a byte of two runs differs, but for how they were made */
function assertSame(found: FinishedRun, right: FinishedRun): void {
  assert.deepEqual(found.artifacts.opened, right.artifacts.opened);
  for (const kind of right.artifacts.opened) {
    const [a, b] = [found, right].map(({ artifacts }) => {
      if (kind !== "report") return artifacts.text(kind);
      const { run: _run, ...report } = JSON.parse(artifacts.text(kind));
      return JSON.stringify(report);
    });
    assert.equal(a, b, `the kernel's ${kind} differs`);
  }
}
