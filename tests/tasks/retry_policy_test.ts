import assert from "node:assert/strict";
import fc from "fast-check";
import type { TaskError } from "../../src/domain/errors.ts";
import { ATTEMPTS_MAX } from "../../src/domain/limits.ts";
import { afterCrash, afterFault } from "../../src/tasks/retry_policy.ts";

const DISK_FULL: TaskError = { code: "disk-full", message: "The disk is full." };
const middle = () => 0.5;

Deno.test("an operating error waits 1 s, 5 s, 30 s and 2 min, and is final at the fifth attempt", () => {
  const waits = [1, 2, 3, 4].map((attempt) => {
    const sequel = afterFault({ attempt }, DISK_FULL, middle);
    assert.equal(sequel.error, DISK_FULL);
    return sequel.type === "retry" && !sequel.crash ? sequel.waitMs : null;
  });
  assert.deepEqual(waits, [1_000, 5_000, 30_000, 120_000]);
  assert.deepEqual(afterFault({ attempt: 5 }, DISK_FULL, middle), {
    type: "fail",
    error: DISK_FULL,
  });
});

Deno.test("each wait is within 20 % of its middle, whatever chance says, and reaches both ends", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, chance) => {
        const wait = (random: number) => {
          const sequel = afterFault({ attempt }, DISK_FULL, () => random);
          return sequel.type === "retry" ? sequel.waitMs : NaN;
        };
        const ratio = wait(chance) / wait(0.5);
        assert.ok(ratio >= 0.8 && ratio <= 1.2);
        assert.equal(wait(0) / wait(0.5), 0.8);
      },
    ),
    { seed: 20_260_105, numRuns: 200 },
  );
});

Deno.test("the third crash is poisoned, on whichever attempt it comes", () => {
  for (const attempt of [3, 4, 5]) {
    const sequel = afterCrash({ attempt, crashes: 2 }, middle);
    assert.equal(sequel.type, "fail");
    assert.equal(sequel.error.code, "poisoned");
  }
});

Deno.test("an earlier crash is retried as a crash", () => {
  assert.deepEqual(
    [[1, 0], [2, 1], [4, 1]].map(([attempt, crashes]) => {
      const sequel = afterCrash({ attempt, crashes }, middle);
      assert.equal(sequel.error.code, "runner-crashed");
      return sequel.type === "retry" && sequel.crash ? sequel.waitMs : null;
    }),
    [1_000, 5_000, 120_000],
  );
});

Deno.test("a crash on the last attempt is final though it isn't the third", () => {
  const sequel = afterCrash({ attempt: ATTEMPTS_MAX, crashes: 0 }, middle);
  assert.equal(sequel.type, "fail");
  assert.equal(sequel.error.code, "runner-crashed");
});
