import assert from "node:assert/strict";
import type { Change } from "../../src/domain/report.ts";
import { reportOf, runFile, runRows } from "../support/pipeline_run.ts";

const changesOf = async (rows: string): Promise<Change[]> => reportOf(await runRows(rows)).changes;

/** The cells of a change's samples, without their places. */
const cells = ({ samples }: Change) => samples.map(({ before, after }) => [before, after]);

Deno.test("what cleaning changed is counted by column and kind, with the first five as samples", async () => {
  const file = "note,revenue,Net Region,product,quantity,discount\n" +
    " x ,10,East ,A,1,0\n" +
    "\n" +
    'y,"$1,234.50 ",West,A,abc,0\n' +
    'y,"$1,234.50 ",West,"A\n",2,0\n' +
    "y,10,\tEast,A,1,0\n".repeat(6);
  const run = await runFile(file, { options: { columns: { region: "Net Region" } } });
  const of = 8;
  assert.deepEqual(reportOf(run).changes, [
    {
      kind: "trimmed",
      column: "revenue",
      field: "revenue",
      cells: 1,
      of,
      sentence: "Trimmed 1 of 8 cells in revenue.",
      samples: [{ line: 5, record: 3, before: "$1,234.50 ", after: "$1,234.50" }],
    },
    {
      kind: "currency",
      column: "revenue",
      field: "revenue",
      cells: 1,
      of,
      sentence: "Took a currency sign from 1 cell of revenue.",
      samples: [{ line: 5, record: 3, before: "$1,234.50", after: "1234.5" }],
    },
    {
      kind: "thousands",
      column: "revenue",
      field: "revenue",
      cells: 1,
      of,
      sentence: "Took thousands marks from 1 cell of revenue.",
      samples: [{ line: 5, record: 3, before: "$1,234.50", after: "1234.5" }],
    },
    {
      kind: "trimmed",
      column: "Net Region",
      field: "region",
      cells: 7,
      of,
      sentence: "Trimmed 7 of 8 cells in region.",
      samples: [
        { line: 2, record: 1, before: "East ", after: "East" },
        { line: 7, record: 4, before: "\tEast", after: "East" },
        { line: 8, record: 5, before: "\tEast", after: "East" },
        { line: 9, record: 6, before: "\tEast", after: "East" },
        { line: 10, record: 7, before: "\tEast", after: "East" },
      ],
    },
    {
      kind: "trimmed",
      column: "product",
      field: "product",
      cells: 1,
      of,
      sentence: "Trimmed 1 of 8 cells in product.",
      samples: [{ line: 5, record: 3, before: "A\n", after: "A" }],
    },
  ]);
});

Deno.test("each kind of change has its sentence", async () => {
  const sentences = async (rows: string) => (await changesOf(rows)).map(({ sentence }) => sentence);
  assert.deepEqual(await sentences("East,A,(10),1,50%\nEast,A,10-,1,5\n"), [
    "Read 2 cells of revenue as negative: in parentheses, or with a minus behind.",
    "Read 1 cell of discount as percent, divided by 100.",
  ]);
  assert.deepEqual(await sentences('East,A,"10,5",1,0\n East,A,"1,25",1,0\n'), [
    "Trimmed 1 of 2 cells in region.",
    "Read a comma as the decimal point in 2 cells of revenue.",
  ]);
  assert.deepEqual(await sentences(" East,A,1,1,0\n"), ["Trimmed 1 of 1 cell in region."]);
});

Deno.test("another spelling of a plain number is no change", async () => {
  assert.deepEqual(await changesOf("East,A,+5,007,1e-1\nEast,A,-0,5.,.5\n"), []);
});

Deno.test("a row that wasn't accepted has no changes", async () => {
  assert.deepEqual(
    await changesOf("East ,A,x,1,0\nEast ,A,$1,0,0\n Total,A,1,1,0\nA,A,1,1,0\n"),
    [],
  );
});

Deno.test("a task that failed says what was changed so far", async () => {
  const run = await runRows(" East,A,1,1,0\nEast,A,x,1,0\n", { options: { max_bad_rows: 0 } });
  assert.equal(run.error?.code, "too-many-bad-rows");
  assert.deepEqual(reportOf(run).changes.map(({ cells, of }: Change) => [cells, of]), [[1, 1]]);
});

Deno.test("long cells are cut in samples, and no character with them", async () => {
  const [region, product] = await changesOf(`${"x".repeat(100)} ,${"😀".repeat(101)} ,1,1,0\n`);
  assert.deepEqual(cells(region), [[`${"x".repeat(100)}…`, "x".repeat(100)]]);
  const cut = `${"😀".repeat(100)}…`;
  assert.deepEqual(cells(product), [[cut, cut]]);
  const [wide] = await changesOf(`${"é".repeat(99)}\u3000,A,1,1,0\n`);
  assert.deepEqual(cells(wide), [[`${"é".repeat(99)}\u3000`, "é".repeat(99)]]);
  const [, huge] = await changesOf(`East,A,$1e300 ,1,0\n`);
  assert.deepEqual(cells(huge), [["$1e300", `1${"0".repeat(99)}…`]]);
});
