/**
 * Every file of the property tests through both engines: no byte of any artifact may differ, however small the windows and pieces that
 * the kernel works on.
 *
 * To see one case again, grant the environment and name it:
 * `DATATASKER_TEST_SEED=… DATATASKER_TEST_CASE=… deno test --allow-env tests/kernel`
 */
import assert from "node:assert/strict";
import { PlainEngine } from "../../src/pipeline/run/engine.ts";
import { KernelEngine } from "../../src/pipeline/kernel/kernel_engine.ts";
import type { KernelSizes } from "../../src/pipeline/kernel/kernel_sizes.ts";
import { compareCases } from "../property/compare_cases.ts";
import { Dice } from "../property/dice.ts";
import { ONLY_CASE, SEED } from "../property/settings.ts";
import type { TestCase } from "../property/test_case.ts";
import { engineOf, firstDifference, headerLineOf, MemoryScratch, runWhole } from "./engines.ts";

/** Each case is read with so many sizes, all of them over the cases. */
const SIZES_PER_CASE = 3;
/** Room for candidates that memory has no room for: none, too little for some, enough. */
const SCRATCH_BYTES = [0, 500, 1 << 30];
Deno.test("the kernel comes to what the plain engine comes to, byte for byte, at odd sizes", async () => {
  let byKernel = 0;
  const count = await compareCases({
    waysOf: sizesFor,
    difference: async (testCase, sizes) => {
      const compared = await compare(testCase, sizes);
      if (compared?.engine === "kernel") byKernel += 1;
      return compared?.difference ?? null;
    },
    described: (sizes) => `sizes ${JSON.stringify(sizes)}`,
    differencesMax: 3,
  });
  // Else the plain engine was compared with itself: it takes the place of a kernel that can't read a file's numbers.
  console.log(`${byKernel} runs by the kernel`);
  if (ONLY_CASE === null) assert.ok(byKernel > count, "the kernel had too few of the runs");
});

function sizesFor({ bytes, number }: TestCase): KernelSizes[] {
  const dice = new Dice(SEED + 2, number);
  const of = (fillBytes: number, pieceBytes: number, carryBytesMax = 1 << 18): KernelSizes => {
    const keptBytesMax = dice.pick([0, 1 << 20, dice.whole(0, 1_000)]);
    return { fillBytes, pieceBytes, carryBytesMax, keptBytesMax };
  };
  const all = [
    of(1 << 20, 1 << 16),
    of(64, 64, 0),
    of(65, 7, 100),
    of(4096, 63),
    of(dice.whole(1, 300), dice.whole(1, 300), dice.whole(0, 300)),
  ];
  const some = bytes.length > 4096 ? all : [...all, of(1, 1, 40), of(7, 1, 0)];
  return dice.shuffled(some).slice(0, SIZES_PER_CASE);
}

/** What differs first between the engines, if anything does, and which one it really was; null if there is nothing to compare. */
async function compare(testCase: TestCase, sizes: KernelSizes) {
  const headerLine = headerLineOf(testCase);
  if (headerLine === undefined) return null;
  const plain = await runWhole(testCase, headerLine, new PlainEngine());
  const engine = KernelEngine.acquire(sizes);
  assert.ok(engine !== null, "the kernel wasn't released");
  const scratch = new MemoryScratch(SCRATCH_BYTES[testCase.number % SCRATCH_BYTES.length]);
  const run = await runWhole(testCase, headerLine, engine, scratch);
  return { difference: firstDifference(plain, run), engine: engineOf(run) };
}
