/** Rows that aren't data: which are skipped as what, and which are rows all the same. */
import assert from "node:assert/strict";
import type { TaskOptions } from "../../src/domain/options.ts";
import type { PipelineLimits } from "../../src/pipeline/pipeline_limits.ts";
import { HEADER, rejectsOf, reportOf, rowsOf, runRows } from "../support/pipeline_run.ts";

const GOOD = "East,A,10,2,0.1\n";

/** Line and kind of what is skipped below the usual header and a row, and lines of what is rejected: `3 footnote`. */
async function fates(
  rows: string,
  options: Partial<TaskOptions> = {},
  limits: Partial<PipelineLimits> = {},
): Promise<string[]> {
  const run = await runRows(GOOD + rows, { options, limits });
  const skipped = reportOf(run).skipped.flatMap(
    ({ kind, lines }: { kind: string; lines: number[] }) =>
      lines.map((line): [number, string] => [line, kind]),
  );
  const rejected = rejectsOf(run).map(([line]): [number, string] => [Number(line), "rejected"]);
  return [...skipped, ...rejected].sort((a, b) => a[0] - b[0]).map((fate) => fate.join(" "));
}

Deno.test("notes below the table are footnotes, as one cell or with all delimiters", async () => {
  const notes = "\nSource: ERP export\n* preliminary figures,,,,\n,,Generated 2024-01-01\n";
  assert.deepEqual(await fates(notes), ["4 footnote", "5 footnote", "6 footnote"]);
  assert.deepEqual(await fates("Page 3 of 3"), ["3 footnote"]);
});

Deno.test("what could be a row after an accident is rejected, at the end too", async () => {
  const rows = [
    "Nor",
    "New York",
    "East,,,,",
    "2024-01-01 12:30",
    "*",
    "12.50",
    "Source",
    "Page x",
  ];
  for (const row of rows) assert.deepEqual(await fates(row), ["3 rejected"], row);
  assert.deepEqual(await fates("Source: ERP,x\nSource: ERP,,,0"), ["3 rejected", "4 rejected"]);
  assert.deepEqual(await fates(`Source: ${"x".repeat(1_000)}`), ["3 rejected"]);
  assert.deepEqual(await fates('Source: "ERP"\n"Source: ERP"x\n'), ["3 rejected", "4 rejected"]);
});

Deno.test("a note that rows follow is rejected, in the order of the file", async () => {
  const rows = `* one\n\n* two\nWest,x,y,1,1\n* three\n${GOOD}* four\n`;
  assert.deepEqual(await fates(rows), [
    ...["3 rejected", "5 rejected", "6 rejected", "7 rejected", "9 footnote"],
  ]);
  const numbers = rejectsOf(await runRows(GOOD + rows)).map(([line, record]) =>
    `${line}:${record}`
  );
  assert.deepEqual(numbers, ["3:2", "5:3", "6:4", "7:5"]);
});

Deno.test("totals and formulas among notes decide nothing", async () => {
  const rows = 'Source: ERP\nTotal,,10,2,\n,,=SUM(C2:C9),"=SUM(D2:D9)",\n\n* a\n';
  assert.deepEqual(await fates(rows), ["3 footnote", "4 totals", "5 formula", "7 footnote"]);
});

Deno.test("a second header block goes on with the table; a title before it is no row", async () => {
  const rows = `* preliminary\n\nSecond half\n${HEADER}${GOOD}\nQ3\n${HEADER}${GOOD}`;
  assert.deepEqual(await fates(rows), [
    ...["3 footnote", "5 preamble", "6 repeated-header", "9 rejected", "10 repeated-header"],
  ]);
  assert.deepEqual(rowsOf(await runRows(GOOD + rows), "summary"), ["East,30,10,6,0.1,3"]);
});

Deno.test("a title at the end of the file, or above another table, may be a row", async () => {
  assert.deepEqual(await fates("Second half\n"), ["3 rejected"]);
  assert.deepEqual(await fates("\nSecond half\nid,name\n1,x\n"), [
    ...["4 rejected", "5 rejected", "6 rejected"],
  ]);
});

Deno.test("formulas over a column are no row, those within a row are", async () => {
  assert.deepEqual(await fates(",,=SUM(C2:C9),,\nall,x,= Summe( $C$2 : C99 ),NA,\n"), [
    ...["3 formula", "4 formula"],
  ]);
  const rows = ["West,B,=C2*D2,1,0", "West,B,=SUM(C2:D2),1,0", "West,B,=SUM(C2:C9),1,0", ",,=C2,,"];
  for (const row of rows) assert.deepEqual(await fates(row), ["3 rejected"], row);
  assert.deepEqual(await fates("Total,,=SUM(C2:C9),,\n", { keep_totals: true }), ["3 formula"]);
});

Deno.test("only the last of many can be footnotes", async () => {
  const limits = { asideRecordsMax: 2 };
  assert.deepEqual(await fates("* a\n* b\n* c\n* d\n", {}, limits), [
    ...["3 rejected", "4 rejected", "5 footnote", "6 footnote"],
  ]);
});

Deno.test("a note counts for the budget once it is known to be a row", async () => {
  const settings = { options: { max_bad_rows: 0 }, limits: { blockBytes: 1 } };
  const footnote = await runRows(`${GOOD}* a\n* b\n`, settings);
  assert.equal(footnote.error, null);
  const row = await runRows(`${GOOD}* a\n\n${GOOD}${GOOD}`, settings);
  assert.equal(row.error?.code, "too-many-bad-rows");
  assert.equal(reportOf(row).complete, false);
  assert.deepEqual(row.result.counts.rows_accepted, 2, "the look after the row that decides");
});

Deno.test("the report lists where the first hundred of a kind stand, but of blank lines", async () => {
  const report = reportOf(await runRows(GOOD + "\n" + "Total,x,1,1,1\n".repeat(150) + "* a\n"));
  assert.deepEqual(
    report.skipped.map(({ kind, rows }: { kind: string; rows: number }) => [kind, rows]),
    [
      ["totals", 150],
      ["footnote", 1],
    ],
  );
  const [totals, footnote] = report.skipped;
  assert.deepEqual(totals.lines, Array.from({ length: 100 }, (_, index) => index + 4));
  assert.deepEqual(footnote.lines, [154]);
  assert.deepEqual(report.counts.skipped_by_kind, { blank: 1, totals: 150, footnote: 1 });
});
