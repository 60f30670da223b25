import assert from "node:assert/strict";
import type { FinishedRun } from "../support/pipeline_run.ts";
import { rowsOf, runFile, runRows } from "../support/pipeline_run.ts";

/** Rows with these revenues per unit. */
function rows(...revenues: (number | string)[]): string {
  return revenues.map((revenue) => `East,A,${revenue},1,0\n`).join("");
}

function warningsOf(run: FinishedRun): string[] {
  return run.result.warnings.map(({ code }) => code);
}

Deno.test("a row is an anomaly when its revenue per unit is above mean + k * sd", async () => {
  const run = await runRows(rows(1, 1, 1, 1, 1, 1, 1, 1, 1, 11));
  const { n, mean, sd, k, threshold } = run.result.statistics;
  assert.deepEqual([n, mean, k], [10, 2, 2]);
  assert.equal(sd, Math.sqrt(10));
  assert.equal(threshold, 2 + 2 * Math.sqrt(10));
  assert.deepEqual(rowsOf(run, "anomalies"), [
    `East,A,11,1,0,11,true,${9 / Math.sqrt(10)},11`,
  ]);
  assert.equal(run.result.counts.anomalies, 1);
  assert.deepEqual(warningsOf(run), []);
});

Deno.test("k is the user's choice", async () => {
  const file = rows(1, 1, 1, 1, 1, 1, 1, 1, 1, 11);
  assert.equal((await runRows(file, { options: { k: 2.9 } })).result.counts.anomalies, 0);
  const low = await runRows(file, { options: { k: 0.1 } });
  assert.equal(low.result.counts.anomalies, 1);
  assert.equal(low.result.statistics.k, 0.1);
});

Deno.test("the threshold itself isn't above the threshold", async () => {
  const options = { k: 1 };
  const run = await runRows(rows(3, 2, 0, 0, 0, 1, 1, 1, 1), { options });
  const { mean, sd, threshold } = run.result.statistics;
  assert.deepEqual([mean, sd, threshold], [1, 1, 2]);
  assert.deepEqual(rowsOf(run, "anomalies"), ["East,A,3,1,0,3,true,2,2"]);
  const none = await runRows(rows(0, 2, 1), { options });
  assert.equal(none.result.statistics.threshold, 2);
  assert.equal(none.result.counts.anomalies, 0);
});

Deno.test("rejected and skipped rows count nowhere", async () => {
  const run = await runRows(rows(2, 4) + "total,A,900,1,0\nEast,A,900,0,0\nEast,,900,1,0\n");
  assert.deepEqual(run.result.statistics.n, 2);
  assert.equal(run.result.statistics.mean, 3);
});

Deno.test("equal values: the spread is exactly zero, nothing is an anomaly, and a warning says so", async () => {
  const run = await runRows(rows(...Array(50).fill("0.1")));
  assert.deepEqual(run.result.statistics, { n: 50, mean: 0.1, sd: 0, k: 2, threshold: 0.1 });
  assert.deepEqual(warningsOf(run), ["no-spread"]);
  assert.deepEqual(rowsOf(run, "anomalies"), []);
});

Deno.test("a spread that rounds to zero is no spread", async () => {
  const run = await runRows(rows("5e-324", ...Array(20).fill("0")));
  assert.equal(run.result.statistics.sd, 0);
  assert.deepEqual(warningsOf(run), ["no-spread"]);
});

Deno.test("a spread or threshold beyond a double is null, and a warning says so", async () => {
  const wide = await runRows(rows("1.7e308", "-1.7e308"));
  assert.deepEqual(wide.result.statistics, { n: 2, mean: 0, sd: null, k: 2, threshold: null });
  assert.deepEqual(warningsOf(wide), ["beyond-double"]);
  const high = await runRows(rows("1.7e308", "1e307", "1e307"), { options: { k: 3 } });
  assert.ok(high.result.statistics.sd !== null);
  assert.equal(high.result.statistics.threshold, null);
  assert.deepEqual(warningsOf(high), ["beyond-double"]);
});

Deno.test("a file in which no row could ever be flagged carries a warning", async () => {
  const five = await runRows(rows(1, 1, 1, 1, 100));
  assert.equal(4 / Math.sqrt(5) <= 2, true);
  assert.deepEqual(warningsOf(five), ["unreachable-threshold"]);
  assert.deepEqual(warningsOf(await runRows(rows(1, 1, 1, 1, 1, 100))), []);
});

Deno.test("a z-score that overflows is left empty", async () => {
  // The difference to the mean overflows, its quotient wouldn't.
  const run = await runRows(
    rows(...Array(40).fill("-1e308"), "1.7e308"),
    { options: { k: 0.5 } },
  );
  assert.deepEqual(rowsOf(run, "anomalies"), ["East,A,1.7e308,1,0,1.7e+308,true,,42"]);
});

Deno.test("anomalies carry the file's own columns, trimmed, and not the ignored ones", async () => {
  const file =
    "_id,Note,rev-per-unit,Z Score,region,product,revenue,quantity,discount,Note,IS_ANOMALY\n" +
    "1,a,b,c,R,P,1,1,0,d,e\n".repeat(9) +
    '2, x ," y,z ","\u00A0q""\n", R , P , 10 , 1 , 0 ,,\n';
  const run = await runFile(file);
  assert.equal(
    run.artifacts.text("anomalies"),
    "Note,rev-per-unit (input),Z Score (input),region,product,revenue,quantity,discount,Note,IS_ANOMALY (input)," +
      "rev_per_unit,is_anomaly,z_score,_line\n" +
      `x,"y,z","q""",R,P,10,1,0,,,10,true,${8.1 / run.result.statistics.sd!},11\n`,
  );
});

Deno.test("in rejects labels stay as they are, and cells untouched", async () => {
  const file = "_line,_raw,Z Score ,region,product,revenue,quantity,discount\n7,x, c ,R,P,?,1,0\n";
  const run = await runFile(file);
  assert.equal(
    run.artifacts.text("rejects"),
    "Z Score,region,product,revenue,quantity,discount," +
      "_line,_record,_error_code,_error_field,_error_value,_error_message,_error_count,_raw\n" +
      " c ,R,P,?,1,0,2,1,type-error,revenue,?,revenue is not a number.,1,\n",
  );
});

Deno.test("a rejects file can be mended and uploaded again", async () => {
  const run = await runRows("East,A,10,2,0.1\nEast,A,?,3,0.5\n");
  const mended = run.artifacts.text("rejects").replace("?", "20");
  assert.deepEqual(rowsOf(await runFile(mended), "summary"), ["East,20,20,3,0.5,1"]);
});
