import assert from "node:assert/strict";
import { parseByteRange } from "../../src/routes/byte_range.ts";

const CASES: readonly [header: string | undefined, found: unknown][] = [
  [undefined, null],
  ["bytes=0-0", { first: 0, last: 0 }],
  ["bytes=0-99", { first: 0, last: 99 }],
  ["bytes=10-", { first: 10, last: 99 }],
  ["bytes=99-", { first: 99, last: 99 }],
  ["bytes=-1", { first: 99, last: 99 }],
  ["bytes=-100", { first: 0, last: 99 }],
  ["bytes=-1000", { first: 0, last: 99 }],
  ["bytes=50-1000", { first: 50, last: 99 }],
  ["BYTES= 5-6 ", { first: 5, last: 6 }],
  ["bytes=100-", "unsatisfiable"],
  ["bytes=100-200", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=99999999999999999999999-", "unsatisfiable"],
  ["bytes=6-5", null],
  ["bytes=-", null],
  ["bytes=", null],
  ["bytes=a-b", null],
  ["bytes=0-1,3-4", null],
  ["bytes=0x1-2", null],
  ["rows=0-1", null],
];

for (const [header, found] of CASES) {
  Deno.test(`of 100 bytes, Range ${header} asks for ${JSON.stringify(found)}`, () => {
    assert.deepEqual(parseByteRange(header, 100), found);
  });
}
