/** Each way in which the reference implementation loses or distorts data, shown not to exist here. */
import assert from "node:assert/strict";
import { rejectsOf, rowsOf, runFile, runRows } from "../support/pipeline_run.ts";

const GOOD = "East,A,10,2,0.1\n";

Deno.test("region NA: the row is kept, for NA is North America", async () => {
  const run = await runRows("NA,A,10,2,0.1\n");
  assert.deepEqual(rowsOf(run, "summary"), ["NA,10,10,2,0.1,1"]);
});

Deno.test("revenue $1,234.56 is a number; abc: the row is rejected, and its quantity is in no sum", async () => {
  const run = await runRows(`${GOOD}East,A,abc,3,0.1\nEast,A,"$1,234.56",4,0.1\n`);
  assert.deepEqual(rowsOf(run, "summary"), ["East,1244.56,622.28,6,0.1,2"]);
  assert.deepEqual(run.result.counts.rejected_by_code, { "type-error": 1 });
  assert.deepEqual(rejectsOf(run)[0], [
    "3",
    "2",
    "type-error",
    "revenue",
    "abc",
    "revenue is not a number.",
    "1",
    "",
  ]);
});

Deno.test("East and 'East ' are one region", async () => {
  const run = await runRows(`${GOOD}East ,A,20,2,0.3\n`);
  assert.deepEqual(rowsOf(run, "summary"), ["East,30,15,4,0.2,2"]);
});

Deno.test("a filled totals row is skipped and counted, not a region", async () => {
  const run = await runRows(`${GOOD}Grand Total,,10,2,0.1\n`);
  assert.deepEqual(rowsOf(run, "summary"), ["East,10,10,2,0.1,1"]);
  assert.deepEqual(run.result.counts.skipped_by_kind, { totals: 1 });
});

Deno.test("a repeated header is skipped and counted, not a region", async () => {
  const run = await runRows(`${GOOD}Region, PRODUCT,revenue,Quantity,discount\n`);
  assert.deepEqual(rowsOf(run, "summary"), ["East,10,10,2,0.1,1"]);
  assert.deepEqual(run.result.counts.skipped_by_kind, { "repeated-header": 1 });
});

Deno.test("one row too long: only that row is rejected", async () => {
  const run = await runRows(`East,A,10,2,0.1,oops\n${GOOD}`);
  assert.deepEqual(rowsOf(run, "summary"), ["East,10,10,2,0.1,1"]);
  assert.deepEqual(run.result.counts.rejected_by_code, { "extra-cell": 1 });
});

Deno.test("one row too short: it is rejected, not lost", async () => {
  const run = await runRows(`East,A,10\n${GOOD}`);
  assert.deepEqual(rowsOf(run, "summary"), ["East,10,10,2,0.1,1"]);
  assert.deepEqual(run.result.counts.rejected_by_code, { "missing-cell": 1 });
});

Deno.test("an empty optional column takes no row along", async () => {
  const file =
    "region,product,revenue,quantity,discount,note\nEast,A,10,2,0.1,\nEast,A,20,2,0.1,\n";
  const run = await runFile(file);
  assert.equal(run.result.counts.rows_accepted, 2);
});

Deno.test("header only: the task fails with a sentence and no NaN", async () => {
  const run = await runRows("");
  assert.equal(run.error?.code, "no-valid-rows");
  assert.match(run.error.message, /^The file has a header but no rows\./);
  assert.deepEqual(run.result.statistics, { n: 0, mean: null, sd: null, k: 2, threshold: null });
});

Deno.test("one row: mean only, a warning and no NaN", async () => {
  const run = await runRows(GOOD);
  assert.equal(run.error, null);
  assert.deepEqual(run.result.statistics, { n: 1, mean: 5, sd: null, k: 2, threshold: null });
  assert.deepEqual(run.result.warnings.map(({ code }) => code), ["single-row"]);
});

Deno.test("any file name: artifacts are named by the task, and the name is only data", async () => {
  for (const filename of ["q3.csv", "../../x", 'a"b\n.csv', ""]) {
    const run = await runRows(GOOD, { filename });
    assert.deepEqual(run.result.artifacts.map(({ path }) => path), [
      "artifacts/task/1/summary_task.csv",
      "artifacts/task/1/anomalies_task.csv",
      "artifacts/task/1/rejects_task.csv",
      "artifacts/task/1/report_task.json",
    ]);
    assert.equal(JSON.parse(run.artifacts.text("report")).filename, filename);
  }
});
