import assert from "node:assert/strict";
import { parseCsv } from "../../src/page/csv.js";

const CASES: readonly [name: string, text: string, records: string[][]][] = [
  ["plain records", "a,b\n1,2\n", [["a", "b"], ["1", "2"]]],
  ["a last record without a line end", "a,b\n1,2", [["a", "b"], ["1", "2"]]],
  ["quoted delimiters, quotes and line ends", 'a\n"x,""y""\r\nz"\n', [["a"], ['x,"y"\r\nz']]],
  ["empty cells, at the end too", ",\n,,", [["", ""], ["", "", ""]]],
  ["CRLF and CR", "a\r\nb\rc", [["a"], ["b"], ["c"]]],
];

for (const [name, text, records] of CASES) {
  Deno.test(`the page reads ${name}`, () => {
    assert.deepEqual(parseCsv(text, 100, true), records);
  });

  Deno.test(`the page shows whole records only of a text cut anywhere in ${name}`, () => {
    for (let end = 0; end < text.length; end++) {
      const shown = parseCsv(text.slice(0, end), 100, false);
      assert.deepEqual(shown, records.slice(0, shown.length), JSON.stringify(text.slice(0, end)));
    }
  });
}

Deno.test("the page reads no more records than it shows", () => {
  assert.deepEqual(parseCsv("a\nb\nc\n", 2, true), [["a"], ["b"]]);
});
