/** Headers of two lines: what they are read as, and that intake check and run agree on it. */
import assert from "node:assert/strict";
import { InputError } from "../../src/domain/errors.ts";
import { OPTION_DEFAULTS, type TaskOptions } from "../../src/domain/options.ts";
import { IntakeCheck } from "../../src/pipeline/intake_check.ts";
import { dialectFile, PLAIN_WRITING } from "../support/dialect_file.ts";
import { rejectsOf, reportOf, rowsOf, runFile } from "../support/pipeline_run.ts";

const GROUPS = "Region,Product,Sales,,\n,,Revenue,Quantity,Discount\n";
const ROWS = "East,A,10,2,0.1\nWest,B,30,3,0.2\n";

function intake(file: string, options: Partial<TaskOptions> = {}) {
  const check = new IntakeCheck({ ...OPTION_DEFAULTS, ...options });
  check.push(new TextEncoder().encode(file));
  return check.finish();
}

/** Run a file in the dialect that the intake check finds. */
function run(file: string, options: Partial<TaskOptions> = {}) {
  const bytes = new TextEncoder().encode(file).length;
  const input = { bytes, sha256: "00".repeat(32), dialect: intake(file, options) };
  return runFile(file, { options, run: { input } });
}

/** Label and field of each column. */
async function columns(file: string, options: Partial<TaskOptions> = {}): Promise<string[]> {
  const { columns } = reportOf(await run(file, options));
  return columns.map(({ label, field }: Record<string, string>) => `${label}: ${field}`);
}

function refused(file: string, options: Partial<TaskOptions> = {}): string[] {
  try {
    intake(file, options);
  } catch (error) {
    if (error instanceof InputError) {
      return error.faults.map(({ code, field }) => `${code} ${field}`);
    }
    throw error;
  }
  assert.fail("the file wasn't refused");
}

Deno.test("labels below groups make a header of two lines, and the task says so", async () => {
  const { header_line, header_lines, delimiter } = intake(GROUPS + ROWS);
  assert.deepEqual([header_line, header_lines, delimiter], [1, 2, ","]);
  const finished = await run(GROUPS + ROWS);
  assert.deepEqual(rowsOf(finished, "summary"), ["East,10,10,2,0.1,1", "West,30,30,3,0.2,1"]);
  assert.deepEqual(Object.keys(reportOf(finished).input.dialect), [
    ...["encoding", "delimiter", "header_line", "header_lines"],
    ...["quote", "escape", "newline", "confidence"],
  ]);
});

Deno.test("a label that is cut in two is joined, and a group goes as far as the next", async () => {
  assert.deepEqual(
    await columns(
      "State,Product,Total,Quantity,,Cost,\n,Name,Revenue,Ordered,Discount,net,gross\n" +
        "East,A,10,2,0.1,1,2\n",
    ),
    [
      ...["State: region", "Product Name: product", "Total Revenue: revenue"],
      ...[
        "Quantity Ordered: quantity",
        "Discount: discount",
        "Cost net: null",
        "Cost gross: null",
      ],
    ],
  );
});

Deno.test("two columns that would get one name keep their groups, and an option tells which", async () => {
  const file = "Region,Product,2023,,2024,,\n,,Revenue,Quantity,Revenue,Quantity,Discount\n" +
    "East,A,1,1,10,2,0.1\n";
  assert.ok(refused(file).includes("missing-column revenue"));
  const options = { columns: { revenue: "2024 revenue", quantity: "2024 Quantity" } };
  assert.deepEqual(await columns(file, options), [
    ...["Region: region", "Product: product", "2023 Revenue: null", "2023 Quantity: null"],
    ...["2024 Revenue: revenue", "2024 Quantity: quantity", "Discount: discount"],
  ]);
  assert.deepEqual(rowsOf(await run(file, options), "summary"), ["East,10,10,2,0.1,1"]);
});

Deno.test("a header that is one line stays one, whatever stands above or below it", () => {
  const header = "region,product,revenue,quantity,discount\n";
  for (
    const [file, line] of [
      [header + GROUPS + ROWS, 1],
      [header + header + ROWS, 1],
      [",,Sales,,\n" + header + ROWS, 2],
      [GROUPS + header + ROWS, 3],
    ] as const
  ) {
    const { header_line, header_lines } = intake(file);
    assert.deepEqual([header_line, header_lines], [line, undefined], file);
  }
});

Deno.test("lines above it, other delimiters and blank lines are no hindrance", async () => {
  const file = `Sales report\n\n${GROUPS}\n${ROWS}`.replaceAll(",", ";");
  const { delimiter, header_line, header_lines } = intake(file);
  assert.deepEqual([delimiter, header_line, header_lines], [";", 3, 2]);
  const { result } = await run(file);
  assert.equal(result.counts.rows_accepted, 2);
  assert.deepEqual(result.counts.skipped_by_kind, { blank: 2, preamble: 1 });
});

Deno.test("each line of it is skipped where it comes again", async () => {
  const { result } = await run(`${GROUPS}${ROWS}\nSecond half\n${GROUPS}${ROWS}`);
  assert.equal(result.counts.rows_accepted, 4);
  assert.deepEqual(result.counts.skipped_by_kind, {
    blank: 1,
    "repeated-header": 2,
    preamble: 1,
  });
});

Deno.test("two lines that lack a column together are refused for what the first one lacks", () => {
  assert.deepEqual(refused("Region,Product,Sales,,\n,,Revenue,Quantity,\n" + ROWS), [
    "missing-column quantity",
    "missing-column discount",
  ]);
  // Sales is an alias of revenue, so that is what the first line has.
  assert.ok(
    refused("Region,Product,Sales,\n,,Revenue,Quantity,Discount\n").length > 0,
    "other widths",
  );
  assert.ok(refused(GROUPS.replace(",Product", ',"Product') + ROWS).length > 0, "a fault");
});

Deno.test("rejected rows and anomalies have the header in one line, and can be sent again", async () => {
  const rejects = (await run(`${GROUPS}${ROWS}North,C,x,1,0\n`)).artifacts.text("rejects");
  assert.equal(rejects.split(",_line")[0], "Region,Product,Revenue,Quantity,Discount");
  const again = await runFile(rejects.replace(",x,", ",7,"));
  assert.deepEqual(rowsOf(again, "summary"), ["North,7,7,1,0,1"]);
  assert.deepEqual(rejectsOf(again), []);
});

Deno.test("in every dialect the run reads the header that the intake check found", async () => {
  const table = [
    ["Region", "Product", "Übersicht, total", "", "Discount"],
    ["", "Name", "Revenue", "Quantity", "%"],
    ...Array.from({ length: 12 }, (_, row) => ["Köln", `a "b" ${row}`, `${row}.5`, "2", "0.1"]),
  ];
  for (const delimiter of [",", ";", "\t", "|"] as const) {
    for (const encoding of ["utf-8", "utf-16le", "windows-1252"] as const) {
      for (const newline of ["\n", "\r\n", "\r"] as const) {
        for (const preamble of [[], ["Report 2024", ""]]) {
          const writing = { ...PLAIN_WRITING, delimiter, encoding, newline, preamble };
          const file = dialectFile(table, writing);
          const check = new IntakeCheck();
          for (const byte of file) check.push(Uint8Array.of(byte));
          const dialect = check.finish();
          const about = JSON.stringify(writing);
          assert.equal(dialect.header_lines, 2, about);
          assert.equal(dialect.header_line, preamble.length + 1, about);
          const input = { bytes: file.length, sha256: "00".repeat(32), dialect };
          const { result } = await runFile(file, { run: { input }, chunkBytes: 7 });
          assert.equal(result.counts.rows_accepted, 12, about);
        }
      }
    }
  }
});

Deno.test("many columns cost no more than their number", () => {
  const wide = (label: string) => Array.from({ length: 4_000 }, () => label).join() + "\n";
  const begun = performance.now();
  assert.ok(refused(wide("Sales") + wide("revenue").repeat(2)).length > 0);
  assert.ok(refused("Sales".repeat(8_000) + wide("") + wide("x")).length > 0);
  assert.ok(performance.now() - begun < 5_000);
});
