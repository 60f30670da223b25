import assert from "node:assert/strict";
import { INSPECT_DISTINCT_MAX } from "../../src/domain/limits.ts";
import { OPTION_DEFAULTS, type TaskOptions } from "../../src/domain/options.ts";
import { inspect } from "../../src/pipeline/inspect/inspect.ts";
import type { Inspection } from "../../src/pipeline/inspect/inspection.ts";
import { IntakeCheck } from "../../src/pipeline/intake_check.ts";
import { HEADER } from "../support/pipeline_run.ts";

/** What a file, or its head, looks like. */
async function look(
  text: string | Uint8Array,
  { isWhole = true, ...options }: Partial<TaskOptions> & { isWhole?: boolean } = {},
): Promise<Inspection> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const all = { ...OPTION_DEFAULTS, ...options };
  const check = new IntakeCheck(all);
  check.push(bytes);
  const reading = await inspect({ bytes, isWhole }, check.finish(), all);
  for (;;) {
    const { done, value } = reading.next();
    if (done) return value;
  }
}

/** A column by its label, with what is asked of it. */
function column({ columns }: Inspection, label: string) {
  const found = columns.find((column) => column.label === label);
  assert.ok(found, label);
  return found;
}

Deno.test("an inspection says which column holds which field, and how it was found", async () => {
  const text = "Net,region,_line,Qty,product\n";
  const found = await look(`${text}1,East,9,2,A\n`, {
    columns: { revenue: "net" },
    discount: "optional",
  });
  assert.deepEqual(found.mapping, {
    region: { label: "region", position: 2, by: "name" },
    product: { label: "product", position: 5, by: "name" },
    revenue: { label: "Net", position: 1, by: "option" },
    quantity: { label: "Qty", position: 4, by: "alias" },
    discount: null,
  });
  assert.deepEqual(found.columns.map(({ label, position, use }) => [label, position, use]), [
    ["Net", 1, "schema"],
    ["region", 2, "schema"],
    ["_line", 3, "ignored"],
    ["Qty", 4, "schema"],
    ["product", 5, "schema"],
  ]);
});

Deno.test("an inspection says the whole dialect, of a plain file too", async () => {
  const plain = await look(`\n${HEADER}East,A,1,1,0\r\nEast,A,1,1,0\nEast,A,1\n`);
  assert.deepEqual(plain.dialect, {
    encoding: "utf-8",
    delimiter: ",",
    header_line: 2,
    quote: '"',
    escape: "doubled",
    newline: "mixed",
    confidence: 0.67,
  });
  const latin = Uint8Array.from(
    `Titel\nregion;product;revenue;quantity;discount\nZ\u00fcrich;'A;B';1;1;0\nK\u00f6ln;'A;B';1;1;0\n`,
    (letter) => letter.charCodeAt(0),
  );
  const { dialect, rows } = await look(latin);
  assert.deepEqual(dialect, {
    encoding: "windows-1252",
    delimiter: ";",
    header_line: 2,
    quote: "'",
    escape: "doubled",
    newline: "lf",
    confidence: 1,
  });
  assert.deepEqual(rows[0].cells, ["Zürich", "A;B", "1", "1", "0"]);
});

Deno.test("an inspected row is clean if it would be accepted, and as it stands if not", async () => {
  const found = await look(
    `${HEADER} East ," A ","$1,200.50",+2.0,5%\n` +
      "\nEast,A, x ,1,0\nTotal,,5,,\nEast,A,1,0,0\nEast,A\n",
  );
  const [accepted, cell, zero, short] = found.rows;
  assert.deepEqual(accepted, {
    line: 2,
    record: 1,
    cells: ["East", "A", "1200.5", "2", "0.05"],
    reject: null,
  });
  assert.deepEqual([cell.line, cell.record, cell.cells[2]], [4, 2, " x "]);
  assert.deepEqual(cell.reject, {
    code: "type-error",
    field: "revenue",
    value: " x ",
    message: "revenue is not a number.",
    errors: 1,
    raw: "",
  });
  assert.equal(zero.reject?.code, "zero-quantity");
  assert.deepEqual([short.line, short.cells], [7, ["East", "A"]]);
  assert.deepEqual([short.reject?.code, short.reject?.raw], ["missing-cell", "East,A"]);
  assert.deepEqual(found.skipped, [{ kind: "totals", rows: 1, lines: [5] }]);
  assert.deepEqual(found.counts, {
    rows_total: 4,
    rows_accepted: 1,
    rows_rejected: 3,
    rows_skipped: 2,
    rejected_by_code: { "missing-cell": 1, "type-error": 1, "zero-quantity": 1 },
    skipped_by_kind: { blank: 1, totals: 1 },
  });
  assert.deepEqual(found.changes.map(({ kind, field }) => `${kind} ${field}`), [
    "trimmed region",
    "trimmed product",
    "currency revenue",
    "thousands revenue",
    "percent discount",
  ]);
});

Deno.test("a profile tells numbers from text, counts what differs, and has the least and the greatest", async () => {
  const rows = [
    ["10", "9", "", "x1", "NA"],
    ["9.50", "NA", " ", "2", "NA"],
    ["-1e2", "9", "", "😀", "NA"],
    ["abc", "-", "", "\uffee", "NA"],
  ];
  const found = await look(
    `revenue,n,empty,note,region,product,quantity,discount\n` +
      rows.map((cells) => `${cells},A,1,0\n`).join(""),
  );
  assert.deepEqual(column(found, "revenue").cells, { number: 3, text: 1, missing: 0, blank: 0 });
  const { type, min, max } = column(found, "revenue");
  assert.deepEqual([type, min, max], ["mixed", "-1e2", "abc"]);
  const { type: n, cells, distinct } = column(found, "n");
  assert.deepEqual([n, cells, distinct], [
    "number",
    { number: 2, text: 0, missing: 2, blank: 0 },
    { values: 1, capped: false },
  ]);
  const empty = column(found, "empty");
  assert.deepEqual([empty.type, empty.cells.blank, empty.min, empty.max], ["empty", 4, null, null]);
  assert.deepEqual([column(found, "note").min, column(found, "note").max], ["2", "😀"]);
  // In a column of text, NA is North America.
  assert.deepEqual(column(found, "region").cells, { number: 0, text: 4, missing: 0, blank: 0 });
  const quantities = await look(`${HEADER}a,b,1,10,0\na,b,1,9,0\na,b,1,1e1,0\n`);
  const quantity = column(quantities, "quantity");
  assert.deepEqual([quantity.min, quantity.max], ["9", "10"]);
});

Deno.test("a profile counts distinct values up to a cap, and cuts long ones", async () => {
  const most = Array.from({ length: INSPECT_DISTINCT_MAX }, (_, i) => `R${i},A,1,1,0\n`).join("");
  const found = await look(HEADER + most);
  assert.deepEqual(column(found, "region").distinct, {
    values: INSPECT_DISTINCT_MAX,
    capped: false,
  });
  const more = await look(`${HEADER}${most}${"é".repeat(5_000)},A,1,1,0\n`);
  const { distinct, max } = column(more, "region");
  assert.deepEqual(distinct, { values: INSPECT_DISTINCT_MAX, capped: true });
  assert.equal(max, `${"é".repeat(100)}…`);
});

Deno.test("the end of a head that was cut isn't read as a row, nor as the end of the file", async () => {
  const text = `${HEADER}East,A,1,1,0\nEast,A,"x`;
  const part = await look(text, { isWhole: false });
  assert.deepEqual([part.rows_read, part.complete, part.error], [1, false, null]);
  const whole = await look(text);
  assert.deepEqual([whole.rows_read, whole.complete], [2, true]);
  assert.equal(whole.rows[1].reject?.code, "unclosed-quote");
  const nothing = await look(HEADER + "East", { isWhole: false });
  assert.deepEqual([nothing.rows_read, nothing.error], [0, null]);
});

Deno.test("a decimal mark isn't decided by half a number at the end of a head", async () => {
  const head = HEADER.replaceAll(",", "\t") +
    "East;A;1,5;1;0\nEast;A;10;1;0.25".replaceAll(";", "\t");
  for (const encoding of ["utf-8", "utf-16le"]) {
    const bytes = encoding === "utf-8"
      ? new TextEncoder().encode(head)
      : new Uint8Array(Uint16Array.from(`\ufeff${head}`, (c) => c.charCodeAt(0)).buffer);
    const found = await look(bytes, { isWhole: false });
    assert.equal(found.dialect.encoding, encoding);
    assert.equal(column(found, "discount").decimal_mark, ",");
    assert.deepEqual(found.rows.map(({ cells }) => cells[2]), ["1.5"]);
  }
});

Deno.test("an inspection says what the run would fail with", async () => {
  const none = await look(`${HEADER}East,A,x,1,0\n`);
  assert.deepEqual([none.error?.code, none.complete], ["no-valid-rows", true]);
  const rows = "East,A,x,1,0\n".repeat(3) + "East,A,1,1,0\n";
  const budget = await look(HEADER + rows, { max_bad_rows: 2 });
  assert.equal(budget.error?.code, "too-many-bad-rows");
  assert.equal((await look(HEADER + rows)).error, null);
});

Deno.test("a head that is made to be read a thousand times over is read as far as that is cheap", async () => {
  const rows = `a","\n`.repeat(100_000);
  const found = await look(HEADER + "East,A,1,1,0\n" + rows);
  assert.equal(found.complete, false);
  assert.ok(found.rows_read > 1 && found.rows_read < 10_000, String(found.rows_read));
});

Deno.test("cells of a file without a header have the positions of their columns", async () => {
  const columns = { region: "2", product: "1", revenue: "3", quantity: "4" };
  const found = await look("A,East,1,1,x\n", { header: "none", discount: "optional", columns });
  assert.equal(found.dialect.header_line, null);
  assert.deepEqual(found.mapping.region, { label: "region", position: 2, by: "option" });
  assert.equal(found.columns[4].label, "column_5");
  assert.deepEqual(found.rows[0].cells, ["A", "East", "1", "1", "x"]);
});
