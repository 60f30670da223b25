/** Keeps the rows of one segment that exceed the threshold, where it has to be read again. */
import { OperatingError } from "../../domain/errors.ts";
import { Cleaner } from "../clean/clean.ts";
import type { Header } from "../header/header.ts";
import type { CsvRecord } from "../parse/record.ts";
import type { RunContext } from "../run/run_context.ts";
import type { SorterContext } from "../run/sorter.ts";
import { CandidateStore, type Part } from "./candidate_store.ts";
import { Candidates, type Segment } from "./candidates.ts";
import { FaultyRecords } from "./faulty_records.ts";
import type { Kernel } from "./kernel.ts";
import type { Reading } from "./reading.ts";
import type { Visitor } from "./record_walk.ts";

export class DetectVisitor implements Visitor {
  readonly takesFaulty = true;
  isPrepared: boolean;
  readonly #header: Header;
  readonly #kernel: Kernel;
  readonly #cleaner: Cleaner;
  readonly #threshold: number;
  readonly #expected: Segment;
  readonly #candidates: Candidates;
  readonly #clock: RunContext["clock"];
  readonly #faulty: FaultyRecords;
  /** Rows of this call that were looked at. */
  #detected = 0;

  constructor(
    { run, clock }: Pick<SorterContext, "run" | "clock">,
    kernel: Kernel,
    reading: Reading,
    header: Header,
    threshold: number,
    expected: Segment,
  ) {
    this.#kernel = kernel;
    this.#cleaner = new Cleaner(header, run.options, reading.formats);
    this.#threshold = threshold;
    this.#expected = expected;
    this.#clock = clock;
    this.#candidates = new Candidates(threshold, new CandidateStore(Infinity));
    this.isPrepared = expected.start !== null;
    this.#header = header;
    this.#faulty = new FaultyRecords(kernel, header.columns.length, reading.syntax);
    kernel.stopAtChanged(0);
  }

  /** @throws {OperatingError} `input-damaged` if there were not as many rows as the first time */
  found(): { store: CandidateStore; parts: readonly Part[] } {
    this.#candidates.end();
    const { store, segments: [{ parts, accepted }] } = this.#candidates;
    if (accepted === this.#expected.accepted) return { store, parts };
    throw new OperatingError(
      "input-damaged",
      "The stored input changed while it was read. Upload the file again.",
    );
  }

  window(): void {}

  enter(): boolean {
    return true;
  }

  rows(rows: number, shift: number): number {
    const kernel = this.#kernel;
    const { faulty } = kernel;
    const done = kernel.rowsBeforeTotals(rows);
    let plain = done;
    for (let i = 0; i < faulty;) {
      const row = kernel.faultyRow(i);
      if (row >= done) break;
      const rejected = kernel.reject(i, done, 0, 0); // what it writes is written already
      if (rejected === 0) {
        this.#detect(row);
        this.record(this.#faulty.read(row, shift));
      }
      i += Math.max(rejected, 1);
      plain -= Math.max(rejected, 1);
    }
    this.#candidates.accept(plain);
    this.#detect(done);
    this.#detected = 0;
    this.#clock.lap("detect");
    return done;
  }

  /** Keep the candidates before this row. */
  #detect(to: number): void {
    while (this.#detected < to) {
      this.#detected = this.#kernel.detect(this.#detected, to, this.#threshold);
      this.#candidates.keep(this.#kernel.candidates);
    }
  }

  record(record: CsvRecord): boolean {
    if (record.blank) return true;
    if (!this.isPrepared) {
      const { line } = this.#header;
      this.isPrepared = line === null || record.line >= line;
      if (line !== null) return true; // that was it, or above it
    }
    if (this.#cleaner.clean(record) !== "accepted") return true;
    this.#candidates.accept(1);
    const { revPerUnit } = this.#cleaner.row;
    if (revPerUnit > this.#threshold) {
      const { text, textStart, textEnd, line } = record;
      this.#candidates.keepRecord(revPerUnit, line, text.subarray(textStart, textEnd));
    }
    return true;
  }
}
