/** Where a thread begins to read in the midst of a file: a wrong guess changes no result, but that segment is done three times. */
import assert from "node:assert/strict";
import { Kernel } from "../../src/pipeline/kernel/kernel.ts";
import { findRecordStart } from "../../src/pipeline/kernel/record_start.ts";
import { WALK_SIZES } from "../../src/pipeline/kernel/record_walk.ts";
import { textReaderOf } from "../../src/pipeline/kernel/text_reader.ts";

const SALES_RECORDS = {
  columns: 5,
  bytesMax: 1 << 18,
  linesMax: 1_000,
  schemaColumns: [0, 1, 2, 3, 4],
};

/** The line on which the record found behind the first line's beginning begins, counted from 1. */
function lineFound(lines: string[]): number {
  const text = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
  const readAt = (position: number, target: Uint8Array) => {
    const part = text.subarray(position, position + target.length);
    target.set(part);
    return part.length;
  };
  const kernel = Kernel.acquire()!;
  try {
    kernel.reset(1n, false);
    kernel.prepare(SALES_RECORDS);
    const reader = textReaderOf("utf-8", kernel, readAt);
    const start = findRecordStart(kernel, reader, 1, WALK_SIZES);
    return new TextDecoder().decode(text.subarray(0, start!)).split("\n").length;
  } finally {
    kernel.release();
  }
}

Deno.test("a record begins where rows can be decoded, not at a line end in quotes", () => {
  const note = ['East,"a note', "of several", 'lines",1,1,0'];
  assert.equal(lineFound(Array(50).fill("East,A,1,1,0")), 2);
  assert.equal(lineFound([...note, ...Array(50).fill("East,A,1,1,0")]), 4);
});

Deno.test("in a file without a plain row it begins at the next line", () => {
  assert.equal(lineFound(Array(500).fill('East,A,"($1,234.56)",1,0')), 2);
  assert.equal(lineFound(Array(5).fill("East,A,5e0,1,0")), 2);
});
