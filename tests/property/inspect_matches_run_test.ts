/**
 * What is shown of a file before a run, held against the run: the same rows, read the same, on generated files and on the
 * corpus, whole and cut anywhere.
 */
import assert from "node:assert/strict";
import type { DialectHints } from "../../src/domain/dialect.ts";
import { InputError } from "../../src/domain/errors.ts";
import { INSPECT_ROWS_MAX } from "../../src/domain/limits.ts";
import type { TaskOptions } from "../../src/domain/options.ts";
import { excerpt } from "../../src/pipeline/text/excerpt.ts";
import { inspect } from "../../src/pipeline/inspect/inspect.ts";
import type { Inspection } from "../../src/pipeline/inspect/inspection.ts";
import type { InspectedRow } from "../../src/pipeline/inspect/inspected_rows.ts";
import { IntakeCheck } from "../../src/pipeline/intake_check.ts";
import { corpus } from "../fixtures/corpus.ts";
import { termsOf } from "../support/front_door.ts";
import { type FinishedRun, runFile } from "../support/pipeline_run.ts";
import { recordsOf } from "../support/records.ts";
import { Dice } from "./dice.ts";
import { asLiteral } from "./file_text.ts";
import { caseNumbers, CASES, ONLY_CASE, SEED } from "./settings.ts";
import { makeCase } from "./test_case.ts";

/** Each is run and inspected twice: a fifth of the others' cases takes as long. */
const SHARE = 5;

interface Case {
  bytes: Uint8Array;
  options: TaskOptions;
  /** As the intake check has it. */
  dialect: ReturnType<IntakeCheck["finish"]>;
}

/** A file that an upload with these options takes; null of one that is refused. */
function accepted(
  bytes: Uint8Array,
  chosen: TaskOptions,
  hints: DialectHints = {},
): Case | null {
  const options: TaskOptions = { ...chosen, cleaned: true };
  const check = new IntakeCheck(options, hints);
  try {
    check.push(bytes);
    return { bytes, options, dialect: check.finish() };
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

async function inspected(
  { bytes, options, dialect }: Case,
  length = bytes.length,
): Promise<Inspection> {
  const isWhole = length === bytes.length;
  const reading = await inspect({ bytes: bytes.slice(0, length), isWhole }, dialect, options);
  for (;;) {
    const { done, value } = reading.next();
    if (done) return value;
  }
}

/** A row as an artifact of a run has it, in the words of an inspection. */
type RunRow = Pick<InspectedRow, "line" | "record" | "cells" | "reject">;

/** The rows of a run; what its artifacts don't tell of the accepted ones, their place, is null. */
function rowsOfRun(run: FinishedRun): { accepted: string[][]; rejected: RunRow[] } {
  const [, ...rejects] = recordsOf(run.artifacts.text("rejects")) as string[][];
  const rejected = rejects.map((cells): RunRow => {
    const [line, record, code, field, value, message, errors, raw] = cells.slice(-8);
    return {
      line: Number(line),
      record: Number(record),
      cells: cells.slice(0, -8).map(excerpt),
      reject: {
        code: code as "type-error",
        field,
        value: excerpt(value),
        message,
        errors: Number(errors),
        raw: excerpt(raw),
      },
    };
  });
  const isCompleted = run.result.artifacts.some(({ kind }) => kind === "cleaned");
  const [, ...accepted] = isCompleted
    ? recordsOf(run.artifacts.text("cleaned")) as string[][]
    : [[]];
  return { accepted: accepted.map((cells) => cells.map(excerpt)), rejected };
}

/** The own columns of a row that is shown, as many as the run's artifact has. */
function ownCells({ columns }: Inspection, { cells }: InspectedRow): string[] {
  return columns.flatMap(({ use }, i) => use === "ignored" ? [] : [cells[i] ?? ""]);
}

/** @throws {Error} unless each row that is shown is the run's at its place */
function assertSameRows(shown: Inspection, run: FinishedRun): void {
  const { accepted, rejected } = rowsOfRun(run);
  const rows = shown.rows.map((row) => ({ ...row, cells: ownCells(shown, row) }));
  const rejectsShown = rows.filter(({ reject }) => reject !== null);
  assert.deepEqual(rejectsShown, rejected.slice(0, rejectsShown.length));
  if (!run.result.artifacts.some(({ kind }) => kind === "cleaned")) return;
  const acceptedShown = rows.filter(({ reject }) => reject === null).map(({ cells }) => cells);
  assert.deepEqual(acceptedShown, accepted.slice(0, acceptedShown.length));
  // Records are numbered without gaps, so what isn't rejected is accepted, in its place.
  rows.forEach(({ record }, i) => assert.equal(record, i + 1));
}

function marksOf({ columns }: Inspection): unknown {
  return columns.map(({ decimal_mark }) => decimal_mark);
}

/** How many files there were of each kind that the tests are about. */
class Seen {
  readonly cases = { whole: 0, cut: 0, rejects: 0, skipped: 0, failed: 0 };

  /** Compare one file with its run, whole and cut. */
  async compare(made: Case, dice: Dice): Promise<void> {
    const { bytes, options, dialect } = made;
    const input = { bytes: bytes.length, sha256: "00".repeat(32), dialect };
    const run = await runFile(bytes, { options, run: { input } });
    const whole = await inspected(made);
    assertSameRows(whole, run);
    const { regions: _, anomalies: __, ...counts } = run.result.counts;
    assert.deepEqual(whole.counts, counts);
    assert.deepEqual(whole.error, run.error);
    assert.equal(whole.rows.length, Math.min(INSPECT_ROWS_MAX, counts.rows_total));
    const { changes, skipped, warnings } = JSON.parse(run.artifacts.text("report"));
    assert.deepEqual([whole.changes, whole.skipped], [changes, skipped]);
    const ofNumbers = ["decimal-mark-assumed", "mixed-currencies"];
    assert.deepEqual(
      whole.warnings,
      warnings.filter(({ code }: { code: string }) => ofNumbers.includes(code)),
    );
    this.cases.whole++;
    if (whole.rows.some(({ reject }) => reject !== null)) this.cases.rejects++;
    if (whole.skipped.length > 0) this.cases.skipped++;
    if (run.error !== null) this.cases.failed++;

    const length = dice.whole(bytes.length >> 1, bytes.length - 1);
    const part = await inspected(made, length).catch((error) => {
      // The header itself was cut.
      if (error instanceof InputError) return null;
      throw error;
    });
    // A mark may have been proved by what was cut, and a header too.
    const isAlike = JSON.stringify(part && marksOf(part)) === JSON.stringify(marksOf(whole));
    if (part === null || !isAlike) return;
    assertSameRows(part, run);
    assert.equal(part.complete, false);
    this.cases.cut++;
  }

  assertAll(): void {
    for (const [what, cases] of Object.entries(this.cases)) {
      assert.ok(cases > 5, `too few are ${what}`);
    }
  }
}

Deno.test("what is shown of a generated file is what its run makes of it", async () => {
  const numbers = caseNumbers(Math.ceil(CASES / SHARE));
  const seen = new Seen();
  for (const number of numbers) {
    const { bytes, options } = makeCase(SEED, number);
    const made = accepted(bytes, options);
    if (made === null) continue;
    await seen.compare(made, new Dice(SEED, number)).catch((difference) => {
      const how = `DATATASKER_TEST_SEED=${SEED} DATATASKER_TEST_CASE=${number}`;
      const file = `options ${JSON.stringify(made.options)} file ${asLiteral(bytes)}`;
      throw new Error(`${how} ${file}\n${difference}`, { cause: difference });
    });
  }
  console.log(`seed ${SEED}: ${JSON.stringify(seen.cases)}`);
  if (ONLY_CASE === null) seen.assertAll();
});

Deno.test("what is shown of a file of the corpus is what its run makes of it", async () => {
  const seen = new Seen();
  for (const [number, { name, table, expected }] of corpus().entries()) {
    const { options, hints } = termsOf(expected.options);
    const made = accepted(table, options, hints);
    if (made === null) continue;
    await seen.compare(made, new Dice(SEED, number)).catch((difference) => {
      throw new Error(`${name}: ${difference}`, { cause: difference });
    });
  }
  assert.ok(seen.cases.whole > 150 && seen.cases.cut > 100, JSON.stringify(seen.cases));
});
