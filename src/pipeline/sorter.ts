/** Puts each record below the header in exactly one place: accepted, rejected or skipped. */
import type { TaskError } from "../domain/errors.ts";
import { Aggregate, type Aggregation } from "./aggregate.ts";
import type { ArtifactStream } from "./artifact_stream.ts";
import { ownColumns, writeReject } from "./artifacts.ts";
import { Budget } from "./budget.ts";
import { Cleaner } from "./clean.ts";
import type { Header } from "./header.ts";
import type { CsvRecord } from "./record.ts";
import type { RunContext } from "./run_context.ts";
import { noValidRows, type Position, tooManyBadRows, tooManyRegions } from "./task_failure.ts";

/** What a sorter needs of a run. */
export interface SorterContext extends Pick<RunContext, "limits" | "tally" | "clock"> {
  run: Pick<RunContext["run"], "options">;
}

export class Sorter {
  readonly header: Header;
  readonly cleaner: Cleaner;
  readonly aggregate: Aggregation;
  readonly rejects: ArtifactStream;
  readonly #context: SorterContext;
  readonly #budget: Budget;
  readonly #own: readonly number[];
  /** The block in which the last line began. */
  #block = 0;
  #records = 0;
  #lastRejected: Position = { line: 0, record: 0 };

  /** @param rejects where rejected rows go; the caller flushes and closes it */
  constructor(
    context: SorterContext,
    header: Header,
    rejects: ArtifactStream,
    aggregate: Aggregation = new Aggregate(context.limits.regionsMax),
  ) {
    const { run, limits } = context;
    this.#context = context;
    this.header = header;
    this.rejects = rejects;
    this.cleaner = new Cleaner(header, run.options);
    this.aggregate = aggregate;
    this.#budget = new Budget(run.options, limits.badRatioRowsMin);
    this.#own = ownColumns(header);
  }

  /** Say that the next record or blank line begins at this offset; why the task fails there, if it does. */
  enter(offset: number): TaskError | null {
    const { limits, tally } = this.#context;
    const block = Math.floor(offset / limits.blockBytes);
    if (block === this.#block) return null;
    this.#block = block;
    return this.#overBudget(this.#budget.afterBlock(tally));
  }

  /** Records so far, those that were skipped left out. */
  get records(): number {
    return this.#records;
  }

  /** Count rows that were accepted and aggregated elsewhere. */
  count(rows: number): void {
    this.#records += rows;
    this.#context.tally.rowsAccepted += rows;
  }

  /** Why the task fails with the next record, which is on this line and would make one region too many. */
  oneRegionTooMany(line: number): TaskError {
    return tooManyRegions(this.#context.limits.regionsMax, { line, record: this.#records + 1 });
  }

  /** Sort the next record or blank line in; or say why the task fails here, with the record left out. */
  take(record: CsvRecord): TaskError | null {
    const { tally, clock } = this.#context;
    const error = this.enter(record.offset);
    if (error !== null) return error;
    if (record.blank) {
      tally.skip("blank");
      return null;
    }
    const verdict = this.cleaner.clean(record);
    clock.lap("clean");
    if (verdict === "accepted") {
      if (!this.aggregate.add(record.bytes, this.cleaner.row)) {
        return this.oneRegionTooMany(record.line);
      }
      this.#records++;
      tally.accept();
      clock.lap("aggregate");
    } else if (verdict === "rejected") this.#reject(record);
    else tally.skip(verdict);
    return null;
  }

  /** Look at what is looked at after the last block: why the task fails with its whole input read, if it does. */
  end(): { error: TaskError | null; complete: boolean } {
    const { tally } = this.#context;
    const lastBlock = this.#overBudget(this.#budget.afterBlock(tally));
    if (lastBlock !== null) return { error: lastBlock, complete: false };
    const error = this.#overBudget(this.#budget.atEnd(tally));
    if (error !== null) return { error, complete: true };
    return { error: tally.rowsAccepted === 0 ? noValidRows(tally) : null, complete: true };
  }

  #reject(record: CsvRecord): void {
    const { limits, tally } = this.#context;
    const { rejection } = this.cleaner;
    this.#lastRejected = { line: record.line, record: ++this.#records };
    tally.reject(rejection.code);
    writeReject(this.rejects, this.#own, record, this.#records, rejection, limits.rawBytesMax);
    this.rejects.endRow();
  }

  #overBudget(excess: string | null): TaskError | null {
    if (excess === null) return null;
    return tooManyBadRows(this.#context.tally, excess, this.#lastRejected);
  }
}
