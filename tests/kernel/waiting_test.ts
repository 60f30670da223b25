/** Rejects and anomalies wait in memory until their turn: how much of a file may be done ahead depends on how many there are. */
import assert from "node:assert/strict";
import { OPTION_DEFAULTS } from "../../src/domain/options.ts";
import type { Crew, CrewTask, CrewWork } from "../../src/pipeline/kernel/crew.ts";
import { CrewEngine, GRID_SIZES } from "../../src/pipeline/kernel/crew_engine.ts";
import { PlainEngine } from "../../src/pipeline/run/engine.ts";
import { readInputAt } from "../../src/worker/input_source.ts";
import { KernelCrew } from "../../src/worker/kernel_crew.ts";
import type { TestCase } from "../property/test_case.ts";
import { firstDifference, runWhole } from "./engines.ts";

const SIZES = {
  ...GRID_SIZES,
  firstSegmentBytes: 4 * 1024,
  segmentBytes: 16 * 1024,
  waitingBytesMax: 32 * 1024,
};

/** What was asked of the other thread in a run. */
interface Asked {
  /** The most segments that it was to do and hadn't done. */
  run: number;
  /** The most segments of which it was to make the anomalies' rows and hadn't. */
  detect: number;
  /** Segments of which it got what this thread found in them. */
  handedOver: number;
}

/** Runs over these rows again and again, which must come to what the plain engine does; what was asked of the other thread. */
async function askedFor(...pattern: string[]): Promise<Asked> {
  const rows = Array.from({ length: 40_000 }, (_, i) => pattern[i % pattern.length]);
  const text = ["region,product,revenue,quantity,discount", "N,p,1,1,0", ...rows, ""].join("\n");
  const bytes = new TextEncoder().encode(text);
  const options = { ...OPTION_DEFAULTS, k: 0.1 };
  const testCase: TestCase = { number: 0, kind: "waiting", bytes, options, limits: {} };
  const path = await Deno.makeTempFile();
  await Deno.writeFile(path, bytes);
  const crew = new KernelCrew(1);
  const found: Asked = { run: 0, detect: 0, handedOver: 0 };
  const asked = { run: 0, detect: 0 };
  const watched: Crew = {
    size: crew.size,
    ask(member, asking, order) {
      const task: CrewTask = asking; // a generic one isn't narrowed
      const anomalies = task === "detect" ? (order as CrewWork["detect"]["order"]).segments : [];
      found.handedOver += anomalies.filter(({ handedOver }) => handedOver !== null).length;
      const answer = crew.ask(member, asking, order);
      if (task !== "run" && task !== "detect") return answer;
      const segments = task === "run" ? 1 : anomalies.length;
      found[task] = Math.max(found[task], asked[task] += segments);
      return answer.finally(() => asked[task] -= segments);
    },
    answers: () => crew.answers(),
  };
  try {
    crew.open(path);
    using file = await Deno.open(path);
    const made = await runWhole(
      testCase,
      1,
      CrewEngine.acquire(watched, readInputAt(file), SIZES)!,
    );
    assert.equal(firstDifference(await runWhole(testCase, 1, new PlainEngine()), made), null);
  } finally {
    crew.close();
    await Deno.remove(path);
  }
  return found;
}

Deno.test("where most rows are rejected a thread is asked for one segment at a time, else for some", async () => {
  assert.equal((await askedFor("North,Widget,abc,3,0.1")).run, 1);
  assert.ok((await askedFor("North,Widget,12.50,3,0.1")).run > 1);
});

Deno.test("where many rows are anomalies a thread is asked for those of a few segments at a time", async () => {
  const { detect } = await askedFor("North,Widget,12.50,3,0.1", "North,Widget,99.50,3,0.1");
  assert.ok(detect <= 3, `${detect} segments`); // as many as are asked for before any is weighed
});

Deno.test("the thread that puts out all anomalies has another make the rows of some that are its own", async () => {
  const { handedOver } = await askedFor("North,Widget,12.50,3,0.1", "North,Widget,99.50,3,0.1");
  assert.ok(handedOver > 0);
});
