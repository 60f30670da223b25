/** Runs the pipeline over bytes in memory, at any read size, and hostile as its contract allows. */
import type { ArtifactKind } from "../../src/domain/artifact.ts";
import type { Dialect } from "../../src/domain/dialect.ts";
import { InputError, type InputFault } from "../../src/domain/errors.ts";
import type { Engine } from "../../src/pipeline/run/engine.ts";
import { IntakeCheck } from "../../src/pipeline/intake_check.ts";
import { runPipeline } from "../../src/pipeline/pipeline.ts";
import type { PipelineOutcome } from "../../src/pipeline/pipeline_run.ts";
import type { Scratch } from "../../src/pipeline/run/scratch.ts";
import { sha256 } from "../oracle/artifacts.ts";
import { FILENAME, SOFTWARE_VERSION, TASK_ID } from "./expectation.ts";
import type { TestCase } from "./test_case.ts";

/** How a file is read: the size of each next chunk. */
export interface ReadSize {
  name: string;
  next(): number;
}

const ARTIFACT_PREFIX = "artifacts/task/1";

/** All that there is to detect, said as the oracle takes it for granted. */
const PLAIN = {
  encoding: "utf-8",
  delimiter: ",",
  quote: '"',
  escape: "doubled",
  header_line: 1,
} as const;

/** What `IntakeCheck` says of the bytes, told that they are plain; in every other case it gets to know the options at the end only. */
export function checkIntake(
  testCase: TestCase,
  readSize: ReadSize,
): { headerLine: number | null } | { refused: readonly InputFault[] } {
  try {
    const { options, number } = testCase;
    const check = new IntakeCheck(number % 2 === 0 ? options : null, PLAIN);
    for (const chunk of passingChunks(testCase.bytes, readSize)) check.push(chunk);
    return { headerLine: check.finish(options, PLAIN).header_line };
  } catch (error) {
    if (error instanceof InputError) return { refused: error.faults };
    throw error;
  }
}

/** The dialect that `IntakeCheck` detects. @throws {InputError} if it refuses the file */
export function detectedDialect({ bytes, options }: TestCase, readSize: ReadSize): Dialect {
  const check = new IntakeCheck(options);
  for (const chunk of passingChunks(bytes, readSize)) check.push(chunk);
  return check.finish();
}

export interface Run {
  outcome: PipelineOutcome;
  artifacts: Partial<Record<ArtifactKind, Uint8Array>>;
}

/** One run of the pipeline. @param scratch for the run's own thread */
export async function runInMemory(
  testCase: TestCase,
  headerLine: number | null,
  readSize: ReadSize,
  engine?: Engine,
  scratch?: Scratch,
): Promise<Run> {
  const { bytes, options, limits } = testCase;
  const written = new Map<ArtifactKind, MemorySink>();
  const dialect = {
    encoding: "utf-8",
    delimiter: ",",
    ...testCase.dialect,
    header_line: headerLine,
  } as Dialect;
  let clockMs = 0;
  const outcome = await runPipeline(
    {
      taskId: TASK_ID,
      filename: FILENAME,
      input: { bytes: bytes.length, sha256: sha256(bytes), dialect },
      options,
      softwareVersion: SOFTWARE_VERSION,
      artifactPrefix: ARTIFACT_PREFIX,
      source: {
        async *open() {
          for (const chunk of passingChunks(bytes, readSize)) {
            await Promise.resolve();
            yield chunk;
          }
        },
      },
      sinks: {
        open(kind) {
          if (written.has(kind)) throw new Error(`${kind} is opened twice`);
          const sink = new MemorySink();
          written.set(kind, sink);
          return Promise.resolve(sink);
        },
      },
      scratch,
      now: () => clockMs += 0.25,
    },
    limits,
    engine,
  );
  const artifacts = Object.fromEntries(
    [...written].map(([kind, sink]) => [kind, sink.content()]),
  );
  return { outcome, artifacts };
}

/** Chunks that are overwritten as soon as the next is asked for, as a source may. */
function* passingChunks(bytes: Uint8Array, readSize: ReadSize): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const chunk = bytes.slice(at, at + readSize.next());
    at += chunk.length;
    yield chunk;
    chunk.fill(0x22); // a quote does the most harm
  }
}

/** Takes bytes only when it must: just before a write resolves. */
class MemorySink {
  readonly #parts: Uint8Array[] = [];
  #closed = false;

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#closed) throw new Error("a closed sink is written to");
    await Promise.resolve();
    this.#parts.push(bytes.slice());
  }

  async beginAnew(): Promise<void> {
    if (this.#closed) throw new Error("a closed sink is begun anew");
    await Promise.resolve();
    this.#parts.length = 0;
  }

  close(): Promise<{ bytes: number; sha256: string }> {
    if (this.#closed) throw new Error("a sink is closed twice");
    this.#closed = true;
    const content = this.content();
    return Promise.resolve({ bytes: content.length, sha256: sha256(content) });
  }

  content(): Uint8Array {
    if (!this.#closed) throw new Error("a sink is left open");
    const bytes = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }
}
