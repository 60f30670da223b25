/** Files as accounting exports them, from the upload to the artifacts, with each engine that can read them. */
import assert from "node:assert/strict";
import { readUpload, termsOf } from "../support/front_door.ts";
import { type FinishedRun, reportOf, rowsOf } from "../support/pipeline_run.ts";

async function read(text: string, query: Record<string, string> = {}): Promise<FinishedRun> {
  const answer = await readUpload(new TextEncoder().encode(text), termsOf(query));
  assert.ok("run" in answer, JSON.stringify(answer));
  return answer.run;
}

Deno.test("an export from Germany: semicolons, decimal commas, euros, minus behind", async () => {
  const run = await read(
    "Region;Produkt;Umsatz;Menge;Rabatt\r\n" +
      "Nord;Stuhl;1.234,50 €;2;5 %\r\nNord;Tisch;12,50-;1;0 %\r\nSüd;Stuhl;1.000.000,00 €;1.000;2,5 %\r\n",
    {
      "columns[product]": "Produkt",
      "columns[revenue]": "Umsatz",
      "columns[quantity]": "Menge",
      "columns[discount]": "Rabatt",
    },
  );
  assert.deepEqual(rowsOf(run, "summary"), [
    "Nord,1222,611,3,0.025,2",
    "Süd,1000000,1000000,1000,0.025,1",
  ]);
  assert.equal(run.result.counts.rows_rejected, 0);
  const { decimal_mark, decided_by } = reportOf(run).columns[3];
  assert.deepEqual([decimal_mark, decided_by], [",", "other-columns"]);
  assert.deepEqual(run.result.decimal_mark, {
    revenue: { mark: ",", decided_by: "values" },
    quantity: { mark: ",", decided_by: "other-columns" },
    discount: { mark: ",", decided_by: "values" },
  });
});

Deno.test("an export from the United States: quoted dollars, parentheses, thousands", async () => {
  const run = await read(
    "Region,Product,Total Revenue,Units Sold,Discount %\n" +
      'East,A,"$1,234.56","1,000",5\nEast,B,($34.56),4,10%\nWest,A,$5.00,1,0\n',
  );
  assert.deepEqual(rowsOf(run, "summary"), ["East,1200,600,1004,0.075,2", "West,5,5,1,0,1"]);
  assert.deepEqual(run.result.warnings.map(({ code }) => code), ["unreachable-threshold"]);
});

Deno.test("exports from Switzerland, France and India", async () => {
  const header = "region;product;revenue;quantity;discount\n";
  const rows = "Bern;A;CHF 1'234.50;1;0.1\nBern;B;12’000.00;1;0.1\n";
  assert.deepEqual(rowsOf(await read(header + rows), "summary"), ["Bern,13234.5,6617.25,2,0.1,2"]);
  const french = "Lyon;A;1\u202f234,50 €;1\u00a0000;0,1\n";
  assert.deepEqual(rowsOf(await read(header + french), "summary"), [
    "Lyon,1234.5,1234.5,1000,0.1,1",
  ]);
  const indian = 'Pune,A,"₹12,34,567.00",1,0.1\n';
  assert.deepEqual(rowsOf(await read(header.replaceAll(";", ",") + indian), "summary"), [
    "Pune,1234567,1234567,1,0.1,1",
  ]);
});

Deno.test("the option changes an assumed decimal mark, for all columns or for one", async () => {
  const text = "region;product;revenue;quantity;discount\nEast;A;1.234;2;1.125\n";
  const queries: Record<string, string>[] = [
    {},
    { decimal_mark: "." },
    { "decimal_mark[discount]": "point" },
    { "decimal_mark[discount]": "point", "decimal_mark[revenue]": "," },
  ];
  const summaries = await Promise.all(
    queries.map(async (query) => rowsOf(await read(text, query), "summary")[0]),
  );
  assert.deepEqual(summaries, [
    "East,1234,1234,2,1125,1",
    "East,1.234,1.234,2,1.125,1",
    "East,1.234,1.234,2,1.125,1",
    "East,1234,1234,2,1.125,1",
  ]);
});
