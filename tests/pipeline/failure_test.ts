import assert from "node:assert/strict";
import { InputError, OperatingError } from "../../src/domain/errors.ts";
import { memorySource } from "../support/memory_artifacts.ts";
import {
  type FinishedRun,
  HEADER,
  reportOf,
  rowsOf,
  runFile,
  runRows,
} from "../support/pipeline_run.ts";

const GOOD = "East,A,10,2,0.1\n";
const BAD = "East,A,x,2,0.1\n";

/** A failed task has its rejects and its report, and the report agrees with the outcome. */
function assertFailed(run: FinishedRun, code: string, complete: boolean): void {
  assert.equal(run.error?.code, code);
  assert.deepEqual(run.artifacts.opened, ["rejects", "report"]);
  assert.deepEqual(run.result.artifacts.map(({ kind }) => kind), ["rejects", "report"]);
  const report = reportOf(run);
  assert.deepEqual(report.error, run.error);
  assert.equal(report.complete, complete);
  assert.deepEqual(report.counts, run.result.counts);
  assert.equal(rowsOf(run, "rejects").length, run.result.counts.rows_rejected);
}

Deno.test("no valid row: the task fails, its rejects stay", async () => {
  const run = await runRows(BAD + BAD + "x\n");
  assertFailed(run, "no-valid-rows", true);
  assert.equal(
    run.error?.message,
    "None of the 3 rows could be used; most were rejected as type-error. Download the rejects to see why.",
  );
  const one = await runRows(BAD);
  assert.match(
    one.error!.message,
    /^The only row could not be used; it was rejected as type-error\./,
  );
  assertFailed(await runRows("total,,,,\n\n"), "no-valid-rows", true);
});

Deno.test("more rejected rows than max_bad_rows: the task fails at the end of the block", async () => {
  const blockBytes = 100;
  const rows = GOOD.repeat(20) + BAD + GOOD.repeat(20) + BAD + GOOD.repeat(100);
  const run = await runRows(rows, { options: { max_bad_rows: 1 }, limits: { blockBytes } });
  assertFailed(run, "too-many-bad-rows", false);
  // Row 42 is the second bad one; its block ends with the row that holds byte 799.
  const begins = (row: number) =>
    HEADER.length + row * GOOD.length - (row > 21 ? 2 : row > 20 ? 1 : 0);
  const { rows_total } = run.result.counts;
  assert.ok(rows_total >= 42);
  assert.notEqual(
    Math.floor(begins(rows_total - 1) / blockBytes),
    Math.floor(begins(rows_total) / blockBytes),
  );
  assert.deepEqual([run.error?.line, run.error?.record], [43, 42]);
  assert.match(
    run.error!.message,
    /^2 of the \d+ rows read were rejected, more than max_bad_rows = 1 allows/,
  );
  const enough = await runRows(rows, { options: { max_bad_rows: 2 }, limits: { blockBytes } });
  assert.equal(enough.error, null);
});

Deno.test("the last block is looked at before the end of the file, so not all counts as read", async () => {
  assertFailed(
    await runRows(GOOD + BAD, { options: { max_bad_rows: 0 } }),
    "too-many-bad-rows",
    false,
  );
});

Deno.test("max_bad_ratio counts in mid-file only from 100 rows on", async () => {
  const limits = { blockBytes: 50 };
  const options = { max_bad_ratio: 0.5 };
  const late = await runRows(BAD.repeat(60) + GOOD.repeat(90), { options, limits });
  assertFailed(late, "too-many-bad-rows", false);
  const { rows_total } = late.result.counts;
  assert.ok(rows_total >= 100 && rows_total < 105, `${rows_total}`);
  const fine = await runRows(BAD.repeat(60) + GOOD.repeat(60), {
    options,
    limits: { ...limits, badRatioRowsMin: 1_000 },
  });
  assert.equal(fine.error, null, "a ratio that is reached isn't exceeded");
});

Deno.test("max_bad_ratio counts at the end with any number of rows", async () => {
  const run = await runRows(GOOD + BAD, { options: { max_bad_ratio: 0.4 } });
  assertFailed(run, "too-many-bad-rows", true);
  assert.match(run.error!.message, /more than max_bad_ratio = 0\.4 allows/);
  assert.equal((await runRows(GOOD + BAD, { options: { max_bad_ratio: 0.5 } })).error, null);
  assertFailed(await runRows("", { options: { max_bad_ratio: 0 } }), "no-valid-rows", true);
});

Deno.test("a region too many: the task fails at that row, which isn't counted", async () => {
  const rows = "A,p,1,1,0\nB,p,1,1,0\nx\n\nC,p,1,1,0\nD,p,1,1,0\n";
  const run = await runRows(rows, { limits: { regionsMax: 2 } });
  assertFailed(run, "too-many-regions", false);
  assert.deepEqual([run.error?.line, run.error?.record], [6, 4]);
  assert.match(run.error!.message, /^The row on line 6 would be region number 3; the limit is 2\./);
  const { rows_total, regions, rows_skipped } = run.result.counts;
  assert.deepEqual([rows_total, regions, rows_skipped], [3, 2, 1]);
});

Deno.test("a failed task has the statistics of the rows that were accepted", async () => {
  const run = await runRows(GOOD + GOOD + BAD, { options: { max_bad_rows: 0 } });
  assert.deepEqual(run.result.statistics, { n: 2, mean: 5, sd: 0, k: 2, threshold: 5 });
  assert.equal(run.result.counts.anomalies, 0);
});

Deno.test("an input that isn't as long as recorded is damaged", async () => {
  const bytes = new TextEncoder().encode(HEADER + GOOD.repeat(10));
  for (const size of [bytes.length - 1, bytes.length + 1]) {
    const input = {
      bytes: size,
      sha256: "",
      dialect: { encoding: "utf-8", delimiter: ",", header_line: 1 } as const,
    };
    await assert.rejects(runFile(bytes, { run: { input } }), (error) => {
      assert.ok(error instanceof OperatingError);
      assert.equal(error.code, "input-damaged");
      return true;
    });
  }
});

Deno.test("an input that changes between the passes is damaged", async () => {
  const rows = GOOD.repeat(50) + "East,A,900,2,0.1\n" + GOOD;
  const first = new TextEncoder().encode(HEADER + rows);
  const second = new TextEncoder().encode(HEADER + rows.replace("East,A,10", "East,A,1x"));
  // The first is read for its numbers, too.
  const versions = [first, first, second];
  const source = { open: () => memorySource(versions.shift()!).open() };
  await assert.rejects(runFile(first, { run: { source } }), /changed while it was read/);
});

Deno.test("an input whose header the intake check would refuse is refused here too", async () => {
  await assert.rejects(runFile("a,b\n1,2\n"), InputError);
  await assert.rejects(runFile("\n\n"), InputError);
});

Deno.test("what a source or a sink throws comes through, and the source is closed", async () => {
  let closed = 0;
  const bytes = new TextEncoder().encode(HEADER + BAD.repeat(20_000));
  const source = {
    async *open() {
      try {
        yield* memorySource(bytes, 1_000).open();
      } finally {
        closed++;
      }
    },
  };
  const full = () => Promise.reject(new Error("disk full"));
  const sinks = { open: () => Promise.resolve({ write: full, beginAnew: full, close: full }) };
  await assert.rejects(runFile(bytes, { run: { source, sinks } }), /disk full/);
  assert.equal(closed, 2, "once after the look at its numbers");
});
