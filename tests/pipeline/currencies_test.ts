/** Amounts in several currencies are never added up without a word. */
import assert from "node:assert/strict";
import type { Warning } from "../../src/domain/report.ts";
import { Currencies } from "../../src/pipeline/clean/currencies.ts";
import { runRows } from "../support/pipeline_run.ts";

const mixed = (warnings: readonly Warning[]) =>
  warnings.flatMap(({ code, message }) => code === "mixed-currencies" ? [message] : []);

const rowsOf = (revenues: string[]) =>
  revenues.map((revenue) => `East,A,"${revenue}",1,0.1\n`).join("");

async function warningsOf(...revenues: string[]): Promise<string[]> {
  return mixed((await runRows(rowsOf(revenues))).result.warnings);
}

Deno.test("two currencies in a column are a warning that counts them, says where and what to do", async () => {
  assert.deepEqual(await warningsOf("$1,234.50", "5", "7 EUR", "€3", "$2"), [
    "revenue has amounts in more than one currency: $ in 2 cells, € in 2 cells. " +
    "The first in € is on line 4. They were added up as they are, so sums and anomalies mix them: " +
    "convert the amounts to one currency, or upload a file for each.",
  ]);
  const [many] = await warningsOf("CHF 1", "1 kr", "$1", "£1", "¥1", "€1", "₹1", "$1");
  assert.match(
    many,
    /currency: CHF in 1 cell, kr in 1 cell, \$ in 2 cells, £ in 1 cell, ¥ in 1 cell and 2 more\. The first in kr is on line 3\./,
  );
});

Deno.test("a sign and the code it stands for are one currency, and so are cells without any", async () => {
  for (
    const same of [
      ["$1", "US$1", "1 USD", "＄1", "1", "$1 USD", "USD 1 $"],
      ["€1", "1 EUR", "EUR1"],
      ["£1", "1 GBP"],
      ["CA$1", "C$1", "1 CAD", "$1 CAD"],
      ["1 kr", "kr. 1"],
      ["1"],
    ]
  ) assert.deepEqual(await warningsOf(...same), [], same.join(" "));
  for (const [a, b] of [["$1", "CA$1"], ["$1", "1 CAD"], ["¥1", "CNY1"], ["1 kr", "1 SEK"]]) {
    assert.equal((await warningsOf(a, b)).length, 1, `${a} ${b}`);
  }
});

Deno.test("only accepted rows count, each column by itself, and a task that failed has them too", async () => {
  const rows = "East,A,$1,1,0\nEast,A,€1,0,0\n,A,£1,1,0\nTotal,A,€9,1,0\nEast,A,$1,1,€1\n";
  assert.deepEqual(mixed((await runRows(rows)).result.warnings), []);
  const both = await runRows("East,A,$1,€1,0\nEast,A,€1,€1,£1\nEast,A,$1,$1,£1\nEast,A,x,1,0\n", {
    options: { max_bad_rows: 0 },
  });
  assert.equal(both.error?.code, "too-many-bad-rows");
  assert.deepEqual(
    mixed(both.result.warnings).map((message) => /^\w+|line [0-9]+/g[Symbol.match](message)),
    [["revenue", "line 3"], ["quantity", "line 4"]],
  );
});

Deno.test("parts of a file are put together in its order", () => {
  const [first, second] = [new Currencies(), new Currencies()];
  first.add(2, "$", 3);
  second.add(2, "€", 5);
  second.add(2, "$", 6);
  second.add(2, "€", 7);
  first.addState(second.state(), 100);
  const [message] = mixed(first.warnings());
  assert.match(message, /: \$ in 2 cells, € in 2 cells\. The first in € is on line 105\./);
});
