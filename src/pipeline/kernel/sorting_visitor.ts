/**
 * Puts the records of a walk where they belong: plain rows are aggregated by the kernel, the others go through the sorter.
 *
 * Among the rows of a call stand faulty records. The rows before one are counted and looked at for candidates before it is sorted, so that
 * all goes by the order of the file; only sums don't, which are exact.
 */
import type { TaskError } from "../../domain/errors.ts";
import { COUNTED_CHANGES } from "../clean/changes.ts";
import type { CsvRecord } from "../parse/record.ts";
import type { Sorter, SorterContext } from "../run/sorter.ts";
import type { Candidates } from "./candidates.ts";
import { CurrencyVote } from "./currency_vote.ts";
import { FaultyRecords } from "./faulty_records.ts";
import type { Kernel } from "./kernel.ts";
import type { KernelAggregate } from "./kernel_aggregate.ts";
import { ROWS_MAX } from "./memory_layout.ts";
import { KernelRejects } from "./kernel_rejects.ts";
import type { Reading } from "./reading.ts";
import type { Visitor } from "./record_walk.ts";

export class SortingVisitor implements Visitor {
  readonly isPrepared = true;
  readonly sorter: Sorter;
  /** Why the task fails. */
  error: TaskError | null = null;
  /** Rows that the kernel took. */
  kernelRows = 0;
  readonly #kernel: Kernel;
  readonly #aggregate: KernelAggregate;
  readonly #candidates: Candidates;
  readonly #context: SorterContext;
  readonly #faulty: FaultyRecords;
  readonly #rejects: KernelRejects;
  readonly #currencyVote: CurrencyVote;
  /** Rows of this call that were looked at for candidates. */
  #detected = 0;

  /** @param sorter one with this aggregate and of this context */
  constructor(
    kernel: Kernel,
    sorter: Sorter,
    aggregate: KernelAggregate,
    candidates: Candidates,
    context: SorterContext,
    reading: Reading,
  ) {
    this.#kernel = kernel;
    this.sorter = sorter;
    this.#aggregate = aggregate;
    this.#candidates = candidates;
    this.#context = context;
    this.#faulty = new FaultyRecords(kernel, sorter.header.columns.length, reading.syntax);
    this.#rejects = new KernelRejects(kernel, sorter);
    this.#currencyVote = new CurrencyVote(kernel.currency); // what other segments of this thread came to
    this.#prepareKernel();
  }

  window(): void {}

  enter(offset: number): boolean {
    return this.#goOn(this.sorter.enter(offset));
  }

  /** The region of a faulty record is found after those of the rows behind it, so none of them may be one too many. */
  get takesFaulty(): boolean {
    return this.#aggregate.hasRoomFor(ROWS_MAX);
  }

  rows(rows: number, shift: number): number {
    const { clock } = this.#context;
    const kernel = this.#kernel;
    const { faulty } = kernel;
    const done = this.#aggregate.addRows(rows);
    this.#addChanged();
    clock.lap("aggregate");
    let next = 0;
    this.#rejects.begin();
    for (let i = 0; i < faulty;) {
      const row = kernel.faultyRow(i);
      if (row >= done) break;
      this.#count(next, row);
      const rejected = this.#rejects.take(i, done);
      if (rejected > 0) {
        i += rejected;
        next = kernel.faultyRow(i - 1) + 1;
        this.kernelRows += rejected;
        this.#count(row, next - rejected);
        continue;
      }
      if (!this.#sort(this.#faulty.read(row, shift), row)) {
        throw new Error("only whole blocks and new regions end a run");
      }
      next = row + 1;
      i++;
    }
    this.#count(next, done);
    this.#detect(done);
    this.#detected = 0;
    clock.lap("detect");
    // Whether the next row is a totals row or one region too many is for the plain engine to say.
    return done;
  }

  /** Count the rows in [from, to), which are aggregated. */
  #count(from: number, to: number): void {
    const rows = to - from;
    this.sorter.count(rows);
    this.kernelRows += rows;
    this.#candidates.accept(rows);
  }

  /** Keep the candidates before this row. */
  #detect(to: number): void {
    const { bound } = this.#candidates;
    while (this.#detected < to) {
      this.#detected = this.#kernel.detect(this.#detected, to, bound);
      this.#candidates.keep(this.#kernel.candidates);
    }
  }

  record(record: CsvRecord): boolean {
    return this.#sort(record, 0);
  }

  /** @param row rows before this one come before the record in the file */
  #sort(record: CsvRecord, row: number): boolean {
    const { tally } = this.#context;
    const acceptedBefore = tally.rowsAccepted;
    const error = this.sorter.take(record);
    if (tally.rowsAccepted > acceptedBefore) {
      this.#currencyVote.note(record, this.sorter.cleaner.columns);
      this.#prepareKernel();
      this.#candidates.accept(1);
      const { revPerUnit } = this.sorter.cleaner.row;
      if (revPerUnit > this.#candidates.bound) {
        this.#detect(row);
        const { text, textStart, textEnd, line } = record;
        this.#candidates.keepRecord(revPerUnit, line, text.subarray(textStart, textEnd));
      }
    }
    return this.#goOn(error);
  }

  /** Count the changes of rows that were aggregated. */
  #addChanged(): void {
    const { changed, currency } = this.#kernel;
    this.sorter.changes.addCounted(changed, currency.name);
    let amounts = 0;
    for (let i = 0; i < changed.length; i++) {
      if (COUNTED_CHANGES[i].isCurrency) amounts += changed[i];
    }
    this.#currencyVote.add(amounts);
  }

  /** Tell the kernel both at once: it may count a currency only in columns in which that is known. */
  #prepareKernel(): void {
    const { form } = this.#currencyVote;
    this.#kernel.setCurrency(form);
    this.#kernel.stopAtChanged(this.sorter.changes.sampling(form.name));
  }

  #goOn(error: TaskError | null): boolean {
    this.error = error;
    return error === null;
  }
}
