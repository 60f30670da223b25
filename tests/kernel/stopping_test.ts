/** Runs that are told to stop, and how runs tell how far they are, with each engine. */
import assert from "node:assert/strict";
import { OPTION_DEFAULTS } from "../../src/domain/options.ts";
import type { Progress } from "../../src/domain/report.ts";
import { type Engine, PlainEngine } from "../../src/pipeline/run/engine.ts";
import type { Crew } from "../../src/pipeline/kernel/crew.ts";
import { CrewEngine, GRID_SIZES } from "../../src/pipeline/kernel/crew_engine.ts";
import { KernelEngine } from "../../src/pipeline/kernel/kernel_engine.ts";
import { runPipeline } from "../../src/pipeline/pipeline.ts";
import { readInputAt } from "../../src/worker/input_source.ts";
import { KernelCrew } from "../../src/worker/kernel_crew.ts";
import { MemoryArtifacts, memorySource } from "../support/memory_artifacts.ts";

const CHUNK_BYTES = 64 * 1024;
const BYTES = new TextEncoder().encode(
  "region,product,revenue,quantity,discount\n" +
    Array.from({ length: 100_000 }, (_, i) => `R${i % 9},p,${1000 + i % 7}.5,2,0.1\n`).join("") +
    "R0,p,99999,2,0.1\n", // an anomaly, for which the plain engine reads again
);

interface Watch {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** Called for each chunk that is read by way of the source. */
  onChunk?: () => void;
  /** Whether the accepted rows are asked for, which takes another pass. */
  cleaned?: boolean;
}

async function run(
  engine: Engine,
  { signal, onProgress, onChunk = () => {}, cleaned = false }: Watch,
) {
  const source = memorySource(BYTES, CHUNK_BYTES);
  return await runPipeline(
    {
      taskId: "task",
      filename: "sales.csv",
      input: {
        bytes: BYTES.length,
        sha256: "00".repeat(32),
        dialect: { encoding: "utf-8", delimiter: ",", header_line: 1 },
      },
      options: { ...OPTION_DEFAULTS, cleaned },
      parent: null,
      softwareVersion: "test",
      artifactPrefix: "",
      source: {
        async *open() {
          for await (const chunk of source.open()) {
            onChunk();
            yield chunk;
          }
        },
      },
      sinks: new MemoryArtifacts(),
      now: () => 0,
      signal,
      onProgress,
    },
    {},
    engine,
  );
}

const ENGINES: Record<string, () => Engine> = {
  plain: () => new PlainEngine(),
  kernel: () => KernelEngine.acquire()!,
};

for (const [name, make] of Object.entries(ENGINES)) {
  Deno.test(`the ${name} engine stops before the next block once it is told to`, async () => {
    const stopping = new AbortController();
    const reason = new Error("enough");
    let steps = 0;
    let late = 0;
    const running = run(make(), {
      signal: stopping.signal,
      onProgress: () => ++steps === 3 && stopping.abort(reason),
      onChunk: () => late += Number(stopping.signal.aborted),
    });
    await assert.rejects(running, reason);
    assert.equal(steps, 3);
    assert.ok(late <= 1, `${late} chunks were read all the same`);
    await run(make(), {}); // what it held is free
  });
}

/** Do something with a crew that has the input open. */
async function withCrew(
  work: (
    crew: KernelCrew,
    engineOver: (crew: Crew) => Engine,
    reads: () => number,
  ) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempFile();
  const crew = new KernelCrew(2);
  try {
    await Deno.writeFile(path, BYTES);
    crew.open(path);
    using file = await Deno.open(path);
    const readAt = readInputAt(file);
    let reads = 0;
    const counted: typeof readAt = (position, target) => {
      reads++;
      return readAt(position, target);
    };
    const sizes = { ...GRID_SIZES, firstSegmentBytes: CHUNK_BYTES, segmentBytes: CHUNK_BYTES };
    await work(crew, (crew) => CrewEngine.acquire(crew, counted, sizes)!, () => reads);
  } finally {
    crew.close();
    await Deno.remove(path);
  }
}

for (const cleaned of [false, true]) {
  const where = cleaned ? " of the pass for accepted rows" : "";
  Deno.test(`the crew stops before the next segment${where}, leaves no thread at work, and can go on`, () =>
    crewStops(cleaned));
}

async function crewStops(cleaned: boolean): Promise<void> {
  await withCrew(async (crew, engineOver, reads) => {
    const stopping = new AbortController();
    const reason = new Error("enough");
    let asked = 0;
    let open = 0;
    const watched: Crew = {
      size: crew.size,
      ask(member, task, order) {
        asked++;
        open++;
        return crew.ask(member, task, order).finally(() => open--);
      },
      answers: () => crew.answers(),
    };
    const before = { asked: 0, reads: 0 };
    const running = run(engineOver(watched), {
      signal: stopping.signal,
      cleaned,
      onProgress({ bytes_read }) {
        if (stopping.signal.aborted || (cleaned && bytes_read <= BYTES.length)) return;
        stopping.abort(reason);
        Object.assign(before, { asked, reads: reads() });
      },
    });
    await assert.rejects(running, reason);
    assert.deepEqual({ asked, reads: reads() }, before, "nobody was asked for more");
    await crew.idle();
    assert.equal(open, 0, "no thread is at work");
    const { result } = await run(engineOver(crew), {});
    assert.equal(result.counts.rows_accepted, 100_001);
  });
}

/** Every step of a run's progress; fails if its share goes back, or exceeds the whole. */
async function stepsOf(engine: Engine, cleaned: boolean): Promise<Progress[]> {
  const steps: Progress[] = [];
  await run(engine, {
    cleaned,
    onProgress(step) {
      const before = steps.at(-1);
      const share = step.bytes_read / step.bytes_total;
      assert.ok(share <= 1);
      if (before) assert.ok(share >= before.bytes_read / before.bytes_total);
      steps.push(step);
    },
  });
  return steps;
}

function assertSmooth(steps: readonly Progress[]): void {
  const shares = [0, ...steps.map(({ bytes_read, bytes_total }) => bytes_read / bytes_total)];
  assert.equal(shares.at(-1), 1);
  const largest = Math.max(...shares.slice(1).map((share, i) => share - shares[i]));
  assert.ok(largest <= 0.08, `a step of ${largest}`);
}

Deno.test("progress moves evenly from 0 to the end with each engine, one read or more", async () => {
  for (const cleaned of [false, true]) {
    for (const make of Object.values(ENGINES)) assertSmooth(await stepsOf(make(), cleaned));
    await withCrew(async (crew, engineOver) => {
      assertSmooth(await stepsOf(engineOver(crew), cleaned));
    });
  }
});
