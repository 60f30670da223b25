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
import { Dice } from "../property/dice.ts";
import { asLiteral } from "../property/file_text.ts";
import { caseNumbers, SEED } from "../property/settings.ts";
import { shrunk } from "../property/shrink.ts";
import { makeCase, type TestCase } from "../property/test_case.ts";
import { firstDifference, headerLineOf, MemoryScratch, runWhole } from "./engines.ts";

/** Each case is read with so many sizes, all of them over the cases. */
const SIZES_PER_CASE = 3;
/** Room for candidates that memory has no room for: none, too little for some, enough. */
const SCRATCH_BYTES = [0, 500, 1 << 30];
/** After so many differences the rest would only repeat them. */
const DIFFERENCES_MAX = 3;

Deno.test("the kernel comes to what the plain engine comes to, byte for byte, at odd sizes", async () => {
  const numbers = caseNumbers();
  const differences: string[] = [];
  let runs = 0;
  for (const number of numbers) {
    const testCase = makeCase(SEED, number);
    for (const sizes of sizesFor(testCase)) {
      runs += 1;
      const found = await difference(testCase, sizes).catch(String);
      if (found === null) continue;
      differences.push(await account(testCase, sizes, found));
      break;
    }
    if (differences.length === DIFFERENCES_MAX) break;
  }
  console.log(`seed ${SEED}: ${numbers.length} cases, ${runs} runs`);
  assert.ok(differences.length === 0, differences.join("\n\n"));
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

/** What differs first between the engines; null if nothing does. */
async function difference(testCase: TestCase, sizes: KernelSizes): Promise<string | null> {
  const headerLine = headerLineOf(testCase);
  if (headerLine === undefined) return null;
  const plain = await runWhole(testCase, headerLine, new PlainEngine());
  const engine = KernelEngine.acquire(sizes);
  assert.ok(engine !== null, "the kernel wasn't released");
  const scratch = new MemoryScratch(SCRATCH_BYTES[testCase.number % SCRATCH_BYTES.length]);
  return firstDifference(plain, await runWhole(testCase, headerLine, engine, scratch));
}

async function account(testCase: TestCase, sizes: KernelSizes, found: string): Promise<string> {
  const differs = (bytes: Uint8Array) => difference({ ...testCase, bytes }, sizes).catch(String);
  const small = await shrunk(testCase.bytes, async (bytes) => await differs(bytes) !== null);
  return [
    `DATATASKER_TEST_SEED=${SEED} DATATASKER_TEST_CASE=${testCase.number} (${testCase.kind})`,
    `sizes ${JSON.stringify(sizes)}`,
    `options ${JSON.stringify(testCase.options)} limits ${JSON.stringify(testCase.limits)}`,
    `file ${asLiteral(testCase.bytes)}`,
    found,
    `shrunk to ${asLiteral(small)}`,
    await differs(small) ?? "which differs only sometimes",
  ].join("\n");
}
