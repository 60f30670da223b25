import assert from "node:assert/strict";
import type { DialectHints } from "../../src/domain/dialect.ts";
import { Problem } from "../../src/routes/problem.ts";
import { parseUploadOptions } from "../../src/routes/upload_options.ts";
import { encoded } from "../support/dialect_file.ts";
import { expectProblem } from "../support/expect_problem.ts";
import { FORM_TYPE, formBytes } from "../support/multipart.ts";
import { openService, resultWith } from "../support/service.ts";
import { SAMPLE_MARKS } from "../support/task_samples.ts";

const hintsOf = (query: string): DialectHints =>
  parseUploadOptions(new URLSearchParams(query), { filename: undefined, k: 2 }).hints;

const TEXT = "Bericht\nregion;product;revenue;quantity;discount\nKöln;A;10;1;0\n";

Deno.test("each part of a dialect can be said, by sign or by word", () => {
  const cases: [string, DialectHints][] = [
    ["encoding=Latin-1&delimiter=semicolon", { encoding: "windows-1252", delimiter: ";" }],
    ["encoding=utf-16le&delimiter=%09", { encoding: "utf-16le", delimiter: "\t" }],
    ["delimiter=tab&quote=single", { delimiter: "\t", quote: "'" }],
    ["delimiter=;&quote='", { delimiter: ";", quote: "'" }],
    ["delimiter=,%20&quote=none", { delimiter: ", ", quote: "none" }],
    ["escape=backslash&header_line=12", { escape: "backslash", header_line: 12 }],
    ["", {}],
  ];
  for (const [query, hints] of cases) assert.deepEqual(hintsOf(query), hints, query);
});

const BAD = [
  "encoding=ebcdic",
  "delimiter=x",
  "delimiter=toString",
  "quote=",
  "escape=no",
  "header_line=0",
  "header_line=1001",
  "header_line=1.5",
  "header_line=2&header=none&columns[region]=1&columns[product]=2&columns[revenue]=3" +
  "&columns[quantity]=4&columns[discount]=5",
];
for (const query of BAD) {
  Deno.test(`${query.slice(0, 30)} is refused, with the rule`, () => {
    assert.throws(
      () => hintsOf(query),
      (error) => error instanceof Problem && /must (be|not)/.test(error.message),
    );
  });
}

Deno.test("the dialect of an upload is in its task, detected or as a form said behind the file", async () => {
  await using service = await openService();
  const body = encoded(TEXT, "utf-16be");
  const post = (query: string, body: BodyInit, type = "text/csv") =>
    Promise.resolve(service.app.request(`/v1/tasks${query}`, {
      method: "POST",
      body,
      headers: { "content-type": type },
    }));
  const detected = await (await post("", body as Uint8Array<ArrayBuffer>)).json();
  assert.deepEqual(detected.input.dialect, {
    encoding: "utf-16be",
    delimiter: ";",
    header_line: 2,
    quote: '"',
    escape: "doubled",
    newline: "lf",
    confidence: 1,
  });
  const form = formBytes([
    { name: "file", filename: "q3.csv", type: "text/csv", content: TEXT },
    { name: "quote", content: "none" },
  ]);
  const said = await (await post("", form, FORM_TYPE)).json();
  assert.equal(said.input.dialect.quote, "none", JSON.stringify(said));
});

Deno.test("a task goes on with the decimal marks once a run has told them, a plain file's stays as it is", async () => {
  await using service = await openService();
  const { ledger } = service.parts;
  const dialectOf = async (id: string) => {
    const response = await service.app.request(`/v1/tasks/${id}`);
    return (await response.json()).input.dialect;
  };
  const id = await service.accept();
  const plain = { encoding: "utf-8", delimiter: ",", header_line: 1 };
  assert.deepEqual(await dialectOf(id), plain);
  const claim = (await ledger.claim("test-consumer", id))!;
  await ledger.complete(claim, { ...resultWith([]), decimal_mark: SAMPLE_MARKS });
  assert.deepEqual(await dialectOf(id), { ...plain, decimal_mark: SAMPLE_MARKS });
  const other = await service.accept();
  await service.complete(other);
  assert.deepEqual(await dialectOf(other), plain);
});

Deno.test("a file whose dialect can't be told is refused with the candidates", async () => {
  await using service = await openService();
  const response = await service.app.request("/v1/tasks", {
    method: "POST",
    body: "a;b|c\n1;2|3\n4;5|6\n",
  });
  const problem = await expectProblem(response, 422, "unclear-dialect");
  assert.match(problem.detail, /semicolons .* vertical bars/);
});
