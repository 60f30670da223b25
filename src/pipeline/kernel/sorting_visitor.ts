/** Puts the records of a walk where they belong: plain rows are aggregated by the kernel, the others go through the sorter. */
import type { TaskError } from "../../domain/errors.ts";
import type { CsvRecord } from "../parse/record.ts";
import type { Sorter, SorterContext } from "../run/sorter.ts";
import type { Candidates } from "./candidates.ts";
import type { Kernel } from "./kernel.ts";
import type { KernelAggregate } from "./kernel_aggregate.ts";
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

  /** @param sorter one with this aggregate and of this context */
  constructor(
    kernel: Kernel,
    sorter: Sorter,
    aggregate: KernelAggregate,
    candidates: Candidates,
    context: SorterContext,
  ) {
    this.#kernel = kernel;
    this.sorter = sorter;
    this.#aggregate = aggregate;
    this.#candidates = candidates;
    this.#context = context;
    kernel.stopAtTrimmed(sorter.changes.sampling);
  }

  window(): void {}

  enter(offset: number): boolean {
    return this.#goOn(this.sorter.enter(offset));
  }

  rows(rows: number): number {
    const { clock } = this.#context;
    const candidates = this.#candidates;
    const done = this.#aggregate.addRows(rows);
    this.sorter.count(done);
    this.kernelRows += done;
    this.sorter.changes.addTrimmed(this.#kernel.trimmed);
    candidates.accept(done);
    clock.lap("aggregate");
    const { bound } = candidates;
    for (let row = 0; row < done;) {
      row = this.#kernel.detect(row, done, bound);
      candidates.keep(this.#kernel.candidates);
    }
    clock.lap("detect");
    // Whether the next row is a totals row or one region too many is for the plain engine to say.
    return done;
  }

  record(record: CsvRecord): boolean {
    const { tally } = this.#context;
    const acceptedBefore = tally.rowsAccepted;
    const error = this.sorter.take(record);
    if (tally.rowsAccepted > acceptedBefore) {
      this.#kernel.stopAtTrimmed(this.sorter.changes.sampling);
      this.#candidates.accept(1);
      const { revPerUnit } = this.sorter.cleaner.row;
      if (revPerUnit > this.#candidates.bound) {
        const { text, textStart, textEnd, line } = record;
        this.#candidates.keepRecord(revPerUnit, line, text.subarray(textStart, textEnd));
      }
    }
    return this.#goOn(error);
  }

  #goOn(error: TaskError | null): boolean {
    this.error = error;
    return error === null;
  }
}
