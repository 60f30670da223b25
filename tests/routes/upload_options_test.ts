import assert from "node:assert/strict";
import { OPTION_DEFAULTS } from "../../src/domain/options.ts";
import { Problem } from "../../src/routes/problem.ts";
import { parseUploadOptions } from "../../src/routes/upload_options.ts";
import { expectProblem } from "../support/expect_problem.ts";
import { openService, SALES_CSV } from "../support/service.ts";

const TASK_ID = "01a2095b-9f5c-7056-9d48-4ab7502a5d5c";
const defaults = { filename: undefined, k: 3 };
const parse = (query: string) => parseUploadOptions(new URLSearchParams(query), defaults);

Deno.test("without options, the configuration's k and the defaults hold", () => {
  assert.deepEqual(parse(""), {
    filename: "",
    options: { ...OPTION_DEFAULTS, k: 3 },
    hints: {},
    parentId: null,
  });
});

Deno.test("every option can be set", () => {
  assert.deepEqual(
    parse(
      "filename=q3.csv&k=2.5&max_bad_rows=0&max_bad_ratio=0.05&keep_totals=true&cleaned=true" +
        "&columns[revenue]=Net Sales&columns[region]=Land&header=present&discount=optional" +
        `&parent=${TASK_ID}`,
    ),
    {
      filename: "q3.csv",
      options: {
        ...OPTION_DEFAULTS,
        k: 2.5,
        max_bad_rows: 0,
        max_bad_ratio: 0.05,
        keep_totals: true,
        cleaned: true,
        columns: { region: "Land", revenue: "Net Sales" },
        discount: "optional",
      },
      hints: {},
      parentId: TASK_ID,
    },
  );
});

const GOOD = ["k=1e1", "k=.5", "k=100", "max_bad_ratio=1", "max_bad_ratio=0", "keep_totals=false"];
for (const query of GOOD) {
  Deno.test(`${query} is accepted`, () => void parse(query));
}

const BAD = [
  "k=",
  "k=0",
  "k=-1",
  "k=101",
  "k=NaN",
  "k=Infinity",
  "k=0x10",
  "k=2,5",
  "k=+2+", // decoded: " 2 "
  "max_bad_rows=-1",
  "max_bad_rows=1.5",
  "max_bad_rows=9999999999999999",
  "max_bad_rows=ten",
  "max_bad_ratio=1.01",
  "max_bad_ratio=5%25",
  "keep_totals=yes",
  "keep_totals=",
  "cleaned=1",
  "decimal_mark=;",
  "decimal_mark=",
  "decimal_mark[revenue]=1",
  "percent=",
  "percent=region",
  "percent=none,discount",
  "percent=discounts",
  "filename=",
];
for (const query of BAD) {
  Deno.test(`${query} is refused by its rule`, () => {
    assert.throws(() => parse(query), (error) => {
      assert.ok(error instanceof Problem);
      assert.equal(error.code, "bad-option");
      assert.equal(error.errors.length, 1);
      assert.equal(error.errors[0].code, "bad-option");
      assert.match(error.errors[0].detail, / must /);
      return true;
    });
  });
}

Deno.test("a decimal mark is said of all numbers, or of one column, which counts more", () => {
  const marks = (query: string) => parse(query).options.decimal_mark;
  assert.deepEqual(marks(""), {});
  assert.deepEqual(marks("decimal_mark=,"), { revenue: ",", quantity: ",", discount: "," });
  assert.deepEqual(marks("decimal_mark[revenue]=Comma"), { revenue: "," });
  assert.deepEqual(marks("decimal_mark=point&decimal_mark[discount]=,"), {
    revenue: ".",
    quantity: ".",
    discount: ",",
  });
});

Deno.test("percent names fields, or none", () => {
  const percent = (query: string) => parse(query).options.percent;
  assert.equal(percent(""), null);
  assert.deepEqual(percent("percent=none"), []);
  assert.deepEqual(percent("percent=discount, revenue,discount"), ["revenue", "discount"]);
});

Deno.test("all faults of the options are told at once, each with its cure", async () => {
  await using service = await openService();
  const query = "?max_bad_row=1&k=abc&keep_totals=1&k=2&colour=red&__proto__=1";
  const response = await service.app.request(`/v1/tasks${query}`, {
    method: "POST",
    body: SALES_CSV,
  });
  const problem = await expectProblem(response, 400, "bad-option");
  assert.deepEqual(problem.errors?.map(({ code, field, value }) => [code, field, value]), [
    ["unknown-option", "max_bad_row", "1"],
    ["repeated-option", "k", "2"],
    ["unknown-option", "colour", "red"],
    ["unknown-option", "__proto__", "1"],
    ["bad-option", "k", "abc"],
    ["bad-option", "keep_totals", "1"],
  ]);
  assert.match(problem.errors![0].detail, /Did you mean max_bad_rows\?/);
  assert.match(problem.errors![2].detail, /Known are filename, k, max_bad_rows/);
  assert.deepEqual(service.files(), []);
});

Deno.test("a huge faulty value isn't sent back whole", () => {
  assert.throws(() => parse(`k=${"9".repeat(5000)}x`), (error) => {
    assert.ok(error instanceof Problem);
    assert.ok(error.message.length < 300);
    return true;
  });
});

Deno.test("the README's table lists every option", async () => {
  let names: string[] = [];
  assert.throws(() => parse("zzzzzzzzzzzzzzzz=1"), (error) => {
    assert.ok(error instanceof Problem);
    names = /Known are (.*)\.$/.exec(error.message)?.[1].split(", ") ?? [];
    return names.length > 10;
  });
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const table = readme.split("## Options of an upload")[1].split("\n## ")[0];
  const missing = names.map((name) => name.replace(/\[[a-z]+\]/, "[FIELD]"))
    .filter((name) => !table.includes(`\`${name}\``) && !table.includes(`\`${name}=`));
  assert.deepEqual(missing, []);
});
