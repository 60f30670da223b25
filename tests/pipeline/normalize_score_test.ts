/** How much of a table is left when normalize has written it anew, in cells (`tests/support/table_score.ts` defines the score). */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { InputError } from "../../src/domain/errors.ts";
import { normalize } from "../../src/pipeline/normalize/normalize.ts";
import { parseUploadOptions } from "../../src/routes/upload_options.ts";
import { corpus } from "../fixtures/corpus.ts";
import type { Fixture } from "../fixtures/fixture.ts";
import { memorySource } from "../support/memory_artifacts.ts";
import { pollutedCells, pollutedRows, type Table } from "../support/pollution.ts";
import { recordsOf } from "../support/records.ts";
import { type TableScore, tableScore } from "../support/table_score.ts";

/** What files must reach whose damage can be undone. */
const F1_MIN = 0.999;

async function normalized(
  file: Uint8Array,
  hints: Parameters<typeof normalize>[1] = {},
): Promise<string[][]> {
  const parts: Uint8Array[] = [];
  for await (const chunk of normalize(memorySource(file).open(), hints).bytes) {
    parts.push(chunk.slice());
  }
  const rows = recordsOf(Buffer.concat(parts));
  assert.ok(rows.every(Array.isArray), "what was written isn't plain");
  return rows as string[][];
}

function cellsOf(rows: Table): number {
  return rows.reduce((sum, row) => sum + row.length, 0);
}

/** The lowest F1 and the mean, for the record. */
class Scores {
  #sum = 0;
  #files = 0;
  #least = 1;

  add({ f1 }: TableScore): void {
    this.#sum += f1;
    this.#files++;
    this.#least = Math.min(this.#least, f1);
  }

  toString(): string {
    const mean = (this.#sum / this.#files).toFixed(5);
    return `${this.#files} files, F1 at least ${this.#least.toFixed(5)}, on average ${mean}`;
  }
}

Deno.test("the score of a table is 1 for itself, and falls by what is missing, wrong or too many", () => {
  const table = [["a", "b"], ["1", "2"], ["3", "4"]];
  const f1 = (found: Table) => tableScore(found, table).f1;
  assert.equal(f1(table), 1);
  assert.equal(f1([]), 0);
  assert.equal(f1(table.slice(1)), 2 * 4 / (4 + 6));
  assert.equal(f1([...table, ["5"]]), 2 * 6 / (7 + 6));
  assert.equal(f1([["a", "b"], ["", "1", "2"], ["3", "4"]]), 2 * 6 / (7 + 6));
  assert.equal(f1([["a", "b"], ["1", "x"], ["3", "4"]]), 2 * 5 / (6 + 6));
  assert.equal(f1([["3", "4"], ["a", "b"], ["1", "2"]]), 2 * 4 / (6 + 6));
});

/** Whether all that is wrong is how the table is written, and what stands above it. */
function isUndoable({ entries }: Fixture): boolean {
  const columns = entries.find(({ fate }) => fate.kind === "header")?.cells?.length;
  return entries.every(({ cells, fate, touched, inFile, text = "" }) => {
    if (cells !== null) return touched === undefined && inFile === undefined;
    // What is written as a row is one to whoever knows no schema.
    const isRow = text.split(",").length === columns && !text.includes(", ");
    return fate.kind === "skipped" && (fate.as === "blank" || fate.as === "preamble") && !isRow;
  });
}

Deno.test("files of the corpus: all cells of those whose damage can be undone, all untouched ones of the others", async () => {
  const undone = new Scores();
  const others = new Scores();
  const wrong: string[] = [];
  for (const file of corpus()) {
    const { expected, entries, name, table } = file;
    if (expected.refused !== undefined) continue;
    const { hints } = parseUploadOptions(Object.entries(expected.options), {
      filename: name,
      k: 2,
    });
    const rows = entries.flatMap(({ cells }) => cells === null ? [] : [cells]);
    const touched = entries.reduce((sum, entry) => sum + (entry.touched?.length ?? 0), 0);
    try {
      const score = tableScore(await normalized(table, hints), rows);
      (isUndoable(file) ? undone : others).add(score);
      if (isUndoable(file)) assert.ok(score.f1 >= F1_MIN, `F1 ${score.f1}`);
      else {
        const untouched = cellsOf(rows) - touched;
        assert.ok(score.right >= untouched, `${score.right} cells are right of ${untouched}`);
      }
    } catch (error) {
      wrong.push(`${name}: ${(error as Error).message}`);
    }
  }
  console.log(`can be undone: ${undone}; others: ${others}`);
  assert.ok(wrong.length === 0, `${wrong.length} wrong\n${wrong.join("\n")}`);
});

/** Columns that no schema knows. */
const TABLE: Table = [
  ["Ort", "note", "Wert", "Datum"],
  ["Köln", "Widget, large; blue", "1200.50", "2024-01-05"],
  ["Bonn", 'size 5" x 4"', "2400", ""],
  ["Rome, GA", "two\nlines, of text", "9", "2024-02-01"],
  ["", "O'Neill | Co", "15000", "2024-02-03"],
  ...Array.from({ length: 6 }, (_, i) => [`City${i}`, `P${i}`, `${100 + i}`, "2024-03-01"]),
];

Deno.test("a delimiter or quote too many or too few, in any row and column, costs only the cells it touches", async () => {
  const scores = new Scores();
  const wrong: string[] = [];
  for (const delimiter of [",", ";", "\t", "|"] as const) {
    const files = [
      ...pollutedCells(TABLE, { delimiter, quote: '"', quotesAll: false }),
      ...pollutedCells(TABLE, { delimiter, quote: '"', quotesAll: true }),
      ...pollutedCells(TABLE, { delimiter, quote: "'", quotesAll: true }),
      ...pollutedRows(TABLE, delimiter),
    ];
    for (const polluted of files) {
      const score = tableScore(await normalized(new TextEncoder().encode(polluted.text)), TABLE);
      scores.add(score);
      const untouched = cellsOf(TABLE) - polluted.touched.length;
      if (score.right < untouched) {
        wrong.push(`${polluted.name}: ${score.right} of ${untouched}\n${polluted.text}`);
      }
    }
  }
  console.log(`${scores}`);
  assert.ok(wrong.length === 0, `${wrong.length} wrong\n${wrong.slice(0, 8).join("\n")}`);
});

Deno.test("what is refused by its beginning is refused by normalize too", async () => {
  for (const { name, bytes, expected } of corpus()) {
    const [fault] = expected.refused ?? [];
    // What comes compressed is judged by what it holds.
    if (fault?.code !== "not-csv" || /\.(gz|zst)$/.test(name)) continue;
    await assert.rejects(
      normalized(bytes),
      (error) => error instanceof InputError && error.faults[0].code === "not-csv",
      name,
    );
  }
});
