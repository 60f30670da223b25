import assert from "node:assert/strict";
import { InputError, type InputFault } from "../../src/domain/errors.ts";
import { OPTION_DEFAULTS, type TaskOptions } from "../../src/domain/options.ts";
import { IntakeCheck } from "../../src/pipeline/intake_check.ts";
import { SALES } from "../../src/pipeline/header/schema.ts";
import { reportOf, rowsOf, runFile } from "../support/pipeline_run.ts";

type Mapping = Partial<Pick<TaskOptions, "columns" | "header" | "discount">>;

/** The row that every file here has, in the schema's order. */
const VALUES = ["East", "A", "10", "2", "0.5"];
const SUMMARY = ["East,10,10,2,0.5,1"];

/** Each field's column as the report tells it: its label, and how it was found if not by its name. */
async function columnsOf(file: string, options: Mapping = {}): Promise<Record<string, string[]>> {
  const run = await runFile(file, { options });
  assert.equal(run.error, null);
  const found: Record<string, string[]> = {};
  for (const { label, field, by } of reportOf(run).columns) {
    if (field !== null) found[field] = by === undefined ? [label] : [label, by];
  }
  return found;
}

/** The faults of a header, told at once when the options are known before, at the end when they aren't. */
function faultsOf(file: string, mapping: Mapping = {}): readonly InputFault[] {
  const options = { ...OPTION_DEFAULTS, ...mapping };
  const [early, late] = [options, null].map((known) => {
    const check = new IntakeCheck(known);
    check.push(new TextEncoder().encode(file));
    try {
      check.finish(options);
    } catch (error) {
      if (error instanceof InputError) return error.faults;
      throw error;
    }
    assert.fail("the file wasn't refused");
  });
  assert.deepEqual(late, early);
  return early;
}

const codesOf = (file: string, mapping?: Mapping) =>
  faultsOf(file, mapping).map(({ code, field }) => `${code} ${field}`);

Deno.test("each alias stands for its field, in any case and with _ or - for a space", async () => {
  const labels: string[] = SALES.map(({ name }) => name);
  for (const [index, { name, aliases }] of SALES.entries()) {
    for (const alias of aliases) {
      for (const label of [alias, alias.toUpperCase(), ` ${alias.replaceAll(" ", "_")}-`]) {
        const run = await runFile(`${labels.with(index, label)}\n${VALUES}\n`);
        const isPercent = label.includes("%");
        const summary = isPercent ? ["East,10,10,2,0.005,1"] : SUMMARY;
        assert.deepEqual(rowsOf(run, "summary"), summary, label);
        assert.deepEqual(reportOf(run).columns[index], {
          label: label.trim(),
          field: name,
          use: "schema",
          by: "alias",
          ...(isPercent && { percent: true }),
        });
      }
    }
  }
});

Deno.test("no alias means two fields, and none is the name of one", () => {
  const words = SALES.flatMap(({ name, aliases }) => [name, ...aliases]);
  assert.equal(new Set(words).size, words.length);
});

Deno.test("an exact name wins over any number of aliases, and the file reads as if they weren't", async () => {
  const file = (label: string) =>
    `${label},region,product,revenue,quantity,discount,${label}\n7,${VALUES},9\n,${VALUES},x\n`;
  const [plain, aliased] = await Promise.all(
    ["note", "Sales"].map((label) => runFile(file(label))),
  );
  for (const kind of ["summary", "anomalies", "rejects"] as const) {
    const text = aliased.artifacts.text(kind).replaceAll("Sales", "note");
    assert.equal(text, plain.artifacts.text(kind));
  }
  assert.equal(reportOf(aliased).columns.some((column: object) => "by" in column), false);
  assert.deepEqual(reportOf(aliased).options, reportOf(plain).options);
});

Deno.test("two aliases of one field are refused, with both and the option that decides", async () => {
  const file = `region,product,Total Revenue,sales,quantity,discount\nEast,A,10,99,2,0.5\n`;
  const [fault, ...others] = faultsOf(file);
  assert.deepEqual(others, []);
  assert.equal(fault.code, "ambiguous-column");
  assert.equal(fault.field, "revenue");
  assert.equal(
    fault.detail,
    'Column "revenue" could be any of the columns 3 ("Total Revenue"), 4 ("sales"). Say which with the option columns[revenue]=Total Revenue, or rename it to "revenue".',
  );
  const columns = { revenue: "Total Revenue" };
  assert.deepEqual((await columnsOf(file, { columns })).revenue, ["Total Revenue", "option"]);
  const sums = rowsOf(
    await runFile(file, { options: { columns: { revenue: "SALES" } } }),
    "summary",
  );
  assert.deepEqual(sums, ["East,99,99,2,0.5,1"]);
});

Deno.test("the same alias twice is a doubled column: no option could tell them apart", () => {
  assert.deepEqual(codesOf("region,product,Sales,sales_,quantity,discount"), [
    "duplicate-column revenue",
  ]);
});

Deno.test("an option wins over the exact name, whose column is kept as any other", async () => {
  const file = "region,product,revenue,quantity,discount,Net Sales\nEast,A,1,2,0.5,10\n";
  const run = await runFile(file, { options: { columns: { revenue: "net-SALES" } } });
  assert.deepEqual(rowsOf(run, "summary"), SUMMARY);
  const report = reportOf(run);
  assert.deepEqual(report.columns[2], { label: "revenue", field: null, use: "kept" });
  assert.deepEqual(report.columns[5], {
    label: "Net Sales",
    field: "revenue",
    use: "schema",
    by: "option",
  });
  assert.deepEqual(report.options, {
    k: 2,
    max_bad_rows: null,
    max_bad_ratio: null,
    keep_totals: false,
    columns: { revenue: "net-SALES" },
  });
});

Deno.test("a column that an option takes is gone for its own field, which may have an alias", async () => {
  const file = "region,product,revenue,quantity,discount,qty\nEast,A,x,10,0.5,2\n";
  const run = await runFile(file, { options: { columns: { revenue: "quantity" } } });
  assert.deepEqual(rowsOf(run, "summary"), SUMMARY);
  const taken = faultsOf(file.replace(",qty", ",x"), { columns: { revenue: "quantity" } });
  assert.deepEqual(taken.map(({ field }) => field), ["quantity"]);
  assert.match(taken[0].detail, /An option gives the column of that name to another field/);
  const ignored = faultsOf("region,product,revenue,_quantity,discount");
  assert.match(ignored[0].detail, /Add a column with the label "quantity"/);
});

Deno.test("an option that names no column is told the nearest label, one that names two that there are two", () => {
  const header = "region,product,Net Sales,quantity,discount,x,x";
  const [fault] = faultsOf(header, { columns: { revenue: "Net Sale" } });
  assert.equal(
    fault.detail,
    'The option columns[revenue]=Net Sale names no column. Found: region, product, Net Sales, quantity, discount, x, x. Did you mean "Net Sales"?',
  );
  assert.deepEqual(codesOf(header, { columns: { revenue: "colour", discount: "X" } }), [
    "missing-column revenue",
    "duplicate-column discount",
  ]);
  assert.deepEqual(codesOf(`_cost,${header}`, { columns: { revenue: "_cost" } }), [
    "missing-column revenue",
  ], "an ignored column can't be named");
});

Deno.test("a label that is nearly an alias is what was meant", () => {
  const cases = [
    [
      "Sale",
      /Did you mean "Sale"\? Rename it, or name it with the option columns\[revenue\]=Sale\./,
    ],
    ["total_revenu", /Did you mean "total_revenu"\?/],
    ["date", /Add a column with the label "revenue"\. Or name .* columns\[revenue\]=LABEL\.$/],
  ] as const;
  for (const [label, cure] of cases) {
    const [fault] = faultsOf(`region,product,${label},quantity,discount`);
    assert.match(fault.detail, cure, label);
  }
  // `Units` is nobody's typing error: it is the quantity.
  const [fault] = faultsOf("region,product,Units,discount");
  assert.doesNotMatch(fault.detail, /Did you mean/);
});

Deno.test("a repeated header equals the labels of its file, not the names of the fields", async () => {
  const header = "Territory,SKU,Net Sales,Units Sold,Discount %";
  const options = { columns: { revenue: "net sales" } };
  const skipped = async (row: string) =>
    (await runFile(`${header}\n${VALUES}\n${row}\n`, { options })).result.counts;
  assert.deepEqual(
    (await skipped(" TERRITORY,sku-,net_sales,units sold,discount %")).skipped_by_kind,
    {
      "repeated-header": 1,
    },
  );
  const { skipped_by_kind, rejected_by_code } = await skipped(
    "region,product,revenue,quantity,discount",
  );
  assert.deepEqual(skipped_by_kind, {});
  assert.deepEqual(rejected_by_code, { "type-error": 1 });
});

Deno.test("a repeated header is known by strange labels too", async () => {
  for (const label of ["2023", "N/A", "inf", "Ümsatz", "\u212Ag", "İst", "@x", "[y]", "1e 5"]) {
    const file = `region,product,${label},quantity,discount\n${VALUES}\n`;
    for (const again of [label, label.toUpperCase(), `${label}_`]) {
      const run = await runFile(`${file}region,product,${again},quantity,discount\n`, {
        options: { columns: { revenue: label } },
      });
      assert.deepEqual(run.result.counts.skipped_by_kind, { "repeated-header": 1 }, again);
    }
  }
  const kelvin = `region,product,kg,quantity,discount\n${VALUES}\n`;
  const run = await runFile(`${kelvin}region,product,\u212Ag,quantity,discount\n`, {
    options: { columns: { revenue: "kg" } },
  });
  assert.deepEqual(run.result.counts.skipped_by_kind, { "repeated-header": 1 });
});

Deno.test("a row without a fault is a row, even if it reads like the labels", async () => {
  const columns = { revenue: "2021", quantity: "2022", discount: "2023" };
  const file = "region,product,2021,2022,2023\nregion,product,2021,2022,2023\n";
  const { counts } = (await runFile(file, { options: { columns } })).result;
  assert.deepEqual([counts.rows_accepted, counts.rows_skipped], [1, 0]);
});

Deno.test("without a column of discounts nothing is read of it, if the user said so", async () => {
  const file = "region,product,revenue,quantity\nEast,A,10,2\nEast,A,x,2\n";
  assert.deepEqual(codesOf(file), ["missing-column discount"]);
  assert.match(faultsOf(file)[0].detail, /If there is none, say discount=optional\.$/);
  const run = await runFile(file, { options: { discount: "optional" } });
  assert.deepEqual(rowsOf(run, "summary"), ["East,10,10,2,,1"]);
  assert.deepEqual(run.result.counts.rejected_by_code, { "type-error": 1 });
  assert.deepEqual(reportOf(run).options.discount, "optional");
});

Deno.test("an optional discount that is there is read as always", async () => {
  const file = "region,product,revenue,quantity,Discount Rate\nEast,A,10,2,0.5\nEast,A,10,2,\n";
  const run = await runFile(file, { options: { discount: "optional" } });
  assert.deepEqual(rowsOf(run, "summary"), SUMMARY);
  assert.deepEqual(run.result.counts.rejected_by_code, { "required-value": 1 });
  const options: Mapping = { discount: "optional" };
  assert.deepEqual(codesOf("region,product,revenue,quantity,discount rate,discount %", options), [
    "ambiguous-column discount",
  ]);
  assert.deepEqual(
    codesOf("region,product,revenue,quantity", { ...options, columns: { discount: "rebate" } }),
    ["missing-column discount"],
    "who asks for a column must get it",
  );
});

const POSITIONS = { region: "2", product: "3", revenue: "4", quantity: "5", discount: "6" };

Deno.test("a file without a header is read by positions, its first line too", async () => {
  const options: Mapping = { header: "none", columns: POSITIONS };
  const run = await runFile(`\n_1,${VALUES},n\n_2,${VALUES},m\n_3,East,A,abc,1,0,n\n`, { options });
  assert.deepEqual(rowsOf(run, "summary"), ["East,20,10,4,0.5,2"]);
  assert.deepEqual(run.artifacts.text("rejects").split("\n").slice(0, 2), [
    "column_1,region,product,revenue,quantity,discount,column_7,_line,_record,_error_code,_error_field,_error_value,_error_message,_error_count,_raw",
    "_3,East,A,abc,1,0,n,4,3,type-error,revenue,abc,revenue is not a number.,1,",
  ]);
  const { columns, options: reported } = reportOf(run);
  assert.deepEqual(columns.slice(0, 2), [
    { label: "column_1", field: null, use: "kept" },
    { label: "region", field: "region", use: "schema", by: "option" },
  ]);
  assert.deepEqual([reported.header, reported.columns], ["none", POSITIONS]);
});

Deno.test("rejects of a file without a header can be mended and uploaded without options", async () => {
  const options: Mapping = { header: "none", columns: POSITIONS };
  const run = await runFile(`n,East,A,abc,2,0.5\n`, { options });
  const mended = run.artifacts.text("rejects").replace("abc", "10");
  assert.deepEqual(rowsOf(await runFile(mended), "summary"), SUMMARY);
});

Deno.test("anomalies of a file without a header are found in its first line too", async () => {
  const rows = "East,A,900,2,0\n" + "East,A,10,2,0\n".repeat(20);
  const columns = { region: "1", product: "2", revenue: "3", quantity: "4" };
  const options: Mapping = { header: "none", columns, discount: "optional" };
  const run = await runFile(rows, { options });
  assert.deepEqual(rowsOf(run, "anomalies").map((row) => row.split(",").slice(0, 7)), [
    ["East", "A", "900", "2", "0", "450", "true"],
  ]);
  assert.deepEqual(rowsOf(run, "summary"), ["East,1100,52.38095238095238,42,,21"]);
});

Deno.test("a position that isn't there, or that nobody gave, is told", () => {
  const { discount: _, ...others } = POSITIONS;
  assert.deepEqual(faultsOf(`n,${VALUES}\n`, { header: "none", columns: others }), [{
    code: "missing-column",
    detail:
      'With header=none the option columns[discount]=POSITION must say which column is "discount": 1 is the first one. If there is none, say discount=optional.',
    line: 1,
    field: "discount",
  }]);
  const [fault] = faultsOf(`\n${VALUES}\n`, { header: "none", columns: POSITIONS });
  assert.equal(
    fault.detail,
    "The option columns[discount]=6 names no column: the first record, on line 2, has 5.",
  );
  assert.deepEqual(codesOf('"a"b\n', { header: "none", columns: POSITIONS }), [
    "bad-header undefined",
  ]);
  assert.deepEqual(codesOf("\n\n", { header: "none", columns: POSITIONS }), [
    "empty-file undefined",
  ]);
});

Deno.test("the intake says that a file has no header", () => {
  const check = new IntakeCheck({ ...OPTION_DEFAULTS, header: "none", columns: POSITIONS });
  check.push(new TextEncoder().encode(`n,${VALUES}`));
  assert.equal(check.finish().header_line, null);
});

Deno.test("a first line of data makes a hint at header=none", () => {
  for (const { detail } of faultsOf(`${VALUES}\n`)) {
    assert.match(detail, /no header line, upload it with header=none, columns\[region\]=1/);
  }
  assert.doesNotMatch(faultsOf("a,b,c\n")[0].detail, /header=none/);
});

Deno.test("when the options come last, a header is judged at the end", () => {
  const rows = new TextEncoder().encode("x".repeat(70_000));
  const header = (text: string) => new TextEncoder().encode(text);
  const late = new IntakeCheck(null);
  late.push(header("region,product,Net Sales,quantity,discount\n"));
  late.push(rows);
  assert.equal(
    late.finish({ ...OPTION_DEFAULTS, columns: { revenue: "net sales" } }).header_line,
    1,
  );
  const broken = new IntakeCheck(null);
  broken.push(header('"region"x\n'));
  broken.push(rows);
  assert.throws(() => broken.finish(), InputError);
  const early = new IntakeCheck();
  early.push(header("region,product,Net Sales,quantity,discount\n"));
  assert.throws(() => early.push(rows), InputError);
});
