import assert from "node:assert/strict";
import { judgePreconditions, type Verdict } from "../../src/routes/preconditions.ts";

const CASES: readonly [etag: string, headers: Record<string, string>, verdict: Verdict][] = [
  ['"a"', {}, "proceed"],
  ['"a"', { "if-match": '"a"' }, "proceed"],
  ['"a"', { "if-match": '"b", "a"' }, "proceed"],
  ['"a"', { "if-match": "*" }, "proceed"],
  ['"a"', { "if-match": '"b"' }, "failed"],
  ['"a"', { "if-match": 'W/"a"' }, "failed"],
  ['W/"a"', { "if-match": 'W/"a"' }, "failed"],
  ['"a"', { "if-match": "garbage" }, "failed"],
  ['"a"', { "if-none-match": '"a"' }, "not-modified"],
  ['"a"', { "if-none-match": 'W/"a"' }, "not-modified"],
  ['W/"a"', { "if-none-match": 'W/"a"' }, "not-modified"],
  ['"a"', { "if-none-match": '"b" , "a"' }, "not-modified"],
  ['"a"', { "if-none-match": "*" }, "not-modified"],
  ['"a"', { "if-none-match": '"b"' }, "proceed"],
  ['"a"', { "if-match": '"b"', "if-none-match": '"a"' }, "failed"],
  ['"a"', { "if-range": '"a"' }, "proceed"],
  ['"a"', { "if-range": '"b"' }, "whole"],
  ['"a"', { "if-range": 'W/"a"' }, "whole"],
  ['W/"a"', { "if-range": 'W/"a"' }, "whole"],
  ['"a"', { "if-range": "Wed, 21 Oct 2015 07:28:00 GMT" }, "whole"],
];

for (const [etag, headers, verdict] of CASES) {
  Deno.test(`${etag} under ${JSON.stringify(headers)}: ${verdict}`, () => {
    assert.equal(judgePreconditions(etag, (name) => headers[name]), verdict);
  });
}
