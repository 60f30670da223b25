import assert from "node:assert/strict";
import { OPTION_DEFAULTS } from "../../src/domain/options.ts";
import { Problem } from "../../src/routes/problem.ts";
import { parseUploadOptions } from "../../src/routes/upload_options.ts";
import { expectProblem } from "../support/expect_problem.ts";
import { FORM_TYPE, formBytes, type Part } from "../support/multipart.ts";
import { openService, type TestService } from "../support/service.ts";

const parse = (query: string) =>
  parseUploadOptions(new URLSearchParams(query), { filename: undefined, k: 2 }).options;

function post(service: TestService, query: string, body: BodyInit, type = "text/csv") {
  const init = { method: "POST", body, headers: { "content-type": type } };
  return Promise.resolve(service.app.request(`/v1/tasks${query}`, init));
}

const POSITIONS =
  "header=none&columns[region]=1&columns[product]=2&columns[revenue]=3&columns[quantity]=04";

Deno.test("columns are named by label, or by position without a header", () => {
  assert.deepEqual(parse("columns[quantity]=%20Menge%20&columns%5Bregion%5D=Land"), {
    ...OPTION_DEFAULTS,
    columns: { region: "Land", quantity: "Menge" },
  });
  assert.deepEqual(parse(`${POSITIONS}&columns[discount]=4096`), {
    ...OPTION_DEFAULTS,
    columns: { region: "1", product: "2", revenue: "3", quantity: "04", discount: "4096" },
    header: "none",
  });
  assert.equal(parse("columns[revenue]=2023").columns.revenue, "2023", "a label may be a number");
  assert.equal(parse(`${POSITIONS}&discount=optional`).discount, "optional");
});

const BAD: readonly (readonly [query: string, fields: string[], detail: RegExp])[] = [
  [
    "columns[revenue]=",
    ["columns[revenue]"],
    /columns\[revenue\]= must be the label of a column\./,
  ],
  ["columns[revenue]=%20_-", ["columns[revenue]"], /must be the label of a column/],
  ["columns[revenue]=_raw", ["columns[revenue]"], /must not begin with _: .* Rename the column/],
  ["columns[revenu]=x", ["columns[revenu]"], /Did you mean columns\[revenue\]\?/],
  ["columns[colour]=x", ["columns[colour]"], /Known are .*columns\[region\].*header, discount/],
  ["columns[revenue]=a&columns[revenue]=b", ["columns[revenue]"], /more than once/],
  [
    "columns[region]=Net Sales&columns[revenue]=net_sales",
    ["columns[revenue]"],
    /must be another column than columns\[region\]/,
  ],
  ["header=no", ["header"], /header=no must be present or none/],
  ["discount=none", ["discount"], /must be required or optional/],
  [
    "header=none",
    ["header"],
    /must come with columns\[region\]=POSITION, .*columns\[discount\]=POSITION, so that/,
  ],
  [POSITIONS, ["header"], /must come with columns\[discount\]=POSITION, so that/],
  [
    `${POSITIONS}&columns[discount]=Rabatt`,
    ["columns[discount]"],
    /must be a position from 1 to 4096, because header=none/,
  ],
  [`${POSITIONS}&columns[discount]=0`, ["columns[discount]"], /must be a position from 1/],
  [`${POSITIONS}&columns[discount]=4097`, ["columns[discount]"], /must be a position from 1/],
  [`${POSITIONS}&columns[discount]=-1`, ["columns[discount]"], /must be a position from 1/],
  [`${POSITIONS}&columns[discount]=4`, ["columns[discount]"], /another column than .*\[quantity\]/],
];
for (const [query, fields, detail] of BAD) {
  Deno.test(`${query} is refused with what to do`, () => {
    assert.throws(() => parse(query), (error) => {
      assert.ok(error instanceof Problem);
      assert.equal(error.code, "bad-option");
      assert.deepEqual(error.errors.map(({ field }) => field), fields);
      assert.match(error.message, detail);
      return true;
    });
  });
}

const NET_SALES = "region,product,Net Sales,quantity,discount\nEast,A,1200,2,0.05\n";

Deno.test("a mapping in the query lets a file in that is refused without, and stays with the task", async () => {
  await using service = await openService();
  const problem = await expectProblem(await post(service, "", NET_SALES), 422, "missing-column");
  assert.match(problem.detail, /columns\[revenue\]=LABEL/);
  assert.deepEqual(service.files(), []);
  const response = await post(service, "?columns[revenue]=net%20sales", NET_SALES);
  assert.equal(response.status, 202);
  const { id, options } = await response.json();
  assert.deepEqual(options.columns, { revenue: "net sales" });
  assert.deepEqual((await service.parts.queries.task(id))?.task.options, options);
});

Deno.test("two aliases are refused as ambiguous, with the option that decides", async () => {
  await using service = await openService();
  const file = "region,product,sales,amount,quantity,discount\n";
  const problem = await expectProblem(await post(service, "", file), 422, "ambiguous-column");
  assert.match(problem.detail, /3 \("sales"\), 4 \("amount"\).*columns\[revenue\]=sales/);
  assert.deepEqual(problem.errors?.map(({ field }) => field), ["revenue"]);
  assert.equal((await post(service, "?columns[revenue]=amount", file)).status, 202);
});

Deno.test("a form's mapping counts before the file and after it, however large the file is", async () => {
  await using service = await openService();
  const content = NET_SALES + "East,A,1200,2,0.05\n".repeat(10_000);
  const file: Part = { name: "file", filename: "q3.csv", content };
  const mapping: Part = { name: "columns[revenue]", content: "Net Sales" };
  for (const parts of [[mapping, file], [file, mapping]]) {
    const response = await post(service, "", formBytes(parts), FORM_TYPE);
    assert.equal(response.status, 202, JSON.stringify(await response.clone().json()));
  }
  const before = service.files();
  const refused = await post(service, "", formBytes([file]), FORM_TYPE);
  await expectProblem(refused, 422, "missing-column");
  assert.deepEqual(service.files(), before);
});

Deno.test("a file without a header is a task whose dialect says so", async () => {
  await using service = await openService();
  const query = `?${POSITIONS}&discount=optional`;
  const task = await (await post(service, query, "East,A,1200,2\n")).json();
  assert.equal(task.input.dialect.header_line, null);
  assert.deepEqual([task.options.header, task.options.discount], ["none", "optional"]);
  await expectProblem(await post(service, query, "East,A,1200\n"), 422, "missing-column");
});
