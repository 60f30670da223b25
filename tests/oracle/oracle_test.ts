import assert from "node:assert/strict";
import { consult, type Options, type Verdict } from "./oracle.ts";

const OPTIONS: Options = {
  k: 2,
  max_bad_rows: null,
  max_bad_ratio: null,
  keep_totals: false,
  cleaned: false,
  columns: {},
  header: "present",
  discount: "required",
  decimal_mark: {},
  percent: null,
};
const HEADER = "region,product,revenue,quantity,discount\n";

function verdict(text: string, options: Partial<Options> = {}): Verdict {
  const bytes = new TextEncoder().encode(text);
  const result = consult(bytes, {
    taskId: "t",
    filename: "f.csv",
    sha256: "",
    options: { ...OPTIONS, ...options },
    softwareVersion: "0",
  });
  assert.ok("artifacts" in result, "the file is refused");
  return result;
}

const textOf = (bytes?: Uint8Array) => new TextDecoder().decode(bytes);
const reportOf = (result: Verdict) => JSON.parse(textOf(result.artifacts.report));

Deno.test("the sales file that users bring along comes to the figures they know", () => {
  const rows = [
    ..."East,A,1200,2,0.05 West,B,2400,4,0.10 East,C,600,1,0.02 North,A,9000,3,0.15".split(" "),
    ..."West,A,1300,1,0.04 North,B,850,1,0.06 South,C,4000,2,0.20 South,A,2200,2,0.10".split(" "),
    ..."East,B,3100,5,0.12 North,C,7200,3,0.08 West,C,5000,2,0.18 South,B,1500,2,0.05".split(" "),
    ..."North,A,4600,2,0.07 East,A,2800,3,0.09 West,B,6100,5,0.11 South,C,3300,3,0.06".split(" "),
    ..."East,C,4100,4,0.14 North,B,1900,2,0.03 West,C,3700,3,0.10 South,A,2900,2,0.07".split(" "),
    ..."East,A,15000,1,0.05 West,B,14000,1,0.10 North,C,20000,2,0.12".split(" "),
  ];
  const result = verdict(HEADER + rows.join("\n"));
  assert.equal(
    textOf(result.artifacts.summary),
    "region,revenue_sum,revenue_mean,quantity_sum,discount_mean,rows\n" +
      "East,26800,4466.666666666667,16,0.07833333333333334,6\n" +
      "North,43550,7258.333333333333,13,0.085,6\n" +
      "South,13900,2780,11,0.096,5\n" +
      "West,32500,5416.666666666667,16,0.105,6\n",
  );
  const anomalies = textOf(result.artifacts.anomalies).split("\n");
  assert.deepEqual(anomalies.slice(1, 3).map((line) => line.split(",").slice(0, 7).join()), [
    "East,A,15000,1,0.05,15000,true",
    "West,B,14000,1,0.10,14000,true",
  ]);
  assert.equal(reportOf(result).counts.anomalies, 2);
  const { threshold } = reportOf(result).statistics;
  assert.ok(Math.abs(threshold / 11154.54217363806 - 1) < 1e-12, threshold);
});

Deno.test("rows are rejected with the code that the page gives them", () => {
  const result = verdict(
    HEADER + "NA,x,1,2,0\n ,x,abc,inf,0\nA,x,1,0.0,0\nA,x,1e300, 1e-300,0\nA,x,1,1\n" +
      "A,x,1,1,1,1\nA,x,-,1e999,\n",
  );
  assert.deepEqual(textOf(result.artifacts.rejects).split("\n").slice(1, -1), [
    " ,x,abc,inf,0,3,2,required-value,region, ,A value is required in region.,3,",
    'A,x,1,0.0,0,4,3,zero-quantity,quantity,0.0,"quantity is zero, so revenue per unit is undefined.",1,',
    "A,x,1e300, 1e-300,0,5,4,non-finite,rev_per_unit,1e300/1e-300,rev_per_unit is not a finite number.,1,",
    'A,x,1,1,,6,5,missing-cell,,,"Expected 5 cells, found 4.",1,"A,x,1,1"',
    'A,x,1,1,1,7,6,extra-cell,,,"Expected 5 cells, found 6.",1,"A,x,1,1,1,1"',
    "A,x,-,1e999,,8,7,required-value,revenue,-,A value is required in revenue.,3,",
  ]);
  assert.deepEqual(reportOf(result).errors_by_code, {
    "extra-cell": 1,
    "missing-cell": 1,
    "required-value": 3,
    "type-error": 1,
    "non-finite": 3,
    "zero-quantity": 1,
  });
});

Deno.test("a budget is looked at after each block and once more at the end", () => {
  const rows = HEADER + "A,x,1,1,0\nA,x,,1,0\n".repeat(30);
  assert.equal(verdict(rows, { max_bad_rows: 30 }).error, null);
  const overRows = verdict(rows, { max_bad_rows: 29 });
  assert.equal(overRows.error?.code, "too-many-bad-rows");
  assert.equal(
    reportOf(overRows).complete,
    false,
    "the last block comes before the end of the file",
  );
  const overRatio = verdict(rows, { max_bad_ratio: 0.4 });
  assert.equal(overRatio.error?.code, "too-many-bad-rows");
  assert.equal(reportOf(overRatio).complete, true, "of 60 rows the ratio counts at the end only");
  assert.equal(verdict(rows, { max_bad_ratio: 0.5 }).error, null);
});

Deno.test("a header is refused for all its faults at once", () => {
  const faults = (text: string, changes: Partial<Options> = {}) => {
    const bytes = new TextEncoder().encode(text);
    const options = { ...OPTIONS, ...changes };
    const spec = { taskId: "", filename: "", sha256: "", options, softwareVersion: "" };
    const result = consult(bytes, spec);
    return "refused" in result ? result.refused.map(({ code, field }) => `${code} ${field}`) : [];
  };
  assert.deepEqual(faults(" \n\n"), ["empty-file null"]);
  assert.deepEqual(faults('"a"b'), ["bad-header null"]);
  assert.deepEqual(faults("region,REGION_,product,revenue,_quantity,x,"), [
    "duplicate-column region",
    "missing-column quantity",
    "missing-column discount",
  ]);
  assert.deepEqual(faults("State,Branch,sku,Total,TOTAL,qty,discount %"), [
    "ambiguous-column region",
    "duplicate-column revenue",
  ]);
  assert.deepEqual(faults("region,product,a,qty", { columns: { revenue: "b", quantity: "A" } }), [
    "missing-column revenue",
    "missing-column discount",
  ]);
  assert.deepEqual(faults("\n-Region -,product,revenue,quantity,discount,_region,x,x,"), []);
});
