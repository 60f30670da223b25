/**
 * Random files through the pipeline and the oracle: no byte may differ in any artifact, at any read size.
 *
 * To see one case again, grant the environment and name it:
 * `DATATASKER_TEST_SEED=… DATATASKER_TEST_CASE=… deno test --allow-env tests/property`
 */
import assert from "node:assert/strict";
import { compareCases } from "./compare_cases.ts";
import { difference } from "./comparison.ts";
import { Dice } from "./dice.ts";
import { expectation } from "./expectation.ts";
import type { ReadSize } from "./memory_run.ts";
import { ONLY_CASE, SEED } from "./settings.ts";
import type { TestCase } from "./test_case.ts";

const CASES_MIN = 1_000;
Deno.test("random files come to what the oracle says, byte for byte, at every read size", async () => {
  const count = await compareCases({
    waysOf: (whole) => {
      const expected = expectation(whole); // once for all read sizes
      const expectedOf = (testCase: TestCase) =>
        testCase === whole ? expected : expectation(testCase);
      return readSizes(whole).map((readSize) => ({ readSize, expectedOf }));
    },
    difference: (testCase, { readSize, expectedOf }) =>
      difference(testCase, expectedOf(testCase), readSize),
    described: ({ readSize }) => `read as ${readSize.name}`,
    differencesMax: 5,
  });
  if (ONLY_CASE === null) assert.ok(count >= CASES_MIN, `fewer than ${CASES_MIN} cases`);
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
