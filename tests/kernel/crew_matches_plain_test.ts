/**
 * Files of the property tests through several threads on a grid so fine that records, quotes and line ends are cut by it: no byte of any
 * artifact may differ from those of the plain engine, with any number of threads.
 *
 * To see one case again, grant the environment and name it:
 * `DATATASKER_TEST_SEED=… DATATASKER_TEST_CASE=… deno test --allow-env --allow-read --allow-write tests/kernel`
 */
import assert from "node:assert/strict";
import { PlainEngine } from "../../src/pipeline/run/engine.ts";
import { CrewEngine, type GridSizes } from "../../src/pipeline/kernel/crew_engine.ts";
import { readInputAt } from "../../src/worker/input_source.ts";
import { KernelCrew } from "../../src/worker/kernel_crew.ts";
import { Dice } from "../property/dice.ts";
import { asLiteral } from "../property/file_text.ts";
import { caseNumbers, ONLY_CASE, SEED } from "../property/settings.ts";
import { makeCase } from "../property/test_case.ts";
import { engineOf, firstDifference, headerLineOf, MemoryScratch, runWhole } from "./engines.ts";

Deno.test("several threads come to what the plain engine comes to, byte for byte", async () => {
  const numbers = caseNumbers();
  const folder = await Deno.makeTempDir();
  const path = `${folder}/input`;
  const crews = [new KernelCrew(1), new KernelCrew(3)];
  let segments = 0;
  let byKernel = 0;
  try {
    for (const number of numbers) {
      const testCase = makeCase(SEED, number);
      const headerLine = headerLineOf(testCase);
      if (headerLine === undefined) continue;
      await Deno.writeFile(path, testCase.bytes);
      const plain = await runWhole(testCase, headerLine, new PlainEngine());
      const crew = crews[number % crews.length];
      const sizes = gridFor(number);
      // Where memory has no room for candidates, scratch has it in every other run, and in the others they are read again.
      const hasScratch = number % 4 < 2;
      crew.open(path, hasScratch ? folder : null);
      using file = await Deno.open(path);
      const engine = CrewEngine.acquire(crew, readInputAt(file), sizes);
      assert.ok(engine !== null, "the kernel wasn't released");
      const scratch = hasScratch ? new MemoryScratch(1 << 30) : undefined;
      const found = await runWhole(testCase, headerLine, engine, scratch);
      const difference = firstDifference(plain, found);
      assert.ok(
        difference === null,
        `DATATASKER_TEST_SEED=${SEED} DATATASKER_TEST_CASE=${number} (${testCase.kind})\n` +
          `sizes ${JSON.stringify(sizes)}\noptions ${JSON.stringify(testCase.options)}\n` +
          `limits ${JSON.stringify(testCase.limits)}\nfile ${
            asLiteral(testCase.bytes)
          }\n${difference}`,
      );
      if (engineOf(found) === "kernel") byKernel++;
      segments += Math.ceil(testCase.bytes.length / sizes.segmentBytes);
    }
  } finally {
    for (const crew of crews) crew.close();
    await Deno.remove(folder, { recursive: true });
  }
  console.log(`seed ${SEED}: ${numbers.length} cases, some ${segments} segments`);
  // Else the plain engine was compared with itself: it takes the place of a kernel that can't read a file's numbers.
  console.log(`${byKernel} runs by the kernel`);
  if (ONLY_CASE === null) {
    assert.ok(byKernel > numbers.length / 2, "the kernel had too few of the runs");
  }
});

function gridFor(number: number): GridSizes {
  const dice = new Dice(SEED + 3, number);
  return {
    firstSegmentBytes: dice.whole(1, 200),
    segmentBytes: dice.whole(20, 400),
    dealtRegionsMin: dice.pick([1 << 20, 0]),
    waitingBytesMax: dice.pick([0, 1_000, 1 << 20]),
    fillBytes: dice.pick([1 << 20, dice.whole(1, 300)]),
    pieceBytes: dice.whole(1, 300),
    carryBytesMax: dice.pick([1 << 18, dice.whole(0, 300)]),
    keptBytesMax: dice.pick([1 << 20, 0, dice.whole(0, 1_000)]),
  };
}
