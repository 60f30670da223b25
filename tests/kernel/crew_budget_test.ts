/** Error budgets where several threads share a file: which block exceeds one depends on the order of rows. */
import assert from "node:assert/strict";
import { Dice } from "../property/dice.ts";
import { SEED } from "../property/settings.ts";
import { agree } from "./crews.ts";

const BLOCK_BYTES = 8 * 1024;
const ROWS = 8_000;

const rowsWith = (isBad: (row: number) => boolean): string[] =>
  Array.from({ length: ROWS }, (_, i) => `East,Widget,${isBad(i) ? "bad" : i},${1 + i % 9},0.1`);

Deno.test("a run within its error budget is for all threads", async () => {
  const rows = rowsWith((row) => row % 100 === 7);
  for (const options of [{ max_bad_rows: 80 }, { max_bad_ratio: 0.2 }]) {
    const { counts, run } = await agree(rows, { options, limits: { blockBytes: BLOCK_BYTES } });
    assert.equal(counts.rows_rejected, 80);
    assert.equal(run.threads, 4);
  }
});

Deno.test("a run past its error budget stops after the same block with any number of threads", async () => {
  const rows = rowsWith((row) => row > 5_000 && row % 2 === 0);
  for (const options of [{ max_bad_rows: 200 }, { max_bad_ratio: 0.1 }]) {
    const { complete, counts, error } = await agree(rows, {
      options,
      limits: { blockBytes: BLOCK_BYTES },
    });
    assert.equal(error.code, "too-many-bad-rows");
    assert.equal(complete, false);
    assert.ok(counts.rows_total > 5_000 && counts.rows_total < ROWS, `${counts.rows_total} rows`);
  }
});

Deno.test("a ratio that was passed once fails a run, however few are rejected behind", async () => {
  const rows = rowsWith((row) => row >= 600 && row < 900);
  const { complete, counts, error } = await agree(rows, {
    options: { max_bad_ratio: 0.2 },
    limits: { blockBytes: BLOCK_BYTES },
  });
  assert.equal(error.code, "too-many-bad-rows");
  assert.equal(complete, false);
  assert.ok(counts.rows_total < 2_000, `${counts.rows_total} rows`);
});

Deno.test("budgets near what is rejected come to the same with any number of threads, with a byte order mark too", async () => {
  for (let number = 0; number < 12; number++) {
    const dice = new Dice(SEED + 11, number);
    const share = dice.pick([0.01, 0.1, 0.4]);
    const rows = rowsWith(() => dice.chance(share));
    const bad = rows.filter((row) => row.includes("bad")).length;
    const options = dice.chance(0.5)
      ? { max_bad_rows: bad + dice.whole(-2, 1) }
      : { max_bad_ratio: bad / ROWS * dice.pick([0.9, 0.999, 1, 1.001, 1.1, 1.5]) };
    await agree(rows, {
      header: `${dice.pick(["", "\ufeff"])}region,product,revenue,quantity,discount`,
      options,
      limits: { blockBytes: dice.pick([1_000, BLOCK_BYTES, 1 << 20]), badRatioRowsMin: 50 },
    });
  }
});
