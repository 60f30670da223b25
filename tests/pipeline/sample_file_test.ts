import assert from "node:assert/strict";
import { rowsOf, runFile } from "../support/pipeline_run.ts";

/** The sample that users of the reference implementation know. */
const SAMPLE = `region,product,revenue,quantity,discount
East,A,1200,2,0.05
West,B,2400,4,0.10
East,C,600,1,0.02
North,A,9000,3,0.15
West,A,1300,1,0.04
North,B,850,1,0.06
South,C,4000,2,0.20
South,A,2200,2,0.10
East,B,3100,5,0.12
North,C,7200,3,0.08
West,C,5000,2,0.18
South,B,1500,2,0.05
North,A,4600,2,0.07
East,A,2800,3,0.09
West,B,6100,5,0.11
South,C,3300,3,0.06
East,C,4100,4,0.14
North,B,1900,2,0.03
West,C,3700,3,0.10
South,A,2900,2,0.07
East,A,15000,1,0.05
West,B,14000,1,0.10
North,C,20000,2,0.12
`;

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
