/** Any table becomes plain, and damage costs what it touched. */
import assert from "node:assert/strict";
import { DELIMITERS, type DialectHints, ENCODINGS } from "../../src/domain/dialect.ts";
import { InputError } from "../../src/domain/errors.ts";
import { type Findings, normalize } from "../../src/pipeline/normalize/normalize.ts";
import { hasFaults, normalizeReport } from "../../src/pipeline/normalize/normalize_report.ts";
import { dialectFile, encoded, PLAIN_WRITING, type Writing } from "../support/dialect_file.ts";
import { seeded } from "../support/random.ts";

/** Columns that no schema knows. */
const TABLE = [
  ["Ort", "note", "Wert", "Datum"],
  ["Île", "Widget, large; blue|red\ttab", "1200.50", "2024-01-05"],
  ["Köln", "it's 5\" wide", "2400", ""],
  ["Köln", "two\nlines", "9", "2024-02-01"],
  ["", "O'Neill", "15000", 'say "x"'],
  [" Köln ", "«no»", "", "2024-02-03"],
  ...Array.from({ length: 12 }, (_, i) => ["Köln", `P${i}`, String(100 + i), "2024-03-01"]),
];
/** For quote `none`: nothing in a cell needs quotes, or begins with a space that may belong to a delimiter. */
const BARE = TABLE.map((cells) => cells.map((cell) => cell.replaceAll(/[,;|\t\n"]/g, " ").trim()));
const PREAMBLE = ["Sales report, Q3; final", "", '"Made" by: Ann\'s team | 2024'];

async function* inChunks(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(chunkBytes, bytes.length));
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const part = bytes.subarray(at, at + chunkBytes);
    // As sources do: the same buffer again and again.
    buffer.set(part);
    yield buffer.subarray(0, part.length);
  }
}

async function normalized(
  file: string | Uint8Array,
  { hints = {}, chunkBytes = 1_000_000 }: { hints?: DialectHints; chunkBytes?: number } = {},
): Promise<{ text: string; findings: Findings }> {
  const bytes = typeof file === "string" ? new TextEncoder().encode(file) : file;
  const { bytes: chunks, findings } = normalize(inChunks(bytes, chunkBytes), hints);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
  return { text: text + decoder.decode(), findings: findings() };
}

function* writings(): Generator<Writing> {
  const newlines = ["\n", "\r\n", "\r"] as const;
  for (const encoding of ENCODINGS) {
    for (const delimiter of DELIMITERS) {
      for (const quote of ['"', "'", "none"] as const) {
        for (const escape of ["doubled", "backslash"] as const) {
          if (quote === "none" && escape === "backslash") continue;
          for (const newline of newlines) {
            for (const preamble of [[], PREAMBLE]) {
              yield {
                ...{ encoding, delimiter, quote, escape, newline, preamble },
                hasMark: newline === "\r\n" && encoding !== "windows-1252",
                hasSepLine: newline === "\r" && delimiter !== ", ",
                // Quotes other than " show only where there are some.
                quotesAll: quote === "'" || delimiter === ", " && quote !== "none",
              };
            }
          }
        }
      }
    }
  }
}

Deno.test("one table in every dialect becomes the same plain bytes", async () => {
  const wrong: string[] = [];
  let files = 0;
  for (const writing of writings()) {
    const table = writing.quote === "none" ? BARE : TABLE;
    const file = dialectFile(table, writing);
    // Without quotes, spaces behind commas can be text: nothing else shows that they aren't.
    const hints: DialectHints = writing.quote === "none" && writing.delimiter === ", "
      ? { delimiter: ", " }
      : {};
    try {
      const chunkBytes = [1, 7, 64, 1_000_000][files++ % 4];
      const { text, findings } = await normalized(file, { hints, chunkBytes });
      assert.equal(text, new TextDecoder().decode(dialectFile(table, PLAIN_WRITING)));
      assert.equal(hasFaults(findings), false);
      const lines = writing.preamble.length === 0 ? 0 : 2;
      assert.equal(findings.preamble.length, lines + (writing.hasSepLine ? 1 : 0));
    } catch (error) {
      wrong.push(`${JSON.stringify(writing)}: ${(error as Error).message.slice(0, 400)}`);
    }
  }
  assert.ok(wrong.length === 0, `${wrong.length} of ${files}\n${wrong.slice(0, 5).join("\n")}`);
});

const CLEAN = [
  ["id", "name", "city", "amount", "note"],
  ...Array.from({ length: 20 }, (_, i) => [
    `${i + 1}`,
    `Name${i}`,
    i % 3 === 0 ? `Town, ${i}` : `City${i}`,
    `${100 + i}.5`,
    i % 5 === 0 ? `said "${i}"` : `ok${i}`,
  ]),
];

Deno.test("of two tables in one file both are written", async () => {
  const second = CLEAN.map((cells) => cells.slice(0, 3));
  for (const tables of [[CLEAN, second], [second, CLEAN]]) {
    const file = tables.map((table) => new TextDecoder().decode(dialectFile(table, PLAIN_WRITING)));
    const { text, findings } = await normalized(file.join("\n"));
    assert.equal(text, file.join(""));
    assert.equal(findings.blank.count, 1);
    assert.equal(findings.preamble.length, 0);
  }
});

Deno.test("what was read differently is told with its lines", async () => {
  const { text, findings } = await normalized(
    'Bericht\x1b[31m\n\na,b,c\n1,2,3\n1,2\n"x,2,3\n\n"q"z,2,3\n4,5,6,7\n8,9,0\n',
  );
  assert.equal(text, 'a,b,c\n1,2,3\n1,2\n"""x",2,3\n"""q""z",2,3\n4,5,6,7\n8,9,0\n');
  const report = normalizeReport(findings);
  assert.match(
    report[0],
    /UTF-8 with commas, quotes ", from line 3 on: 7 records, most with 3 cells/,
  );
  assert.deepEqual(report.slice(1), [
    "Left out line 1, above the table: Bericht\\u001b[31m",
    "Left out 2 blank lines: lines 2, 7.",
    "Kept 2 records with more or fewer cells: lines 5, 9.",
    "Kept 2 records with a fault, bad-quote: lines 6, 8. Text follows a closing quote.",
  ]);
  assert.equal(hasFaults(findings), true);
});

Deno.test("bytes that aren't UTF-8 cost the characters they are", async () => {
  const file = encoded("a,b\n", "utf-8");
  const bytes = Uint8Array.of(...file, 0xc3, 0xa9, 0x2c, 0x78, 0xff, 0x0a, 0x31, 0x2c, 0x32, 0x0a);
  const { text, findings } = await normalized(bytes);
  assert.equal(text, "a,b\né,x\uFFFD\n1,2\n");
  assert.deepEqual(findings.faults.get("bad-encoding")?.first, [2]);
});

Deno.test("an accent behind the first 64 KiB still decides the encoding", async () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => `${i},x`).join("\n");
  const { text } = await normalized(encoded(`a,b\n${rows}\n1,Köln\n`, "windows-1252"));
  assert.ok(text.endsWith("1,Köln\n"));
});

Deno.test("a record longer than can be held is left out, and told", async () => {
  const long = "x".repeat(3_000_000);
  const { text, findings } = await normalized(`a,b\n1,2\n3,${long}\n5,6\n`);
  assert.equal(text, "a,b\n1,2\n5,6\n");
  assert.deepEqual([findings.leftOut.count, findings.leftOut.first], [1, [3]]);
  assert.equal(hasFaults(findings), true);
});

Deno.test("a column of its own stays one, empty cells too", async () => {
  const { text } = await normalized('name\nx\n""\n" "\ny\n');
  assert.equal(text, 'name\nx\n""\n" "\ny\n');
  assert.equal((await normalized(text)).text, text);
});

Deno.test("a record with a fault and nothing in its only cell is no blank line either", async () => {
  const { text, findings } = await normalized('e\n"" \nx\n');
  assert.equal(text, 'e\n""\nx\n');
  assert.equal(findings.records, 3);
});

Deno.test("options come before what would be detected", async () => {
  const hints = { header_line: 2, delimiter: "|", quote: "none" } as const;
  const { text, findings } = await normalized('a,b\n"c|d\n1|2"\n', { hints });
  assert.equal(text, '"""c",d\n1,"2"""\n');
  assert.deepEqual(findings.preamble, [{ line: 1, text: "a,b", isCut: false }]);
});

Deno.test("the size of chunks makes no difference, even across the first MiB", async () => {
  const random = seeded(20_261_123);
  const rows = Array.from(
    { length: 60_000 },
    (_, i) => `${i};${random.pick(["Köln", '"a;""b"', '"two\nlines"', "", '"bad"x', "1,5"])};z`,
  );
  const file = new TextEncoder().encode(`sep=;\r\na;b;c\r\n${rows.join("\r\n")}`);
  assert.ok(file.length < 1_048_576);
  const large = new Uint8Array(2 * file.length);
  large.set(file);
  large.set(file, file.length);
  const whole = await normalized(large, { chunkBytes: large.length });
  for (const chunkBytes of [997, 65_536, 1_048_575, 1_048_577]) {
    const parts = await normalized(large, { chunkBytes });
    assert.ok(parts.text === whole.text, `chunks of ${chunkBytes}`);
    assert.deepEqual(normalizeReport(parts.findings), normalizeReport(whole.findings));
  }
});

Deno.test("what is no table is refused with a sentence", async () => {
  const cases: [string | Uint8Array, string][] = [
    ["", "empty-file"],
    ["\n \r\n", "empty-file"],
    ["PK\x03\x04....", "not-csv"],
    ["a,b\0c\n", "not-csv"],
    ["<!DOCTYPE html>\n<title>a,b</title>\n", "not-csv"],
    [encoded("\n<html>\na,b\n", "utf-16le"), "not-csv"],
    ['[{"a": 1, "b": 2},\n{"a": 3, "b": 4}]\n', "not-csv"],
    ['{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n', "not-csv"],
    ["[1, 2,\n3, 4]", "not-csv"],
    ["a;b|c\n1;2|3\n4;5|6\n", "unclear-dialect"],
    ['"never closed', "unclear-dialect"],
  ];
  for (const [file, code] of cases) {
    await assert.rejects(
      normalized(file),
      (error) => error instanceof InputError && error.faults[0].code === code,
      String(file),
    );
  }
});

Deno.test("brackets in a title are no JSON, and a table may stand in what is", async () => {
  const { text } = await normalized("[2024] Sales\na,b,c\n1,2,3\n4,5,6\n");
  assert.equal(text, "a,b,c\n1,2,3\n4,5,6\n");
  const page = "<!DOCTYPE html>\n<pre>\na,b\n1,2\n";
  assert.equal((await normalized(page, { hints: { header_line: 3 } })).text, "a,b\n1,2\n");
});
