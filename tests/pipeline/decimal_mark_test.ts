/** How the decimal mark of a column is decided, fixed and told. */
import assert from "node:assert/strict";
import type { Dialect } from "../../src/domain/dialect.ts";
import {
  HEADER,
  rejectsOf,
  reportOf,
  rowsOf,
  runFile,
  type RunSettings,
} from "../support/pipeline_run.ts";

const OTHER = { quote: '"', escape: "doubled", newline: "lf", confidence: 1 } as const;

/** Rows of revenue, quantity and discount, in a file with this delimiter. */
function runCells(rows: string[][], delimiter: "," | ";", settings: RunSettings = {}) {
  const lines = rows.map((cells) =>
    ["East", "A", ...cells].map((cell) => cell.includes(delimiter) ? `"${cell}"` : cell).join(
      delimiter,
    )
  );
  const text = [HEADER.trim().replaceAll(",", delimiter), ...lines, ""].join("\n");
  const bytes = new TextEncoder().encode(text);
  const plain = { encoding: "utf-8", delimiter, header_line: 1 } as const;
  const dialect: Dialect = delimiter === "," ? plain : { ...plain, ...OTHER };
  const input = { bytes: bytes.length, sha256: "00".repeat(32), dialect };
  return runFile(bytes, { ...settings, run: { input, ...settings.run } });
}

async function decisions(rows: string[][], delimiter: "," | ";", settings: RunSettings = {}) {
  const run = await runCells(rows, delimiter, settings);
  const { columns, warnings } = reportOf(run);
  return {
    // deno-lint-ignore no-explicit-any
    marks: columns.slice(2).map((column: any) => `${column.decimal_mark} ${column.decided_by}`),
    warnings: warnings.map(({ code }: { code: string }) => code)
      .filter((code: string) => code === "decimal-mark-assumed"),
    summary: rowsOf(run, "summary"),
  };
}

Deno.test("a plain file of plain numbers says nothing of marks, and its 1.234 is what it was", async () => {
  const run = await runCells([["1.234", "2", "0.5"], ["2.500", "1.000", "1.125"]], ",");
  const report = reportOf(run);
  assert.deepEqual(Object.keys(report.columns[2]), ["label", "field", "use"]);
  assert.ok(!report.warnings.some(({ code }: { code: string }) => code === "decimal-mark-assumed"));
  assert.deepEqual(rowsOf(run, "summary"), ["East,3.734,1.867,3,0.8125,2"]);
});

Deno.test("values that prove a mark decide their column", async () => {
  assert.deepEqual(await decisions([["1.234,56", "1", "0,1"], ["1.234", "2", "12,5"]], ";"), {
    marks: [", values", ", other-columns", ", values"],
    warnings: [],
    summary: ["East,2468.56,1234.28,3,6.3,2"],
  });
  assert.deepEqual(await decisions([["1,234.56", "1", "0.1"], ["1,234", "2", "0.2"]], ","), {
    marks: [". values", ". other-columns", ". values"],
    warnings: [],
    summary: ["East,2468.56,1234.28,3,0.15,2"],
  });
});

Deno.test("a column without proof goes by the others, if these agree", async () => {
  const [, quantity] = (await decisions([["0.5", "1.234", "1"]], ";")).marks;
  assert.equal(quantity, ". other-columns");
  const mixed = await decisions([["0.5", "1.234", "0,5"]], ";");
  assert.deepEqual(mixed.marks, [". values", ", delimiter", ", values"]);
  assert.deepEqual(mixed.warnings, ["decimal-mark-assumed"]);
});

Deno.test("the delimiter is the last resort: the warning names the cell and the options", async () => {
  const run = await runCells([["1.234", "1", "0"], ["5.678", "1", "0"]], ";");
  assert.deepEqual(rowsOf(run, "summary"), ["East,6912,3456,2,0,2"]);
  const [{ code, message }] = run.result.warnings;
  assert.equal(code, "decimal-mark-assumed");
  assert.match(message, /"1\.234" in revenue/);
  assert.match(message, /decimal_mark=\. for all columns.*decimal_mark\[revenue\]=\./);
  const quoted = await decisions([["1,234", "1", "0"]], ",");
  assert.deepEqual(quoted.warnings, ["decimal-mark-assumed"]);
  assert.deepEqual(quoted.summary, ["East,1234,1234,1,0,1"]);
  assert.deepEqual(
    (await decisions([["1234", "1", "0"]], ";")).warnings,
    [],
    "nothing depends on it",
  );
});

Deno.test("in a plain file a plain 1.234 is never in doubt, whatever stands beside it", async () => {
  const run = await runCells([["1.234", "1,000", "0"], ["5.678", "2,000", "0"]], ",");
  const [{ message }] = run.result.warnings;
  assert.match(message, /"1,000" in quantity/);
  assert.doesNotMatch(message, /revenue/);
  assert.deepEqual(rowsOf(run, "summary"), ["East,6.912,3.456,3000,0,2"]);
});

Deno.test("an option decides before the values do", async () => {
  const options = { decimal_mark: { revenue: "," as const } };
  const found = await decisions([["1.234", "1", "0"], ["5,5", "1", "0"]], ",", { options });
  assert.deepEqual(found, {
    marks: [", option", ", other-columns", ", other-columns"],
    warnings: [],
    summary: ["East,1239.5,619.75,2,0,2"],
  });
});

Deno.test("the majority of proofs decides, then the first; what contradicts is a type-error that says so", async () => {
  const rows = [["12.5", "1", "0"], ["12,5", "1", "0"], ["0,25", "1", "0"]];
  const run = await runCells(rows, ";");
  assert.deepEqual(rowsOf(run, "summary"), ["East,12.75,6.375,2,0,2"]);
  assert.deepEqual(
    rejectsOf(run).map((
      [line, , code, field, value, message],
    ) => [line, code, field, value, message]),
    [[
      "2",
      "type-error",
      "revenue",
      "12.5",
      "revenue is not a number with a decimal comma. If it has a point, set decimal_mark[revenue]=.",
    ]],
  );
  const tie = await decisions(rows.slice(0, 2), ";");
  assert.equal(tie.marks[0], ". values");
});

Deno.test("proof counts in the first 10,000 records only, and in the first block", async () => {
  const rows = [["1.234", "1", "0"], ["1.234", "1", "0"], ["0.5", "1", "0"]];
  const marksUnder = async (limits: RunSettings["limits"]) =>
    (await decisions(rows, ";", { limits })).marks[0];
  assert.equal(await marksUnder({ sampleRecordsMax: 3 }), ". values");
  assert.equal(await marksUnder({ sampleRecordsMax: 2 }), ", delimiter");
  const end = HEADER.length + 2 * "East;A;1.234;1;0\n".length + "East;A;0.5;1;0".length;
  assert.equal(await marksUnder({ blockBytes: end }), ". values");
  assert.equal(await marksUnder({ blockBytes: end - 1 }), ", delimiter");
});

Deno.test("10,000 records and 1 MiB are what counts, whatever the read size", async () => {
  const ambiguous = ["1.234", "1", "0"];
  const proof = ["0.5", "1", "0"];
  for (const [before, mark] of [[9_999, ". values"], [10_000, ", delimiter"]] as const) {
    const rows = [...Array.from({ length: before }, () => ambiguous), proof];
    for (const chunkBytes of [997, 1 << 20]) {
      const { marks } = await decisions(rows, ";", { chunkBytes });
      assert.equal(marks[0], mark);
    }
  }
});

Deno.test("a label with % makes percentages of its column, unless the option says otherwise", async () => {
  const text = HEADER.replace("discount", "Discount %") + "East,A,10,2,5\nEast,A,10,2,15%\n";
  const run = await runFile(text);
  assert.deepEqual(rowsOf(run, "summary"), ["East,20,10,4,0.1,2"]);
  assert.equal(reportOf(run).columns[4].percent, true);
  assert.equal(reportOf(run).run.engine, "plain");
  const none = await runFile(text, { options: { percent: [] } });
  assert.deepEqual(rowsOf(none, "summary"), ["East,20,10,4,2.575,2"]);
  assert.deepEqual(reportOf(none).options.percent, []);
  const asked = await runFile(text.replace(" %", ""), { options: { percent: ["discount"] } });
  assert.deepEqual(rowsOf(asked, "summary"), ["East,20,10,4,0.1,2"]);
});
