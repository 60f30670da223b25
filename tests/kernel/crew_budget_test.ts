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
  for (const options of [{ max_bad_rows: 80 }, { max_bad_ratio: 0.02 }]) {
    const { counts, run } = await agree(rows, { options, limits: { blockBytes: BLOCK_BYTES } });
    assert.equal(counts.rows_rejected, 80);
    assert.equal(run.threads, 4);
  }
});

Deno.test("a file without a fault is for all threads if none is allowed", async () => {
  const { run } = await agree(rowsWith(() => false), {
    options: { max_bad_ratio: 0 },
    limits: { blockBytes: BLOCK_BYTES },
  });
  assert.equal(run.threads, 4);
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

Deno.test("a ratio that was passed after one block fails a run, however few are rejected behind", async () => {
  // In the middle of what a thread would do at a time, if no block ended there.
  const rows = rowsWith((row) => row >= 200 && row < 400);
  const { complete, counts, error } = await agree(rows, {
    options: { max_bad_ratio: 0.3 },
    limits: { blockBytes: BLOCK_BYTES },
  });
  assert.equal(error.code, "too-many-bad-rows");
  assert.equal(complete, false);
  assert.ok(counts.rows_total < 600, `${counts.rows_total} rows`);
});

Deno.test("a row that a byte order mark moves behind the end of its block counts for that block", async () => {
  const row = "East,Widget,1,1,0.1";
  const bad = "East,Widget,x,1,0.1";
  const rows = [
    ...Array<string>(270).fill(row),
    ...Array<string>(31).fill(bad), // the last of which passes the ratio
    ...Array<string>(2_000).fill(row),
  ];
  const header = "region,product,revenue,quantity,discount";
  const blockBytes = header.length + 1 + 300 * (row.length + 1) + 2;
  for (const mark of ["", "\ufeff"]) {
    const { counts, error } = await agree(rows, {
      header: `${mark}${header}`,
      options: { max_bad_ratio: 0.1 },
      limits: { blockBytes },
    });
    assert.equal(error.code, "too-many-bad-rows");
    assert.equal(counts.rows_total, 301);
  }
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
