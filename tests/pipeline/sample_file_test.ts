import assert from "node:assert/strict";
import { rowsOf, runFile } from "../support/pipeline_run.ts";
import { SAMPLE } from "../support/sales_files.ts";

Deno.test("the sample file gives the known summary", async () => {
  assert.equal(
    (await runFile(SAMPLE)).artifacts.text("summary"),
    `region,revenue_sum,revenue_mean,quantity_sum,discount_mean,rows
East,26800,4466.666666666667,16,0.07833333333333334,6
North,43550,7258.333333333333,13,0.085,6
South,13900,2780,11,0.096,5
West,32500,5416.666666666667,16,0.105,6
`,
  );
});

Deno.test("the sample file gives the known threshold and two anomalies", async () => {
  const run = await runFile(SAMPLE);
  const { threshold } = run.result.statistics;
  assert.ok(Math.abs(threshold! - 11154.54217363806) <= 1e-12 * 11154.54217363806, `${threshold}`);
  assert.equal(
    run.artifacts.text("anomalies"),
    `region,product,revenue,quantity,discount,rev_per_unit,is_anomaly,z_score,_line
East,A,15000,1,0.05,15000,true,2.926020647439836,22
West,B,14000,1,0.10,14000,true,2.6852117010793672,23
`,
  );
  assert.deepEqual(rowsOf(run, "rejects"), []);
  assert.equal(run.error, null);
});
