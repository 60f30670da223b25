/** The same table in every combination of dialects comes to the same results, byte for byte. */
import assert from "node:assert/strict";
import { DELIMITERS, type DialectHints, ENCODINGS } from "../../src/domain/dialect.ts";
import { OPTION_DEFAULTS } from "../../src/domain/options.ts";
import { IntakeCheck } from "../../src/pipeline/intake_check.ts";
import { dialectFile, PLAIN_WRITING, type Writing } from "../support/dialect_file.ts";
import { runFile } from "../support/pipeline_run.ts";

const TABLE = [
  ["Region", "Product", "note", "Revenue", "Quantity", "Discount"],
  ["Île-de-France", "Widget, large; blue|red\ttab", "it's 5\" wide", "1200.50", "2", "0.05"],
  ["Köln", "plain", "", "2400", "4", "0.1"],
  [
    "Île-de-France",
    "two\nlines",
    "‘no quote’".replaceAll("‘", "«").replaceAll("’", "»"),
    "9",
    "1",
    "0",
  ],
  ["Köln", "O'Neill", 'say "x"', "15000", "1", "0.2"],
  ...Array.from({ length: 12 }, (_, i) => ["Köln", `P${i}`, "ok", String(100 + i), "1", "0.1"]),
  ["Köln", "bad", "", "abc", "1", "0.1"],
];
/** For quote `none`: nothing in a cell needs quotes. */
const BARE = TABLE.map((cells) => cells.map((cell) => cell.replaceAll(/[,;|\t\n"]/g, " ")));
const PREAMBLE = ["Sales report, Q3; final", "", '"Made" by: Ann\'s team | 2024'];

function* writings(): Generator<Writing> {
  for (const encoding of ENCODINGS) {
    for (const newline of ["\n", "\r\n", "\r"] as const) {
      const hasMark = newline === "\r\n" && encoding !== "windows-1252";
      for (const delimiter of DELIMITERS) {
        for (const quote of ['"', "'", "none"] as const) {
          for (
            const escape of quote === "none"
              ? ["doubled"] as const
              : ["doubled", "backslash"] as const
          ) {
            for (const hasSepLine of delimiter === ", " ? [false] : [false, true]) {
              for (const preamble of [[], PREAMBLE]) {
                for (const quotesAll of quote === "none" ? [false] : [false, true]) {
                  yield {
                    encoding,
                    hasMark,
                    delimiter,
                    quote,
                    escape,
                    newline,
                    hasSepLine,
                    preamble,
                    quotesAll,
                  };
                }
              }
            }
          }
        }
      }
    }
  }
}

/** What must be said of a file whose header is that of a plain file: such a file is plain, whatever its rows look like. */
function neededHints(writing: Writing): DialectHints {
  const { encoding, delimiter, quote, escape, quotesAll, hasSepLine, preamble } = writing;
  const isFirst = !hasSepLine && preamble.length === 0;
  const isPlainHeader = delimiter === ","
    ? !quotesAll || quote === '"'
    : delimiter === ", " && !quotesAll;
  if (encoding.startsWith("utf-16") || !isFirst || !isPlainHeader) return {};
  return { delimiter, quote, escape };
}

async function resultOf(bytes: Uint8Array, chunkBytes: number, hints: DialectHints) {
  const check = new IntakeCheck(OPTION_DEFAULTS, hints);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    check.push(bytes.subarray(at, at + chunkBytes));
  }
  const dialect = check.finish();
  const run = await runFile(bytes, {
    chunkBytes,
    run: { input: { bytes: bytes.length, sha256: "00".repeat(32), dialect } },
  });
  const [header, ...anomalies] = run.artifacts.text("anomalies").split("\n");
  return {
    dialect,
    summary: run.artifacts.text("summary"),
    anomalies: [header, ...anomalies.map((line) => line.replace(/,[0-9]+$/, ""))].join("\n"),
    rejected: run.result.counts.rejected_by_code,
    skipped: run.result.counts.skipped_by_kind,
  };
}

Deno.test("one table gives the same summary and anomalies in every dialect", async () => {
  const expected = new Map<unknown, Awaited<ReturnType<typeof resultOf>>>();
  for (const table of [TABLE, BARE]) {
    expected.set(table, await resultOf(dialectFile(table, PLAIN_WRITING), 64, {}));
  }
  assert.match(expected.get(TABLE)!.anomalies, /O'Neill/);
  const wrong: string[] = [];
  let files = 0;
  for (const writing of writings()) {
    const table = writing.quote === "none" ? BARE : TABLE;
    const bytes = dialectFile(table, writing);
    files++;
    const name = JSON.stringify(writing);
    try {
      const found = await resultOf(bytes, [1, 7, 64, 100_000][files % 4], neededHints(writing));
      const right = expected.get(table)!;
      assert.equal(found.summary, right.summary);
      assert.equal(found.anomalies, right.anomalies);
      assert.deepEqual(found.rejected, right.rejected);
      // Without quotes it makes no difference whether spaces belong to the delimiter.
      const signs = writing.quote === "none" ? 1 : 2;
      assert.equal(found.dialect.delimiter.slice(0, signs), writing.delimiter.slice(0, signs));
    } catch (error) {
      wrong.push(`${name}: ${(error as Error).message.slice(0, 300)}`);
    }
  }
  assert.ok(wrong.length === 0, `${wrong.length} of ${files}\n${wrong.slice(0, 10).join("\n")}`);
});
