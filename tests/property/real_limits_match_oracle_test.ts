/** The limits as the product has them, each just kept and just passed: random cases use tiny ones. */
import assert from "node:assert/strict";
import { OPTION_DEFAULTS } from "../../src/domain/options.ts";
import { LIMITS } from "../oracle/oracle.ts";
import { difference } from "./comparison.ts";
import { expectation } from "./expectation.ts";
import { fileBytes } from "./file_text.ts";
import type { ReadSize } from "./memory_run.ts";
import type { TestCase } from "./test_case.ts";

const HEADER = "region,product,revenue,quantity,discount";
const { recordBytesMax, recordLinesMax, cellBytesMax, columnsMax, rawBytesMax, blockBytes } =
  LIMITS;

const READ_SIZES: ReadSize[] = [
  { name: "whole", next: () => 1 << 30 },
  { name: "4,093 bytes", next: () => 4_093 },
];

interface RealCase {
  name: string;
  text: string;
  options?: Partial<TestCase["options"]>;
  /** How many rows are rejected: the case is what its name says. */
  rejected: number;
}

/** A row with a region cell of so many bytes as it stands. */
const rowOf = (bytes: number) => `${"x".repeat(bytes)},p,1,2,0\n`;
const quotedOf = (bytes: number) => `"${"x".repeat(bytes - 2)}",p,1,2,0\n`;
const linesOf = (lines: number) => `"${"\n".repeat(lines - 1)}x",p,1,2,0\n`;
/** A record of so many bytes whose cells are all within the limit. */
const recordOf = (bytes: number) => {
  const cell = "y".repeat(cellBytesMax - 1) + ",";
  return "A,p,1,2,0,".padEnd(bytes, cell) + "\n";
};
const others = ",a".repeat(columnsMax - 5);
/** Rows of 100 bytes. */
const goodRow = `A,${"p".repeat(91)},1,2,0\n`;
const badRow = `A,${"p".repeat(92)},,2,0\n`;
/** Bad rows that begin in the first block, after the header and the one row that each file has. */
const inFirstBlock = Math.ceil((blockBytes - HEADER.length - 1 - "A,p,1,2,0\n".length) / 100);

const CASES: RealCase[] = [
  { name: "a cell at its limit", text: rowOf(cellBytesMax), rejected: 0 },
  { name: "a cell past its limit", text: rowOf(cellBytesMax + 1), rejected: 1 },
  { name: "a quoted cell at its limit", text: quotedOf(cellBytesMax), rejected: 0 },
  {
    name: "a quoted cell past its limit by its quote",
    text: quotedOf(cellBytesMax + 1),
    rejected: 1,
  },
  { name: "a quoted cell past its limit", text: quotedOf(cellBytesMax + 2), rejected: 1 },
  { name: "a record at its limit has too many cells", text: recordOf(recordBytesMax), rejected: 1 },
  { name: "a record past its limit", text: recordOf(recordBytesMax + 1), rejected: 1 },
  { name: "lines at their limit", text: linesOf(recordLinesMax), rejected: 0 },
  { name: "lines past their limit", text: linesOf(recordLinesMax + 1), rejected: 1 },
  { name: "text at the limit of _raw", text: "é".repeat(rawBytesMax / 2) + "\n", rejected: 1 },
  {
    name: "text past the limit of _raw",
    text: "x" + "é".repeat(rawBytesMax / 2) + "\n",
    rejected: 1,
  },
  { name: "an open quote before much text", text: '"' + "A,p,1,2,0\n".repeat(2_000), rejected: 1 },
  {
    name: "a blank line longer than any record",
    text: " ".repeat(recordBytesMax + 9),
    rejected: 0,
  },
  {
    name: "a budget passed in the first block of two",
    text: badRow.repeat(inFirstBlock + 9),
    options: { max_bad_rows: 100 },
    rejected: inFirstBlock,
  },
  {
    name: "a budget passed in the second block of two",
    text: goodRow.repeat(inFirstBlock) + badRow.repeat(90),
    options: { max_bad_ratio: 0.005 },
    rejected: 90,
  },
];

for (const { name, text, options, rejected } of CASES) {
  Deno.test(`at the product's own limits: ${name}`, async () => {
    await check(`${HEADER}\nA,p,1,2,0\n${text}`, rejected, options);
  });
}

Deno.test("at the product's own limits: as many columns as there may be, and one more", async () => {
  const row = `A,p,1,2,0${others}\n`;
  await check(`${HEADER}${others}\n${row}${row.trim()},\n`, 1);
});

Deno.test("at the product's own limits: a header of too many columns is refused", async () => {
  const testCase = realCase(`${HEADER}${others},\nA,p,1,2,0\n`);
  const { intake } = expectation(testCase);
  assert.deepEqual(intake, { refused: [{ code: "bad-header", field: null }] });
  for (const readSize of READ_SIZES) {
    assert.equal(await difference(testCase, expectation(testCase), readSize), null, readSize.name);
  }
});

function realCase(text: string, options: Partial<TestCase["options"]> = {}): TestCase {
  const bytes = fileBytes(text);
  return {
    number: 0,
    kind: "real",
    bytes,
    options: { ...OPTION_DEFAULTS, ...options },
    limits: {},
  };
}

async function check(text: string, rejected: number, options?: Partial<TestCase["options"]>) {
  const testCase = realCase(text, options);
  const expected = expectation(testCase);
  const report = JSON.parse(new TextDecoder().decode(expected.run?.artifacts.report));
  assert.equal(report.counts.rows_rejected, rejected);
  for (const readSize of READ_SIZES) {
    assert.equal(await difference(testCase, expected, readSize), null, readSize.name);
  }
}
