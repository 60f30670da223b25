/** A property test is worth what its generator makes: each rule of the page must come up, and more than once. */
import assert from "node:assert/strict";
import { CHANGE_KINDS, WARNING_CODES } from "../../src/domain/report.ts";
import { ALIASES, type Column, comparedForm, FIELDS } from "../oracle/header.ts";
import { LIMITS } from "../oracle/oracle.ts";
import { REJECT_CODES, SKIP_KINDS } from "../oracle/rows.ts";
import { expectation } from "./expectation.ts";
import { CASES, SEED } from "./settings.ts";
import { makeCase, type TestCase } from "./test_case.ts";

/** In so many cases at least. */
const TIMES_MIN = 5;

const EXPECTED = [
  ...REJECT_CODES.map((code) => `rejected: ${code}`),
  ...SKIP_KINDS.map((kind) => `skipped: ${kind}`),
  ...WARNING_CODES.map((code) => `warning: ${code}`),
  ...["none", "no-valid-rows", "too-many-bad-rows", "too-many-regions"].map((code) =>
    `error: ${code}`
  ),
  ...["empty-file", "bad-header", "missing-column", "duplicate-column", "ambiguous-column"].map((
    code,
  ) => `refused: ${code}`),
  ...Object.keys(LIMITS).map((name) => `limit: ${name}`),
  "refused: several faults",
  "stopped before its end",
  "failed at its end",
  "sd beyond a double",
  "threshold alone is beyond a double",
  "anomalies",
  "anomaly without z-score",
  "anomaly under a threshold called unreachable",
  "anomalies of a label that we add",
  "regions in another order by UTF-16 units",
  "sum of more than 300 digits",
  "negative mean",
  "revenue per unit overflows",
  "several faulty cells in a row",
  "record of several lines accepted",
  "record cut in _raw",
  "invalid bytes in _raw",
  "header below line 1",
  "columns ignored",
  "column by alias",
  "column by option",
  "column by name beside aliases",
  "no header",
  "no discount",
  "repeated header below a strange label",
  ...["option", "values", "other-columns", "delimiter"].flatMap((by) =>
    [".", ","].map((mark) => `decimal mark: ${mark} by ${by}`)
  ),
  ...CHANGE_KINDS.map((kind) => `changed: ${kind}`),
  "more changes than samples",
  "long cell in a sample",
  "cleaned rows",
  "cleaned rows with more than 300 digits",
  "decimal mark not told",
  "column of percentages",
  "number under the other mark: a comma",
  "number under the other mark: a point",
  "refused for an option",
  "refused without a header",
  "more currencies than are named",
];

Deno.test("the generator makes every code, kind, warning and odd case several times", () => {
  const seen = new Map<string, number>();
  for (let number = 0; number < CASES; number++) {
    const testCase = makeCase(SEED, number);
    for (const feature of new Set(featuresOf(testCase))) {
      seen.set(feature, (seen.get(feature) ?? 0) + 1);
    }
  }
  const rare = EXPECTED.filter((feature) => (seen.get(feature) ?? 0) < TIMES_MIN)
    .map((feature) => `${feature}: ${seen.get(feature) ?? 0}`);
  assert.deepEqual(rare, [], `seed ${SEED}, ${CASES} cases: fewer than ${TIMES_MIN} times`);
});

Deno.test("the same seed makes the same case, another seed another", () => {
  const texts = [1, 1, 2].map((seed) => makeCase(seed, 7).bytes.join());
  assert.equal(texts[0], texts[1]);
  assert.notEqual(texts[0], texts[2]);
});

function* featuresOf(testCase: TestCase): Generator<string> {
  for (const name of Object.keys(testCase.limits)) yield `limit: ${name}`;
  const { intake, run } = expectation(testCase);
  if ("refused" in intake) {
    for (const { code } of intake.refused) yield `refused: ${code}`;
    if (intake.refused.length > 1) yield "refused: several faults";
    const { columns, header } = testCase.options;
    if (header === "none") yield "refused without a header";
    else if (intake.refused.some(({ field }) => field !== null && columns[field] !== undefined)) {
      yield "refused for an option";
    }
  }
  if (run === null) return;
  const text = (bytes?: Uint8Array) => new TextDecoder().decode(bytes);
  const { report: reportBytes, rejects, summary, anomalies, cleaned } = run.artifacts;
  const report = JSON.parse(text(reportBytes));

  yield `error: ${report.error?.code ?? "none"}`;
  for (const { code, message } of report.warnings) {
    yield `warning: ${code}`;
    if (/ and [0-9]+ more\. The first in/.test(message)) yield "more currencies than are named";
  }
  for (const code of Object.keys(report.counts.rejected_by_code)) yield `rejected: ${code}`;
  for (const kind of Object.keys(report.counts.skipped_by_kind)) yield `skipped: ${kind}`;
  if (!report.complete) yield "stopped before its end";
  if (report.complete && report.error?.code === "too-many-bad-rows") yield "failed at its end";
  if (report.input.dialect.header_line > 1) yield "header below line 1";
  yield* columnFeatures(report);

  for (const { kind, cells, samples } of report.changes) {
    yield `changed: ${kind}`;
    if (cells > samples.length) yield "more changes than samples";
    if (JSON.stringify(samples).includes('…"')) yield "long cell in a sample";
  }
  if (cleaned !== undefined) yield "cleaned rows";
  if (/[0-9.]{300}/.test(text(cleaned))) yield "cleaned rows with more than 300 digits";

  const { n, mean, sd, threshold } = report.statistics;
  if (n > 1 && sd === null) yield "sd beyond a double";
  if (n > 1 && sd !== null && threshold === null) yield "threshold alone is beyond a double";
  if (mean < 0) yield "negative mean";

  if (report.counts.anomalies > 0) {
    yield "anomalies";
    if (/,true,,[0-9]+\n/.test(text(anomalies))) yield "anomaly without z-score";
    if (report.warnings[0]?.code === "unreachable-threshold") {
      yield "anomaly under a threshold called unreachable";
    }
  }
  if (/ \(input\)"?,.*rev_per_unit,is_anomaly/.test(text(anomalies))) {
    yield "anomalies of a label that we add";
  }
  const regions = text(summary).split("\n").slice(1, -1).map((line) => line.split(",")[0]);
  if (regions.some((region, index) => index > 0 && region < regions[index - 1])) {
    if (!text(summary).includes('"')) yield "regions in another order by UTF-16 units";
  }
  if (/[0-9.]{300}/.test(text(summary))) yield "sum of more than 300 digits";

  const reasons = text(rejects);
  for (const mark of ["comma", "point"]) {
    if (reasons.includes(`If it has a ${mark},`)) yield `number under the other mark: a ${mark}`;
  }
  if (reasons.includes(",rev_per_unit,")) yield "revenue per unit overflows";
  if (/,[2-5],\n/.test(reasons)) yield "several faulty cells in a row";
  if (/ … [0-9]+ bytes/.test(reasons)) yield "record cut in _raw";
  if (/\\x[0-9A-F]{2}/.test(reasons)) yield "invalid bytes in _raw";
  if (/"[^"]*\n[^"]*"/.test(text(summary))) yield "record of several lines accepted";
}

// deno-lint-ignore no-explicit-any
function* columnFeatures({ columns, counts, input }: any): Generator<string> {
  const some = (holds: (column: Column) => boolean) => columns.some(holds);
  for (const { decimal_mark, decided_by, percent } of columns) {
    if (decided_by) yield `decimal mark: ${decimal_mark} by ${decided_by}`;
    if (percent) yield "column of percentages";
  }
  // deno-lint-ignore no-explicit-any
  if (!columns.some((column: any) => column.decided_by)) yield "decimal mark not told";
  if (some(({ use }) => use === "ignored")) yield "columns ignored";
  if (some(({ by }) => by === "alias")) yield "column by alias";
  if (input.dialect.header_line === null) yield "no header";
  else if (some(({ by }) => by === "option")) {
    yield "column by option";
    if (counts.skipped_by_kind["repeated-header"]) yield "repeated header below a strange label";
  }
  if (!some(({ field }) => field === "discount")) yield "no discount";
  const hasAliasBeside = FIELDS.some((field) =>
    some((column) => column.field === field && column.by === undefined) &&
    some(({ use, label }) => use === "kept" && ALIASES[field].includes(comparedForm(label)))
  );
  if (hasAliasBeside) yield "column by name beside aliases";
}
