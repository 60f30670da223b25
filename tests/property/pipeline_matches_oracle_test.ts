/**
 * Random files through the pipeline and the oracle: no byte may differ in any artifact, at any read size.
 *
 * To see one case again, grant the environment and name it:
 * `DATATASKER_TEST_SEED=… DATATASKER_TEST_CASE=… deno test --allow-env tests/property`
 */
import assert from "node:assert/strict";
import { difference } from "./comparison.ts";
import { Dice } from "./dice.ts";
import { expectation } from "./expectation.ts";
import { asLiteral } from "./file_text.ts";
import type { ReadSize } from "./memory_run.ts";
import { caseNumbers, ONLY_CASE, SEED } from "./settings.ts";
import { shrunk } from "./shrink.ts";
import { makeCase, type TestCase } from "./test_case.ts";

const CASES_MIN = 1_000;
/** After so many differences the rest would only repeat them. */
const DIFFERENCES_MAX = 5;

Deno.test("random files come to what the oracle says, byte for byte, at every read size", async () => {
  const numbers = caseNumbers();
  const differences: string[] = [];
  let runs = 0;
  for (const number of numbers) {
    const testCase = makeCase(SEED, number);
    const expected = expectation(testCase);
    for (const readSize of readSizes(testCase)) {
      runs += 1;
      const found = await difference(testCase, expected, readSize).catch(String);
      if (found === null) continue;
      differences.push(await account(testCase, readSize, found));
      break;
    }
    if (differences.length === DIFFERENCES_MAX) break;
  }
  console.log(`seed ${SEED}: ${numbers.length} cases, ${runs} runs`);
  assert.ok(differences.length === 0, differences.join("\n\n"));
  if (ONLY_CASE === null) assert.ok(numbers.length >= CASES_MIN, `fewer than ${CASES_MIN} cases`);
});

function readSizes({ bytes, number }: TestCase): ReadSize[] {
  const fixed = (size: number): ReadSize => ({ name: `${size} bytes`, next: () => size });
  const dice = new Dice(SEED + 1, number);
  const random = { name: "random sizes", next: () => dice.whole(1, dice.pick([3, 40, 400])) };
  const all = [
    { ...fixed(bytes.length + 1), name: "whole" },
    fixed(1),
    fixed(7),
    fixed(64),
    random,
  ];
  return bytes.length <= 8_192 ? all : all.filter(({ name }) => name !== "1 bytes");
}

/** All that is needed to understand a difference and to see it again. */
async function account(testCase: TestCase, readSize: ReadSize, found: string): Promise<string> {
  const differs = (bytes: Uint8Array) => {
    const smaller = { ...testCase, bytes };
    return difference(smaller, expectation(smaller), readSize).catch(String);
  };
  const small = await shrunk(testCase.bytes, async (bytes) => await differs(bytes) !== null);
  return [
    `DATATASKER_TEST_SEED=${SEED} DATATASKER_TEST_CASE=${testCase.number} (${testCase.kind}, read as ${readSize.name})`,
    `options ${JSON.stringify(testCase.options)} limits ${JSON.stringify(testCase.limits)}`,
    `file ${asLiteral(testCase.bytes)}`,
    found,
    `shrunk to ${asLiteral(small)}`,
    await differs(small) ?? "which differs only sometimes",
  ].join("\n");
}
