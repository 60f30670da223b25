import assert from "node:assert/strict";
import fc from "fast-check";
import type { PipelineLimits } from "../../src/pipeline/pipeline_limits.ts";
import { type Found, linesOf, offsetsOf, recordsOf } from "../support/records.ts";

/** Check a file at several chunk sizes, one byte among them. */
function finds(
  file: string | Uint8Array,
  expected: readonly Found[],
  limits?: Partial<PipelineLimits>,
): void {
  for (const chunkBytes of [1, 2, 3, 7, Infinity]) {
    assert.deepEqual(recordsOf(file, { limits, chunkBytes }), expected, `chunks of ${chunkBytes}`);
  }
}

Deno.test("LF, CRLF and CR each end a line, and a last line end may be missing", () => {
  finds("a,b\nc,d\r\ne,f\rg,h", [["a", "b"], ["c", "d"], ["e", "f"], ["g", "h"]]);
  finds("a\n", [["a"]]);
  finds("a\r\n", [["a"]]);
  finds("a\r", [["a"]]);
  assert.deepEqual(linesOf("a\nb\r\nc\rd\r\r\ne"), [1, 2, 3, 4, 5, 6]);
});

Deno.test("an empty file has no record", () => {
  finds("", []);
  finds("\uFEFF", []);
});

Deno.test("a byte order mark is dropped at the beginning of the file only", () => {
  finds("\uFEFFa\n\uFEFFb\n", [["a"], ["\uFEFFb"]]);
  finds("\uFEFF\uFEFFa\n", [["\uFEFFa"]]);
  finds(Uint8Array.of(0xef, 0xbb, 0x0a), [{ fault: "bad-encoding", cells: [""], text: "\uFFFD" }]);
  assert.deepEqual(offsetsOf("\uFEFFa\nb\n"), [0, 2], "offsets count from behind it");
});

Deno.test("a line that is empty or only white space is blank, wherever it stands", () => {
  finds("\n \t\na\n\u00A0\u2003\uFEFF\u3000\n\r\n", ["blank", "blank", ["a"], "blank", "blank"]);
  finds('""\n,\n', [[""], ["", ""]]);
});

Deno.test("a quoted cell may hold commas, line ends and doubled quotes", () => {
  finds('"a,b","c\nd\r\ne\rf","g""h",""\nx\n', [["a,b", "c\nd\r\ne\rf", 'g"h', ""], ["x"]]);
  finds('""""\n', [['"']]);
  finds('"a""b",c""d,"e"\n', [['a"b', 'c""d', "e"]]);
  assert.deepEqual(linesOf('"a\nb\r\nc\rd"\nx\n'), [1, 5]);
});

Deno.test("a quote opens a cell only as its first byte, elsewhere it is text", () => {
  finds('a"b, "c",d""\n', [['a"b', ' "c"', 'd""']]);
});

Deno.test("text after a closing quote is bad-quote and costs one line", () => {
  finds('k,"a"x,c\nd\n', [{ fault: "bad-quote", cells: ["k"], text: 'k,"a"x,c' }, ["d"]]);
  finds('"a" ,c\n', [{ fault: "bad-quote", cells: [], text: '"a" ,c' }]);
  finds('k,"a\nb"x\nd\n', [
    { fault: "bad-quote", cells: ["k"], text: 'k,"a' },
    ['b"x'],
    ["d"],
  ]);
});

Deno.test("of a faulty record over several lines, the cells on its first line can be read", () => {
  finds('k,"a\nb",c,"d"x\r\ne\n', [
    { fault: "bad-quote", cells: ["k"], text: 'k,"a' },
    { fault: "bad-quote", cells: ['b"', "c"], text: 'b",c,"d"x' },
    ["e"],
  ]);
});

Deno.test("a quote that never closes costs one line", () => {
  finds('a\nk,"b\nc,d\ne\n', [
    ["a"],
    { fault: "unclosed-quote", cells: ["k"], text: 'k,"b' },
    ["c", "d"],
    ["e"],
  ]);
  finds('k,"b', [{ fault: "unclosed-quote", cells: ["k"], text: 'k,"b' }]);
  finds('"\r\nx', [{ fault: "unclosed-quote", cells: [], text: '"' }, ["x"]]);
  assert.deepEqual(linesOf('a\n"b\r\nc\rd\n'), [1, 2, 3, 4]);
});

Deno.test("a record may have as many bytes as the limit, its line end not counted", () => {
  const limits = { recordBytesMax: 5 };
  finds("ab,cd\r\nx\n", [["ab", "cd"], ["x"]], limits);
  finds('ab"cd\n', [['ab"cd']], limits);
  finds("ab,cde\nx\n", [{ fault: "line-too-long", cells: ["ab"], text: "ab,cde" }, ["x"]], limits);
  finds("ab,cd,\nx\n", [{ fault: "line-too-long", cells: ["ab"], text: "ab,cd," }, ["x"]], limits);
});

Deno.test("past the byte limit inside quotes a record is unclosed-quote", () => {
  const limits = { recordBytesMax: 5 };
  finds('a,"bc"\nx\n', [{ fault: "line-too-long", cells: ["a"], text: 'a,"bc"' }, ["x"]], limits);
  finds('a,"b""\nx"\n', [
    { fault: "unclosed-quote", cells: ["a"], text: 'a,"b""' },
    ['x"'],
  ], limits);
  finds('a,"bcd\nx\n', [{ fault: "unclosed-quote", cells: ["a"], text: 'a,"bcd' }, ["x"]], limits);
  finds('a,bcd"\n', [{ fault: "line-too-long", cells: ["a"], text: 'a,bcd"' }], limits);
  finds('a,bc,"x\n', [{ fault: "line-too-long", cells: ["a"], text: 'a,bc,"x' }], {
    recordBytesMax: 4,
  });
  finds('a,bc,"x\n', [{ fault: "unclosed-quote", cells: ["a", "bc"], text: 'a,bc,"x' }], limits);
});

Deno.test("whether a quote past a limit is inside quotes depends on the byte behind it", () => {
  const limits = { recordBytesMax: 4 };
  finds('a,"b""\nx\n', [{ fault: "unclosed-quote", cells: ["a"], text: 'a,"b""' }, ["x"]], limits);
  finds('a,"b",\nx\n', [{ fault: "line-too-long", cells: ["a"], text: 'a,"b",' }, ["x"]], limits);
  finds('a,"b"', [{ fault: "line-too-long", cells: ["a"], text: 'a,"b"' }], limits);
  finds('"ab",d\n', [{ fault: "line-too-long", cells: [], text: '"ab",d' }], limits);
});

Deno.test("bad-quote wins over a limit at the same byte", () => {
  finds('"abc"x\n', [{ fault: "bad-quote", cells: [], text: '"abc"x' }], { recordBytesMax: 5 });
});

Deno.test("a cell may have as many bytes as the limit, its quotes counted", () => {
  const limits = { cellBytesMax: 4 };
  finds('abcd,"ab",abcd\n', [["abcd", "ab", "abcd"]], limits);
  finds(
    "k,abcde,x\ny\n",
    [{ fault: "line-too-long", cells: ["k"], text: "k,abcde,x" }, ["y"]],
    limits,
  );
  finds('"abc",x\ny\n', [{ fault: "line-too-long", cells: [], text: '"abc",x' }, ["y"]], limits);
  finds('"abcd"\ny\n', [{ fault: "unclosed-quote", cells: [], text: '"abcd"' }, ["y"]], limits);
});

Deno.test("a record may have as many lines as the limit", () => {
  const limits = { recordLinesMax: 2 };
  finds('"a\r\nb"\nc\n', [["a\r\nb"], ["c"]], limits);
  finds('"a\nb\nc"\n', [{ fault: "unclosed-quote", cells: [], text: '"a' }, ["b"], ['c"']], limits);
});

Deno.test("a record may have as many cells as the limit", () => {
  const limits = { columnsMax: 3 };
  finds("a,b,c\n", [["a", "b", "c"]], limits);
  finds(
    "a,b,c,d\nx\n",
    [{ fault: "line-too-long", cells: ["a", "b"], text: "a,b,c,d" }, ["x"]],
    limits,
  );
  finds('a,b,"c",\n', [{ fault: "line-too-long", cells: ["a", "b"], text: 'a,b,"c",' }], limits);
});

Deno.test("reading goes on behind a record that is too long, over as many lines as it had", () => {
  const limits = { recordBytesMax: 6 };
  finds('"a\nb",cd\nx\n', [
    { fault: "line-too-long", cells: ["a\nb"], text: '"a\nb",cd' },
    ["x"],
  ], limits);
  assert.deepEqual(linesOf('"a\nb",cd\nx\n', limits), [1, 3]);
});

Deno.test("a blank line has no limit", () => {
  const limits = { cellBytesMax: 4, recordBytesMax: 6, rawBytesMax: 2 };
  finds(`${" ".repeat(50)}\na\n`, ["blank", ["a"]], limits);
  finds(`${"\u3000".repeat(20)}`, ["blank"], limits);
  finds(" \u3000 \u2003\u00A0 \u202F\ra\n", ["blank", ["a"]], limits);
  const found = recordsOf(`${" ".repeat(50)}x\na\n`, { limits, chunkBytes: 1 });
  assert.deepEqual(
    found.map((one) => Array.isArray(one) ? one : (one as { fault: string }).fault),
    [
      "line-too-long",
      ["a"],
    ],
  );
});

Deno.test("bytes that aren't UTF-8 make a record bad-encoding, and only their cells unreadable", () => {
  const file = Uint8Array.of(0x61, 0x2c, 0xff, 0x2c, 0xc3, 0xa9, 0x0a, 0x62);
  finds(file, [{ fault: "bad-encoding", cells: ["a", "", "é"], text: "a,\uFFFD,é" }, ["b"]]);
  for (const bytes of [[0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]]) {
    assert.equal((recordsOf(Uint8Array.from(bytes))[0] as { fault: string }).fault, "bad-encoding");
  }
});

Deno.test("a quote fault wins over bad encoding, and an unreadable cell stays unreadable", () => {
  const file = Uint8Array.of(0xff, 0x2c, 0x61, 0x2c, 0x22, 0x62, 0x22, 0x63);
  finds(file, [{ fault: "bad-quote", cells: ["", "a"], text: '\uFFFD,a,"b"c' }]);
});

Deno.test("the kept text of an endless line is bounded, its length is known", () => {
  const limits = { recordBytesMax: 8, rawBytesMax: 4 };
  const [found] = recordsOf(`a,${"b".repeat(100)}\n`, { limits, chunkBytes: 3 });
  const { text, ...rest } = found as { fault: string; cells: string[]; text: string };
  assert.deepEqual(rest, { fault: "line-too-long", cells: ["a"] });
  assert.ok(text.length <= 16, `${text.length}`);
});

Deno.test("records that are longer than the first window keep their cells and lines", () => {
  const filler = "f,g\n".repeat(3_000);
  const long = "x".repeat(30_000);
  const file = `${filler}a,"b\n${long}\n${filler}`;
  for (const chunkBytes of [999, 4_096, Infinity]) {
    const found = recordsOf(file, { chunkBytes, limits: { recordLinesMax: 3 } });
    assert.equal(found.length, 6_002);
    assert.deepEqual(found[3_000], { fault: "unclosed-quote", cells: ["a"], text: 'a,"b' });
    assert.deepEqual(found[3_001], [long]);
    assert.deepEqual(found[6_001], ["f", "g"]);
  }
  const closed = recordsOf(`${filler}a,"b\n${long}",c\n`, { chunkBytes: 999 });
  assert.deepEqual(closed[3_000], ["a", `b\n${long}`, "c"]);
});

Deno.test("any bytes give the same records in chunks of any size", () => {
  const alphabet = fc.constantFrom(
    ...["a", ",", '"', '""', "\n", "\r", "\r\n", " ", "é", "\u3000", "\uFEFF", "bcd"]
      .map((text) => [...new TextEncoder().encode(text)]),
    [0xff],
    [0xe2, 0x80],
  );
  const limits = fc.record({
    recordBytesMax: fc.integer({ min: 1, max: 30 }),
    recordLinesMax: fc.integer({ min: 1, max: 4 }),
    cellBytesMax: fc.integer({ min: 1, max: 12 }),
    columnsMax: fc.integer({ min: 1, max: 6 }),
    // Above all texts: a shorter one is cut differently, but alike up to the limit.
    rawBytesMax: fc.constant(400),
  });
  const file = fc.array(alphabet, { maxLength: 60 }).map((parts) => Uint8Array.from(parts.flat()));
  fc.assert(
    fc.property(file, limits, fc.integer({ min: 1, max: 9 }), (bytes, limits, chunkBytes) => {
      assert.deepEqual(recordsOf(bytes, { limits, chunkBytes }), recordsOf(bytes, { limits }));
    }),
    { seed: 1, numRuns: 2_000 },
  );
});

Deno.test("every byte of a file is in exactly one record, blank line or line end", () => {
  // With no quotes and no limits, lines are records: the twin is a split.
  const line = fc.stringMatching(/^[a-c ,é]{0,8}$/);
  fc.assert(
    fc.property(fc.array(line), fc.constantFrom("\n", "\r", "\r\n"), (lines, end) => {
      const expected = lines.map((line) => line.trim() === "" ? "blank" : line.split(","));
      const file = lines.map((line) => line + end).join("");
      assert.deepEqual(recordsOf(file, { chunkBytes: 2 }), expected);
    }),
    { seed: 2, numRuns: 500 },
  );
});
