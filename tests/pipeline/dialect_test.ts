import assert from "node:assert/strict";
import type { Dialect, DialectHints } from "../../src/domain/dialect.ts";
import { InputError, type InputFault } from "../../src/domain/errors.ts";
import { OPTION_DEFAULTS } from "../../src/domain/options.ts";
import { detectDialect, newlineOf } from "../../src/pipeline/dialect/dialect.ts";
import { IntakeCheck } from "../../src/pipeline/intake_check.ts";
import { encoded } from "../support/dialect_file.ts";
import { rejectsOf, reportOf, rowsOf, runFile } from "../support/pipeline_run.ts";
import { seeded } from "../support/random.ts";

const HEADER = "region,product,revenue,quantity,discount\n";
const SEMICOLONS = HEADER.replaceAll(",", ";");
const ROWS = "Köln;A;10;1;0\nBonn;B;20;2;0\n";

function bytesOf(file: string | Uint8Array): Uint8Array {
  return typeof file === "string" ? new TextEncoder().encode(file) : file;
}

/** The dialect of a file, the same whatever the chunks. */
function dialectOf(file: string | Uint8Array, hints: DialectHints = {}): Dialect {
  const bytes = bytesOf(file);
  const [first, ...others] = [Infinity, 1, 3, 1_000].map((chunkBytes) => {
    const check = new IntakeCheck(OPTION_DEFAULTS, hints);
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      check.push(bytes.subarray(at, at + chunkBytes));
    }
    return check.finish();
  });
  for (const other of others) assert.deepEqual(other, first);
  return first;
}

function faultsOf(file: string | Uint8Array, hints: DialectHints = {}): readonly InputFault[] {
  try {
    dialectOf(file, hints);
  } catch (error) {
    if (error instanceof InputError) return error.faults;
    throw error;
  }
  assert.fail("the file wasn't refused");
}

/** Run a file in the dialect that it is found to have. */
function runDetected(file: string | Uint8Array, hints: DialectHints = {}) {
  const bytes = bytesOf(file);
  const input = { bytes: bytes.length, sha256: "00".repeat(32), dialect: dialectOf(bytes, hints) };
  return runFile(bytes, { run: { input } });
}

Deno.test("a plain file has three keys and no more, whatever else is in its rows", () => {
  const stray = "a;b;c;d;e\tf|g,A's,1,1,0\n'x','y',1;2,1\t2,3|4\nC:\\\"x\",\\,;;;;;;;,,\n";
  for (const file of [HEADER, HEADER + stray.repeat(50), `\n\n${HEADER}${ROWS}`]) {
    const lines = file.startsWith("\n") ? 3 : 1;
    assert.deepEqual(dialectOf(file), { encoding: "utf-8", delimiter: ",", header_line: lines });
  }
});

Deno.test("what is detected is told whole", () => {
  assert.deepEqual(dialectOf(SEMICOLONS + ROWS + "broken;row\n"), {
    encoding: "utf-8",
    delimiter: ";",
    header_line: 1,
    quote: '"',
    escape: "doubled",
    newline: "lf",
    confidence: 0.67,
  });
});

Deno.test("Excel's line that names the delimiter stands before the header and is skipped", async () => {
  const run = await runDetected(`sep=;\r\n${SEMICOLONS}${ROWS}`);
  assert.equal(reportOf(run).input.dialect.header_line, 2);
  assert.deepEqual(run.result.counts.skipped_by_kind, { preamble: 1 });
  assert.equal(rowsOf(run, "summary").length, 2);
});

Deno.test("lines before the header are skipped, blank ones as blank, and lines keep their numbers", async () => {
  const file = `Report "Q3", for\n\n"never closed\n${HEADER}East,A,x,1,0\nEast,A,1,1,0\n`;
  const run = await runDetected(file);
  assert.equal(reportOf(run).input.dialect.header_line, 4);
  assert.deepEqual(run.result.counts.skipped_by_kind, { blank: 1, preamble: 2 });
  assert.deepEqual(rejectsOf(run).map(([line, record]) => [line, record]), [["5", "1"]]);
});

Deno.test("twenty lines may stand before the header, and say nothing about the table", () => {
  const dialect = dialectOf('a;"b"c;d\n'.repeat(20) + SEMICOLONS + ROWS);
  assert.equal(dialect.header_line, 21);
  assert.equal(dialect.confidence, 1);
});

Deno.test("a second table is no header of the first: its rows don't vanish above it", () => {
  const first = "region,product,revenue,quantity\n" + "East,A,1,1\n".repeat(40);
  const [fault] = faultsOf(first + HEADER + "East,A,1,1,0\n");
  assert.equal(fault.code, "missing-column");
  assert.equal(fault.line, 1);
});

Deno.test("UTF-16 is read with and without a byte order mark, in both byte orders", () => {
  for (const encoding of ["utf-16le", "utf-16be"] as const) {
    for (const mark of ["", "\uFEFF"]) {
      const dialect = dialectOf(encoded(mark + SEMICOLONS + ROWS, encoding));
      assert.equal(dialect.encoding, encoding);
      assert.equal(dialect.delimiter, ";");
    }
  }
});

Deno.test("a lone surrogate and an odd last byte make their records bad-encoding", async () => {
  const text = encoded(`${HEADER}East,\ud800A,1,1,0\nWest,😀,1,1,0\nx`, "utf-16le");
  const run = await runDetected(Uint8Array.of(...text, 0x41));
  const rejects = rejectsOf(run);
  assert.deepEqual(rejects.map(([line, , code]) => [line, code]), [
    ["2", "bad-encoding"],
    ["4", "bad-encoding"],
  ]);
  assert.match(rejects[0][7], /^East,\\xED\\xA0\\x80A,1,1,0$/);
  assert.equal(run.result.counts.rows_accepted, 1);
});

Deno.test("accents in words that are no UTF-8 are Windows-1252, behind ASCII labels too", async () => {
  const run = await runDetected(
    encoded(`${HEADER}Zürich – Köln €,Öl,1,1,0\n`, "windows-1252"),
  );
  assert.equal(reportOf(run).input.dialect.encoding, "windows-1252");
  assert.match(rowsOf(run, "summary")[0], /^Zürich – Köln €,/);
  const rows = "East,A,1,1,0\n".repeat(20_000) + "Köln,A,1,1,0\nZürich,A,1,1,0\n";
  assert.equal(dialectOf(encoded(HEADER + rows, "windows-1252")).encoding, "windows-1252");
});

Deno.test("a damaged byte or two in a plain file are faults of their rows, and no other encoding", async () => {
  for (const damage of [[0xff], [0xe9], [0xff, 0xfe, 0xe9, 0xa0, 0xe9]]) {
    const bytes = [...bytesOf(`${HEADER}East,A,1,1,0\nWes`), ...damage, ...bytesOf("t,A,1,1,0\n")];
    const run = await runDetected(Uint8Array.from(bytes));
    assert.equal(reportOf(run).input.dialect.encoding, "utf-8");
    assert.deepEqual(run.result.counts.rejected_by_code, { "bad-encoding": 1 });
  }
});

Deno.test("words are found whole, however a file is cut into chunks", () => {
  const file = encoded(`${HEADER}Zürich,Öl,1,1,0\n`, "windows-1252");
  for (let cut = 0; cut <= file.length; cut++) {
    const check = new IntakeCheck();
    check.push(file.subarray(0, cut));
    check.push(file.subarray(cut));
    assert.equal(check.finish().encoding, "windows-1252", `cut at ${cut}`);
  }
});

Deno.test("a file with characters of UTF-8 stays UTF-8: its invalid bytes are faults", () => {
  const mixed = Uint8Array.of(...bytesOf(`${HEADER}Köln,A,1,1,0\n`), 0xe9, 0x0a);
  assert.equal(dialectOf(mixed).encoding, "utf-8");
  const undefinedByte = Uint8Array.of(...bytesOf(HEADER), 0xe9, 0x81, 0x0a);
  assert.equal(dialectOf(undefinedByte).encoding, "utf-8");
});

Deno.test("an accent that is cut by the end of the file or of a chunk is judged whole", () => {
  assert.equal(dialectOf(`${HEADER}é`).encoding, "utf-8");
  const cut = Uint8Array.of(...bytesOf(HEADER.replaceAll(",", ";")), 0xc3);
  assert.equal(dialectOf(cut).encoding, "windows-1252");
});

Deno.test("single quotes are quotes if they are around cells, and apostrophes if they aren't", () => {
  const quoted = "'Köln';'A; large';10;1;0\n'Bonn';'B';20;2;0\n".repeat(3);
  assert.equal(dialectOf(SEMICOLONS + quoted).quote, "'");
  const text = "'n Roll;O'Neill's;10;1;0\nBonn;B';20;2;0\n".repeat(3);
  assert.equal(dialectOf(SEMICOLONS + text).quote, '"');
  const once = ROWS.repeat(3) + "'East; far';A;1;1;0\n";
  assert.equal(dialectOf(SEMICOLONS + once).quote, '"');
});

Deno.test("a stray quote in some rows costs these rows and no more", async () => {
  const run = await runDetected(SEMICOLONS + ROWS.repeat(5) + '"East;A;1;1;0\nEast;"A"x;1;1;0\n');
  assert.equal(reportOf(run).input.dialect.quote, '"');
  assert.deepEqual(run.result.counts.rejected_by_code, { "bad-quote": 2 });
});

Deno.test("one stray sign in any cell of a sound file doesn't change its dialect", () => {
  const rows = Array.from({ length: 8 }, (_, i) => [`R${i}`, `"P, ${i}"`, `${i},5`, "1", "0,1"]);
  const file = (rows: readonly string[][]) =>
    SEMICOLONS + rows.map((cells) => cells.join(";") + "\n").join("");
  const { confidence: _, ...sound } = dialectOf(file(rows));
  for (const sign of ['"', "'", ";", ",", "\t", "|", "\\"]) {
    rows.forEach((cells, row) =>
      cells.forEach((cell, column) => {
        for (const polluted of [sign + cell, cell + sign]) {
          const bytes = bytesOf(file(rows.with(row, cells.with(column, polluted))));
          const check = new IntakeCheck();
          check.push(bytes);
          const { confidence: _, ...found } = check.finish();
          assert.deepEqual(found, sound, `${sign} in row ${row}, column ${column}`);
        }
      })
    );
  }
});

Deno.test("quotes that never are around a cell are text", async () => {
  const run = await runDetected(SEMICOLONS + '"big" East;5" wide;10;1;0\n'.repeat(5));
  assert.equal(reportOf(run).input.dialect.quote, "none");
  assert.match(rowsOf(run, "summary")[0], /^"""big"" East",50,/);
});

Deno.test("a backslash takes the meaning from a quote, a delimiter and itself, and is text elsewhere", async () => {
  const rows = '"say \\"x\\"; \\\\";C:\\new\\;dir;10;1;0\n';
  const run = await runDetected(SEMICOLONS + rows.repeat(2) + '"a""b";A;900;1;0\n', {
    escape: "backslash",
  });
  assert.equal(rowsOf(run, "summary")[0].slice(0, 10), '"a""b",900');
  assert.equal(rowsOf(run, "summary")[1].slice(0, 22), '"say ""x""; \\",20,10,2');
  assert.equal(dialectOf(SEMICOLONS + '"say \\"x\\"";A;10;1;0\n').escape, "backslash");
});

Deno.test("an option wins over what would be detected", () => {
  const file = `${HEADER}'East, far',A,1,1,0\n`;
  assert.equal(dialectOf(file, { quote: "'" }).quote, "'");
  assert.equal(dialectOf(file, { encoding: "windows-1252" }).encoding, "windows-1252");
  assert.equal(dialectOf(`${HEADER}x\n${HEADER}East,A,1,1,0\n`, { header_line: 3 }).header_line, 3);
  assert.deepEqual(dialectOf(HEADER, { delimiter: ",", header_line: 1 }), dialectOf(HEADER));
});

Deno.test("an option that doesn't fit is refused with what was found under it", () => {
  const [fault] = faultsOf(SEMICOLONS + ROWS, { delimiter: "\t" });
  assert.equal(fault.code, "missing-column");
  assert.match(fault.detail, /The file was read as UTF-8 with tabs\.$/);
  assert.equal(faultsOf(SEMICOLONS + ROWS, { header_line: 2 })[0].code, "missing-column");
  const [beyond] = faultsOf(SEMICOLONS + ROWS, { header_line: 50 });
  assert.equal(beyond.code, "bad-header");
  assert.match(beyond.detail, /header_line/);
});

Deno.test("what the intake lets in, the pipeline reads: a header with bytes that are no text is none", () => {
  const header = bytesOf(`é;\u0080x;${SEMICOLONS}`);
  header[header.indexOf(0x80)] = 0xff;
  assert.equal(faultsOf(Uint8Array.of(...header, ...bytesOf(ROWS)))[0].code, "missing-column");
});

Deno.test("without a header the data begin in the first line, or the file is refused", async () => {
  const columns = { region: "1", product: "2", revenue: "3", quantity: "4", discount: "5" };
  const options = { ...OPTION_DEFAULTS, header: "none", columns } as const;
  const dialectIn = (file: string) => {
    const check = new IntakeCheck(options);
    check.push(bytesOf(file));
    return check.finish();
  };
  const dialect = dialectIn(ROWS);
  assert.equal(dialect.header_line, null);
  const input = { bytes: bytesOf(ROWS).length, sha256: "00".repeat(32), dialect };
  const run = await runFile(ROWS, { options, run: { input } });
  assert.equal(run.result.counts.rows_accepted, 2);
  assert.throws(() => dialectIn(`title;of;report\n${ROWS}`), InputError);
  assert.throws(() => dialectIn(`sep=;\n${ROWS}`), InputError);
});

Deno.test("a file that could be read in two ways is refused with both", () => {
  const [fault, ...others] = faultsOf("a;b|c\n1;2|3\n4;5|6\n");
  assert.deepEqual(others, []);
  assert.equal(fault.code, "unclear-dialect");
  assert.match(fault.detail, /semicolons \(3 of 3 rows have 2 cells\)/);
  assert.match(fault.detail, /vertical bars/);
  assert.match(fault.detail, /option delimiter/);
});

Deno.test("without a schema any table has a dialect", () => {
  const sample = { bytes: bytesOf("name;price\nTea, green;1,50\nCake;2,75\n"), isWhole: true };
  const found = detectDialect(sample, {}, null)!;
  assert.equal(found.dialect.delimiter, ";");
  assert.deepEqual(found.labels.labels, ["name", "price"]);
  const titled = { bytes: bytesOf("Prices\n\nname\tprice\nTea\t1\nCake\t2\n"), isWhole: true };
  assert.equal(detectDialect(titled, {}, null)!.dialect.header_line, 3);
});

Deno.test("line ends are told by kind", () => {
  const cases = {
    "a\nb": "lf",
    "a\r\nb\r\n": "crlf",
    "a\rb": "cr",
    "a\r\nb\n": "mixed",
    "a\r": "cr",
    "": "lf",
  };
  for (const [text, newline] of Object.entries(cases)) {
    assert.equal(newlineOf(bytesOf(text)), newline, JSON.stringify(text));
  }
});

Deno.test("detection looks at the first 64 KiB only, wherever they are cut", () => {
  const rows = ROWS.repeat(5_000);
  for (const extra of [0, 1, 2, 3]) {
    const file = SEMICOLONS + "x".repeat(extra) + rows + "never;looked|at".repeat(10_000);
    const bytes = bytesOf(file);
    const found = [1_000, 65_536, 65_537, Infinity].map((chunkBytes) => {
      const check = new IntakeCheck();
      for (let at = 0; at < bytes.length; at += chunkBytes) {
        check.push(bytes.subarray(at, at + chunkBytes));
      }
      return check.finish();
    });
    for (const dialect of found) assert.deepEqual(dialect, found[0]);
    assert.equal(found[0].confidence, extra === 0 ? 1 : found[0].confidence);
  }
});

Deno.test("hostile first bytes are judged with bounded work", () => {
  const random = seeded(5);
  const hostile = [
    `"\n`,
    `'\n`,
    `;"`,
    `"\\"`,
    `"';|\t,\\`,
    `a,"b;'c|\t\n`,
    `region;product;revenue;quantity;"discount\n`,
    ";",
    "\t|;,",
    "\\",
    `"a";\n`,
    `${"x".repeat(600)};"\n`,
    `,'"\r`,
  ].map((unit) => unit.repeat(Math.ceil(70_000 / unit.length)));
  hostile.push(Array.from({ length: 70_000 }, () => random.pick([...`"',;|\t\\\n\r a1`])).join(""));
  for (const file of hostile) {
    const start = performance.now();
    try {
      new IntakeCheck().push(bytesOf(file));
    } catch (error) {
      assert.ok(error instanceof InputError);
    }
    const ms = performance.now() - start;
    assert.ok(ms < 5_000, `${ms} ms for ${JSON.stringify(file.slice(0, 20))}`);
  }
});
