/** The parser under other delimiters, quotes and escapes than those of a plain file. */
import assert from "node:assert/strict";
import { DELIMITERS, ESCAPES, QUOTES } from "../../src/domain/dialect.ts";
import { seeded } from "../support/random.ts";
import { recordsOf } from "../support/records.ts";

Deno.test("delimiter and quote of a dialect take the places of comma and double quote", () => {
  const dialect = { delimiter: ";", quote: "'" } as const;
  assert.deepEqual(recordsOf("a,b;'c;''d\n';\"e\"\n", { dialect }), [["a,b", "c;'d\n", '"e"']]);
  assert.deepEqual(recordsOf("'a'b;c\n'd\ne;f", { dialect }), [
    { fault: "bad-quote", cells: [], text: "'a'b;c" },
    { fault: "unclosed-quote", cells: [], text: "'d" },
    ["e", "f"],
  ]);
});

Deno.test("white space that is the delimiter makes cells, not a blank line", () => {
  const dialect = { delimiter: "\t" } as const;
  assert.deepEqual(recordsOf("\t\n \n", { dialect }), [["", ""], "blank"]);
});

Deno.test("behind a comma spaces belong to it, at the beginning of a line they don't", () => {
  const dialect = { delimiter: ", " } as const;
  assert.deepEqual(recordsOf(' "a",  "b, c",d ,  \n', { dialect }), [[' "a"', "b, c", "d ", ""]]);
  assert.deepEqual(recordsOf("   \n, ", { dialect }), ["blank", ["", ""]]);
});

Deno.test("without quotes each line is a record", () => {
  const dialect = { quote: "none" } as const;
  assert.deepEqual(recordsOf('"a,"b"\n"', { dialect }), [['"a', '"b"'], ['"']]);
});

Deno.test("a backslash before a sign makes text of it, before anything else it is text", () => {
  const dialect = { escape: "backslash" } as const;
  assert.deepEqual(recordsOf('"a\\"b\\\\",c\\,d,\\n,"e""f"\n\\"g\\', { dialect }), [
    ['a"b\\', "c,d", "\\n", 'e"f'],
    ['"g\\'],
  ]);
});

Deno.test("lines before the first one are no records, and their quotes open nothing", () => {
  const dialect = { header_line: 4 };
  assert.deepEqual(recordsOf('"title\r\n \u3000\r\n,"x\r\na,b', { dialect }), [[], "blank", [], [
    "a",
    "b",
  ]]);
  assert.deepEqual(recordsOf("only\ntwo", { dialect }), [[], []]);
});

Deno.test("in every dialect any bytes give the same records in chunks of any size", () => {
  const random = seeded(9);
  const limits = {
    recordBytesMax: 40,
    recordLinesMax: 3,
    cellBytesMax: 24,
    columnsMax: 6,
  };
  const signs = [..."\"',;|\t\\ \n\rab"].map((sign) => sign.charCodeAt(0)).concat(0xc3, 0xa9);
  for (let run = 0; run < 3_000; run++) {
    const dialect = {
      delimiter: random.pick(DELIMITERS),
      quote: random.pick(QUOTES),
      escape: random.pick(ESCAPES),
      header_line: random.pick([1, 1, 3]),
    };
    const bytes = Uint8Array.from({ length: random.whole(0, 90) }, () => random.pick(signs));
    const settings = { dialect, limits: random.pick([limits, {}]) };
    const whole = recordsOf(bytes, settings);
    for (const chunkBytes of [1, 2, 7]) {
      assert.deepEqual(
        recordsOf(bytes, { ...settings, chunkBytes }),
        whole,
        `${JSON.stringify(dialect)} ${bytes}`,
      );
    }
  }
});
