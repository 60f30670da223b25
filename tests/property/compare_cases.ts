/** Compares what random cases come to in two ways of running them, and tells each difference so that it can be seen again. */
import assert from "node:assert/strict";
import { asLiteral } from "./file_text.ts";
import { caseNumbers, SEED } from "./settings.ts";
import { shrunk } from "./shrink.ts";
import { makeCase, type TestCase } from "./test_case.ts";

/** What is compared: each case in each of its ways. */
export interface Comparison<Way> {
  waysOf(testCase: TestCase): Way[];
  /** What differs first; null if nothing does. May throw: that is a difference too. */
  difference(testCase: TestCase, way: Way): Promise<string | null>;
  described(way: Way): string;
  /** After so many differences the rest would only repeat them. */
  differencesMax: number;
}

/**
 * Compare all cases that the settings ask for.
 *
 * @returns how many cases there were
 * @throws {AssertionError} with the differences, each with its seed, its file and the smallest file that still differs
 */
export async function compareCases<Way>(comparison: Comparison<Way>): Promise<number> {
  const numbers = caseNumbers();
  const differences: string[] = [];
  let runs = 0;
  for (const number of numbers) {
    const testCase = makeCase(SEED, number);
    for (const way of comparison.waysOf(testCase)) {
      runs += 1;
      const found = await comparison.difference(testCase, way).catch(String);
      if (found === null) continue;
      differences.push(await account(comparison, testCase, way, found));
      break;
    }
    if (differences.length === comparison.differencesMax) break;
  }
  console.log(`seed ${SEED}: ${numbers.length} cases, ${runs} runs`);
  assert.ok(differences.length === 0, differences.join("\n\n"));
  return numbers.length;
}

async function account<Way>(
  { difference, described }: Comparison<Way>,
  testCase: TestCase,
  way: Way,
  found: string,
): Promise<string> {
  const differs = (bytes: Uint8Array) => difference({ ...testCase, bytes }, way).catch(String);
  const small = await shrunk(testCase.bytes, async (bytes) => await differs(bytes) !== null);
  return [
    `DATATASKER_TEST_SEED=${SEED} DATATASKER_TEST_CASE=${testCase.number} (${testCase.kind}, ${
      described(way)
    })`,
    `options ${JSON.stringify(testCase.options)} limits ${JSON.stringify(testCase.limits)}`,
    `file ${asLiteral(testCase.bytes)}`,
    found,
    `shrunk to ${asLiteral(small)}`,
    await differs(small) ?? "which differs only sometimes",
  ].join("\n");
}
