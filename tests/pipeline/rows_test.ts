import assert from "node:assert/strict";
import type { TaskOptions } from "../../src/domain/options.ts";
import { rejectsOf, reportOf, rowsOf, runFile, runRows } from "../support/pipeline_run.ts";

const GOOD = "East,A,10,2,0.1\n";

/** Code, field, value and count of each rejected row below the usual header. */
async function rejected(rows: string): Promise<string[][]> {
  return rejectsOf(await runRows(rows)).map(([, , code, field, value, , count]) => [
    code,
    field,
    value,
    count,
  ]);
}

async function skipped(rows: string, options?: Partial<TaskOptions>) {
  return (await runRows(GOOD + rows, { options })).result.counts.skipped_by_kind;
}

Deno.test("cells are trimmed, and an empty one is missing, in text and number columns alike", async () => {
  assert.deepEqual(await rejected(" ,A,1,1,0\nEast, \u00A0,1,1,0\nEast,A,,1,0\n"), [
    ["required-value", "region", " ", "1"],
    ["required-value", "product", " \u00A0", "1"],
    ["required-value", "revenue", "", "1"],
  ]);
});

Deno.test("words for nothing are missing in number columns only", async () => {
  assert.deepEqual(await rejected("nan,-,n/a,1,0\n"), [["required-value", "revenue", "n/a", "1"]]);
  const run = await runRows("null,-,1,1,0\n");
  assert.deepEqual(rowsOf(run, "summary"), ["null,1,1,1,0,1"]);
});

Deno.test("a row's code is that of its first faulty cell in the file's order", async () => {
  const file = "discount,quantity,revenue,product,region\nx,1e999,,,East\n";
  const run = await runFile(file);
  assert.deepEqual(rowsOf(run, "rejects"), [
    "x,1e999,,,East,2,1,type-error,discount,x,discount is not a number.,4,",
  ]);
  assert.deepEqual(run.result.counts.rejected_by_code, { "type-error": 1 });
  assert.deepEqual(reportOf(run).errors_by_code, {
    "required-value": 2,
    "type-error": 1,
    "non-finite": 1,
  });
});

Deno.test("the faulty cell is shown as it stands, unquoted and not trimmed", async () => {
  const run = await runRows('East,A," 1 ""x"" ",1,0\n');
  assert.deepEqual(rowsOf(run, "rejects"), [
    'East,A," 1 ""x"" ",1,0,2,1,type-error,revenue," 1 ""x"" ",revenue is not a number.,1,',
  ]);
});

Deno.test("a quantity of zero makes revenue per unit undefined, after all cell faults", async () => {
  assert.deepEqual(
    await rejected("East,A,1,0,0\nEast,A,1,-0.0,0\nEast,A,1,1e-400,0\nEast,A,x,0,0\n"),
    [
      ["zero-quantity", "quantity", "0", "1"],
      ["zero-quantity", "quantity", "-0.0", "1"],
      ["zero-quantity", "quantity", "1e-400", "1"],
      ["type-error", "revenue", "x", "1"],
    ],
  );
});

Deno.test("a quotient that overflows is non-finite, shown as the division", async () => {
  const run = await runRows("East,A, 1e300 , 1e-300,0\n");
  assert.deepEqual(rejectsOf(run), [[
    "2",
    "1",
    "non-finite",
    "rev_per_unit",
    "1e300/1e-300",
    "rev_per_unit is not a finite number.",
    "1",
    "",
  ]]);
});

Deno.test("negative numbers are data", async () => {
  const run = await runRows("East,A,-10,2,0\nEast,A,4,-2,0\n");
  assert.deepEqual(rowsOf(run, "summary"), ["East,-6,-3,0,0,2"]);
});

Deno.test("cells that are too many or too few reject the row, whatever is in them", async () => {
  const run = await runRows("Total,A,x\nEast,A,1,1,0,,\n");
  assert.deepEqual(rowsOf(run, "rejects"), [
    'Total,A,x,,,2,1,missing-cell,,,"Expected 5 cells, found 3.",1,"Total,A,x"',
    'East,A,1,1,0,3,2,extra-cell,,,"Expected 5 cells, found 7.",1,"East,A,1,1,0,,"',
  ]);
});

Deno.test("faults of the record come first, with its text and the cells that could be read", async () => {
  const run = await runRows(`East,"A"x,1\n"open\n${GOOD}`);
  assert.deepEqual(rowsOf(run, "rejects"), [
    'East,,,,,2,1,bad-quote,,,Text follows a closing quote.,1,"East,""A""x,1"',
    ',,,,,3,2,unclosed-quote,,,A quoted cell is not closed.,1,"""open"',
  ]);
  assert.equal(run.result.counts.rows_accepted, 1);
});

Deno.test("bytes that aren't UTF-8 are shown as hexadecimal", async () => {
  const encoder = new TextEncoder();
  const file = Uint8Array.from([
    ...encoder.encode("region,product,revenue,quantity,discount\nÉast,"),
    ...[0xff, 0x41, 0xe2, 0x82],
    ...encoder.encode(",1,1,0\n"),
  ]);
  assert.deepEqual(rowsOf(await runFile(file), "rejects"), [
    'Éast,,1,1,0,2,1,bad-encoding,,,The record is not valid UTF-8.,1,"Éast,\\xFFA\\xE2\\x82,1,1,0"',
  ]);
});

Deno.test("a long text is cut between characters, and its length told", async () => {
  const limits = { rawBytesMax: 8 };
  const raw = async (row: string) => {
    const [reject] = rejectsOf(await runRows(`${row}\n`, { limits }));
    return reject[7];
  };
  assert.equal(await raw("12345678"), "12345678");
  assert.equal(await raw("123456789"), "12345678 … 9 bytes");
  assert.equal(await raw("1234567é"), "1234567 … 9 bytes");
  assert.equal(await raw("123456€x"), "123456 … 10 bytes");
  assert.equal(await raw("12345😀x"), "12345 … 10 bytes");
  assert.equal(await raw("123456éx"), "123456é … 9 bytes");
});

Deno.test("totals are skipped, in any case, and kept on request", async () => {
  const words = [" Total ", "TOTALS", "grand total", "SubTotal", "Sub-Total"];
  const rows = words.map((word) => `${word},A,10,2,0.1\n`).join("");
  assert.deepEqual(await skipped(rows), { totals: 5 });
  assert.deepEqual(await skipped(rows, { keep_totals: true }), {});
  assert.deepEqual(await skipped("Totally,A,10,2,0.1\nsub total,A,10,2,0.1\nSouth,A,1,1,0\n"), {});
  assert.deepEqual(await skipped("total,,,,\n"), { totals: 1 }, "empty cells are no fault there");
});

Deno.test("a repeated header has every schema cell equal to its label", async () => {
  assert.deepEqual(await skipped(" REGION ,product_,Revenue,-quantity,discount\n"), {
    "repeated-header": 1,
  });
  assert.deepEqual(await skipped("region,product,revenue,quantity,rebate\n"), {});
  const file =
    "note,region,product,revenue,quantity,discount\nx,A,A,1,1,0\ny,region,product,revenue,quantity,discount\n";
  assert.deepEqual((await runFile(file)).result.counts.skipped_by_kind, { "repeated-header": 1 });
});

Deno.test("skipped lines have no record number and are in no total", async () => {
  const run = await runFile(
    `\n\nregion,product,revenue,quantity,discount\nx\n\nregion,product,revenue,quantity,discount\ntotal,,,,\n"y\n${GOOD}z\n`,
  );
  assert.deepEqual(rejectsOf(run).map(([line, record]) => [line, record]), [
    ["4", "1"],
    ["8", "2"],
    ["10", "4"],
  ]);
  const { counts } = run.result;
  assert.deepEqual(counts, {
    rows_total: 4,
    rows_accepted: 1,
    rows_rejected: 3,
    rows_skipped: 5,
    regions: 1,
    anomalies: 0,
    rejected_by_code: { "unclosed-quote": 1, "missing-cell": 2 },
    skipped_by_kind: { blank: 3, "repeated-header": 1, totals: 1 },
  });
  assert.deepEqual(Object.keys(counts.skipped_by_kind), ["blank", "repeated-header", "totals"]);
});
