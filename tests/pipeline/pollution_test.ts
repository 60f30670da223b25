/** One thing wrong at one place costs at most the row that it is in, and that row is in the rejects with its line. */
import assert from "node:assert/strict";
import { dialectText, PLAIN_WRITING } from "../support/dialect_file.ts";
import { readUpload } from "../support/front_door.ts";
import { type FinishedRun, rejectsOf, reportOf, rowsOf } from "../support/pipeline_run.ts";
import { type Polluted, pollutedCells, pollutedRows, type Table } from "../support/pollution.ts";

/** Each row has a region of its own, so that the summary shows each row. */
const TABLE: Table = [
  ["Region", "Product", "Note", "Revenue", "Quantity", "Discount"],
  ["East", "Widget, large", "", "1200.50", "2", "0.05"],
  ["West", "Rod", 'size 5" x 4"', "2400", "4", "0.10"],
  ["North, upper", "O'Neill; chair", "ok", "600.25", "1", "0.02"],
  ["South", "Lamp", "two\nlines, of text", "9000", "3", "0.15"],
  ["Köln", "Board | 6", "", "1300", "1", "0.04"],
  ["Bonn", "Widget, small", "it's ok", "850.75", "1", "0.06"],
  ["Rome", "Rod", "", "4000", "2", "0.20"],
];
const ROWS = TABLE.length - 1;

/** The summary's line of each row of the clean table. */
const SUMMARY = TABLE.slice(1).map(([region, , , revenue, quantity, discount]) =>
  [
    region.includes(",") ? `"${region}"` : region,
    ...[revenue, revenue, quantity, discount].map((text) => String(Number(text))),
    "1",
  ].join(",")
);

const WRITINGS = ([",", ";", "\t", "|"] as const).flatMap((delimiter) => [
  { delimiter, quote: '"' as const, quotesAll: false },
  { delimiter, quote: '"' as const, quotesAll: true },
  { delimiter, quote: "'" as const, quotesAll: true },
]);

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** The run over a file that must not be refused. */
async function runOf(text: string): Promise<FinishedRun> {
  const answer = await readUpload(bytesOf(text));
  assert.ok("run" in answer, `refused: ${JSON.stringify(answer)}`);
  return answer.run;
}

function rejectedLines(run: FinishedRun): number[] {
  const own = reportOf(run).columns.length;
  return rejectsOf(run, own).map(([line]) => Number(line));
}

function summaryOf(run: FinishedRun): string[] {
  return run.error === null ? rowsOf(run, "summary") : [];
}

/** Whether all rows but one are accepted as they are, and that one is nowhere else than in rejects or, as text that is sound, accepted. */
async function checkRow({ text, row, lineFirst, lineLast }: Polluted): Promise<"kept" | "lost"> {
  const run = await runOf(text);
  const lines = rejectedLines(run);
  assert.ok(
    lines.every((line) => line >= lineFirst && line <= lineLast),
    `rejected are lines ${lines}, touched ${lineFirst} to ${lineLast}`,
  );
  const summary = summaryOf(run);
  const { rows_accepted } = run.result.counts;
  SUMMARY.forEach((line, i) => {
    if (i + 1 !== row) assert.ok(summary.includes(line), `${line} is lost`);
  });
  assert.ok(rows_accepted === ROWS || rows_accepted === ROWS - 1, `${rows_accepted} accepted`);
  if (rows_accepted === ROWS) assert.deepEqual(lines, []);
  else assert.ok(lines.includes(lineFirst), `line ${lineFirst} is nowhere`);
  return rows_accepted === ROWS ? "kept" : "lost";
}

/** Without its header a table can only be refused, or all of it be in the rejects. */
async function checkHeader({ text }: Polluted): Promise<"kept" | "lost"> {
  const answer = await readUpload(bytesOf(text));
  if ("refused" in answer) return "lost";
  const { run } = answer;
  const { rows_accepted, rows_rejected } = run.result.counts;
  if (run.error === null) {
    // What was touched is a label that means nothing.
    assert.deepEqual(summaryOf(run).toSorted(), SUMMARY.toSorted());
    return "kept";
  }
  assert.equal(run.error.code, "no-valid-rows");
  assert.equal(rows_accepted, 0);
  assert.equal(rejectedLines(run).length, rows_rejected);
  assert.ok(rows_rejected >= ROWS);
  return "lost";
}

async function checkAll(files: Iterable<Polluted>): Promise<Record<"kept" | "lost", number>> {
  const found = { kept: 0, lost: 0 };
  const wrong: string[] = [];
  for (const polluted of files) {
    try {
      found[await (polluted.row === 0 ? checkHeader(polluted) : checkRow(polluted))]++;
    } catch (error) {
      wrong.push(`${polluted.name}: ${(error as Error).message}\n${polluted.text}`);
    }
  }
  assert.ok(wrong.length === 0, `${wrong.length} wrong\n${wrong.slice(0, 5).join("\n")}`);
  return found;
}

Deno.test("the clean table loses nothing", async () => {
  for (const writing of WRITINGS) {
    const run = await runOf(dialectText(TABLE, { ...PLAIN_WRITING, ...writing }));
    assert.deepEqual(summaryOf(run).toSorted(), SUMMARY.toSorted());
  }
});

for (const writing of WRITINGS) {
  const { delimiter, quote, quotesAll } = writing;
  const name = `${JSON.stringify(delimiter)} and ${quote} around ${
    quotesAll ? "each cell" : "some"
  }`;
  Deno.test(`with ${name}: a delimiter or quote too many or too few costs its row alone, in any row and column`, async () => {
    const { kept, lost } = await checkAll(pollutedCells(TABLE, writing));
    console.log(`${name}: ${kept + lost} files, ${kept} lose nothing`);
    assert.ok(kept > 0 && lost > 0);
  });
}

Deno.test("a row between other delimiters, quotes or escapes costs itself alone", async () => {
  for (const delimiter of [",", ";", "\t", "|"] as const) {
    await checkAll(pollutedRows(TABLE, delimiter));
  }
});

const PREAMBLE = ["Sales report, Q3; final", "", '"Made" by: Ann\'s team | 2024', "Currency: EUR"];

Deno.test("other delimiters, quotes, escapes, line ends and lines above the header cost nothing", async () => {
  let files = 0;
  for (const delimiter of [",", ";", "\t", "|"] as const) {
    for (const quote of ['"', "'"] as const) {
      for (const escape of ["doubled", "backslash"] as const) {
        for (const newline of ["\n", "\r\n", "\r"] as const) {
          for (let titles = 0; titles <= PREAMBLE.length; titles++) {
            const isPlainHeader = delimiter === "," && quote === '"' && titles === 0;
            if (isPlainHeader && escape === "backslash") continue; // plain by its header: an option must say it
            const text = dialectText(TABLE, {
              ...PLAIN_WRITING,
              ...{ delimiter, quote, escape, newline },
              quotesAll: quote === "'",
              preamble: PREAMBLE.slice(0, titles),
            });
            for (const file of [text, text.slice(0, -newline.length)]) {
              files++;
              const run = await runOf(file);
              const name = JSON.stringify({ delimiter, quote, escape, newline, titles });
              assert.deepEqual(rejectedLines(run), [], name);
              assert.deepEqual(summaryOf(run).toSorted(), SUMMARY.toSorted(), name);
            }
          }
        }
      }
    }
  }
  console.log(`${files} files`);
});

Deno.test("the header again, once or more, behind any row, costs nothing", async () => {
  for (let times = 1; times <= 3; times++) {
    for (let row = 0; row <= ROWS; row++) {
      const table = TABLE.toSpliced(row + 1, 0, ...Array(times).fill(TABLE[0]));
      const run = await runOf(dialectText(table, { ...PLAIN_WRITING, delimiter: ";" }));
      assert.deepEqual(rejectedLines(run), []);
      assert.deepEqual(run.result.counts.skipped_by_kind, { "repeated-header": times });
      assert.deepEqual(summaryOf(run).toSorted(), SUMMARY.toSorted());
    }
  }
});

Deno.test("a second table with other columns loses its own rows alone, wherever the first one is cut", async () => {
  const other = [["id", "name", "city"], ["1", "Ann", "Bonn"], ["2", "Bob", "Rome, GA"]];
  for (const gap of ["", "\n", "\n\n"]) {
    for (let rows = 1; rows <= ROWS; rows++) {
      const first = dialectText(TABLE.slice(0, rows + 1), PLAIN_WRITING) + gap;
      const run = await runOf(first + dialectText(other, PLAIN_WRITING));
      const line = first.split("\n").length;
      assert.deepEqual(rejectedLines(run), [line, line + 1, line + 2]);
      assert.deepEqual(summaryOf(run).toSorted(), SUMMARY.slice(0, rows).toSorted());
    }
  }
});
