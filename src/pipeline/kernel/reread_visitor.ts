/** Takes the accepted rows of an input, or of a segment of one, that was read before: those of the kernel many at a time, the others one by one. */
import { Cleaner } from "../clean/clean.ts";
import type { Header } from "../header/header.ts";
import type { CsvRecord } from "../parse/record.ts";
import type { SorterContext } from "../run/sorter.ts";
import type { Stage } from "../run/stage_clock.ts";
import { FaultyRecords } from "./faulty_records.ts";
import type { Kernel } from "./kernel.ts";
import type { Reading } from "./reading.ts";
import type { Visitor } from "./record_walk.ts";

/** What becomes of the rows. */
export interface RowTaker {
  /** Take the kernel's rows in [from, to); the kernel itself leaves out the faulty records among them. */
  rows(from: number, to: number): void;
  /** Take an accepted row of which the cleaner has just read the record. */
  record(record: CsvRecord, cleaner: Cleaner): void;
}

/** What it needs of a run. */
export type RereadContext = Pick<SorterContext, "clock"> & {
  run: Pick<SorterContext["run"], "options">;
};

export class RereadVisitor implements Visitor {
  readonly takesFaulty = true;
  isPrepared: boolean;
  /** Rows that were taken. */
  accepted = 0;
  readonly #clock: SorterContext["clock"];
  readonly #stage: Stage;
  readonly #kernel: Kernel;
  readonly #cleaner: Cleaner;
  readonly #header: Header;
  readonly #faulty: FaultyRecords;
  readonly #taker: RowTaker;
  /** Rows of this call that were taken or passed. */
  #done = 0;

  /**
   * @param isBelowHeader whether the walk begins below the header; else at the start of the file
   * @param stage what taking a row counts as in the timings
   */
  constructor(
    { run, clock }: RereadContext,
    kernel: Kernel,
    reading: Reading,
    header: Header,
    isBelowHeader: boolean,
    stage: Stage,
    taker: RowTaker,
  ) {
    this.#clock = clock;
    this.#stage = stage;
    this.#kernel = kernel;
    this.#cleaner = new Cleaner(header, run.options, reading.formats);
    this.#header = header;
    this.#faulty = new FaultyRecords(kernel, header.columns.length, reading.syntax);
    this.#taker = taker;
    this.isPrepared = isBelowHeader;
    kernel.stopAtChanged(0);
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
        this.#takeRows(row);
        this.record(this.#faulty.read(row, shift));
      }
      i += Math.max(rejected, 1);
      plain -= Math.max(rejected, 1);
    }
    this.accepted += plain;
    this.#takeRows(done);
    this.#done = 0;
    this.#clock.lap(this.#stage);
    return done;
  }

  #takeRows(to: number): void {
    if (this.#done < to) this.#taker.rows(this.#done, to);
    this.#done = to;
  }

  record(record: CsvRecord): boolean {
    if (record.blank) return true;
    if (!this.isPrepared) {
      const { line } = this.#header;
      this.isPrepared = line === null || record.line >= line;
      if (line !== null) return true; // that was it, or above it
    }
    if (this.#cleaner.clean(record) !== "accepted") return true;
    this.accepted++;
    this.#taker.record(record, this.#cleaner);
    return true;
  }
}
