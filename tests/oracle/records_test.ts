import assert from "node:assert/strict";
import { decode, decodeEscaped, wholeCharacters } from "./encoding.ts";
import { LIMITS } from "./oracle.ts";
import { type FileRecord, readRecords, type RecordLimits } from "./records.ts";

/** Each character is one byte. */
const file = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));

/** Records in short: line, fault or "", cells; blank lines as their number alone. */
function brief(text: string, limits: Partial<RecordLimits> = {}) {
  return readRecords(file(text), { ...LIMITS, ...limits }).map((record: FileRecord) =>
    record.blank ? record.line : [record.line, record.fault ?? "", ...record.cells]
  );
}

Deno.test("LF, CRLF and CR end lines; a last line end is no line", () => {
  assert.deepEqual(brief("a\nb\r\nc\rd"), [[1, "", "a"], [2, "", "b"], [3, "", "c"], [4, "", "d"]]);
  assert.deepEqual(brief("a\r\n"), [[1, "", "a"]]);
  assert.deepEqual(brief("a\n\r"), [[1, "", "a"], 2]);
  assert.deepEqual(brief(""), []);
  assert.deepEqual(brief("\xef\xbb\xbf"), []);
});

Deno.test("quotes open a cell as its first byte only, and two of them are one", () => {
  assert.deepEqual(brief('"a,""b""\n",c'), [[1, "", 'a,"b"\n', "c"]]);
  assert.deepEqual(brief(' "a",b"c""'), [[1, "", ' "a"', 'b"c""']]);
  assert.deepEqual(brief('""\n,'), [[1, "", ""], [2, "", "", ""]]);
});

Deno.test("blank lines are white space and nothing else, outside of records", () => {
  assert.deepEqual(brief('\n \t\n\xef\xbb\xbf\n"\n\n"\n\xe2\x80\xa8'), [
    1,
    2,
    3,
    [4, "", "\n\n"],
    7,
  ]);
  assert.deepEqual(brief("\xa0"), [[1, "bad-encoding", null]]);
});

Deno.test("after a bad or an open quote reading goes on with the record's second line", () => {
  assert.deepEqual(brief('a,"b\nc"d,e\nf'), [[1, "bad-quote", "a"], [2, "", 'c"d', "e"], [
    3,
    "",
    "f",
  ]]);
  assert.deepEqual(brief('"a\nb",c,"d"e'), [[1, "bad-quote"], [2, "bad-quote", 'b"', "c"]]);
  assert.deepEqual(brief('a,"b\nc'), [[1, "unclosed-quote", "a"], [2, "", "c"]]);
  assert.deepEqual(brief('a,"'), [[1, "unclosed-quote", "a"]]);
});

Deno.test("the byte past a limit decides the fault and where reading goes on", () => {
  assert.deepEqual(brief("ab,cd\nx", { recordBytesMax: 5 }), [[1, "", "ab", "cd"], [2, "", "x"]]);
  assert.deepEqual(brief("ab,cde\nx", { recordBytesMax: 5 }), [[1, "line-too-long", "ab"], [
    2,
    "",
    "x",
  ]]);
  assert.deepEqual(brief('a,"b"\nx', { recordBytesMax: 4 }), [[1, "line-too-long", "a"], [
    2,
    "",
    "x",
  ]]);
  assert.deepEqual(brief('a,"b"""\nx', { recordBytesMax: 4 }), [[1, "unclosed-quote", "a"], [
    2,
    "",
    "x",
  ]]);
  assert.deepEqual(brief('a,"b"c\nx', { recordBytesMax: 5 }), [[1, "bad-quote", "a"], [
    2,
    "",
    "x",
  ]]);
  assert.deepEqual(brief('"a\nb"\nx', { recordLinesMax: 1 }), [
    [1, "unclosed-quote"],
    [2, "", 'b"'],
    [3, "", "x"],
  ]);
  assert.deepEqual(brief("ab,abc,d", { cellBytesMax: 2 }), [[1, "line-too-long", "ab"]]);
  assert.deepEqual(brief("a,b,c\na,b", { columnsMax: 2 }), [[1, "line-too-long", "a"], [
    2,
    "",
    "a",
    "b",
  ]]);
});

Deno.test("a record's text is cut at a character and says its size", () => {
  const raw = (text: string, rawBytesMax: number) =>
    readRecords(file(text), { ...LIMITS, rawBytesMax })[0].raw;
  assert.equal(raw("ab\xc3\xa9\n", 4), "abé");
  assert.equal(raw("ab\xc3\xa9\n", 3), "ab … 4 bytes");
  assert.equal(raw("ab\xc3\xff\n", 3), "ab\\xC3 … 4 bytes");
  assert.equal(raw('a,"b\nc', 9), 'a,"b');
});

Deno.test("valid UTF-8 is what the engine's own decoder accepts", () => {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const accepted = (bytes: Uint8Array) => {
    try {
      return strict.decode(bytes);
    } catch {
      return null;
    }
  };
  const edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf]
    .concat([0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xff]);
  for (const a of edges) {
    for (const b of edges) {
      for (const c of [0x7f, 0x80, 0xbf, 0xc0]) {
        for (const d of [0x7f, 0x80, 0xbf, 0xc0]) {
          const bytes = Uint8Array.of(a, b, c, d);
          assert.equal(decode(bytes), accepted(bytes), bytes.join());
        }
      }
    }
  }
  assert.equal(
    decodeEscaped(file("a\xe2\x82b\xed\xa0\x80\xc3\xa9")),
    "a\\xE2\\x82b\\xED\\xA0\\x80é",
  );
  assert.equal(wholeCharacters(file("\xf0\x9f\x98\x80"), 3), 0);
});
