/**
 * Puts each record below the header in exactly one place: accepted, rejected or skipped.
 *
 * Lone records wait (`aside.ts`): what follows decides them, before it is itself counted. So rows keep the order of the file.
 */
import type { TaskError } from "../../domain/errors.ts";
import type { RejectCode, SkipKind } from "../../domain/report.ts";
import { Aggregate, type Aggregation } from "../aggregate/aggregate.ts";
import type { ArtifactStream } from "../artifacts/artifact_stream.ts";
import { ownColumns, writeReject } from "../artifacts/artifacts.ts";
import { Aside, type AsideState, type Decider, keptRecord, type Lone, skippedAs } from "./aside.ts";
import { Budget } from "./budget.ts";
import { Changes } from "../clean/changes.ts";
import { Cleaner, type Rejection } from "../clean/clean.ts";
import type { Header } from "../header/header.ts";
import { loneText } from "../clean/lone_record.ts";
import type { CsvRecord } from "../parse/record.ts";
import type { RunContext } from "./run_context.ts";
import { noValidRows, type Position, tooManyBadRows, tooManyRegions } from "./task_failure.ts";

/** What a sorter needs of a run. */
export interface SorterContext extends Pick<RunContext, "limits" | "tally" | "clock"> {
  run: Pick<RunContext["run"], "options">;
  numbers: Pick<RunContext["numbers"], "formats">;
}

/** Told of each row in the order of the file; a record is valid until the call returns. */
export interface SorterWatch {
  accepted(record: CsvRecord, number: number): void;
  rejected(record: CsvRecord, number: number, rejection: Rejection): void;
}

export class Sorter {
  readonly header: Header;
  readonly cleaner: Cleaner;
  readonly aggregate: Aggregation;
  readonly changes = new Changes();
  readonly rejects: ArtifactStream;
  /** Faulty cells by code, over all rejected rows; a fault of a whole row counts as one. */
  readonly errorsByCode = new Map<RejectCode, number>();
  /** For those who show rows one by one. */
  watch: SorterWatch | null = null;
  readonly #context: SorterContext;
  readonly #budget: Budget;
  readonly #own: readonly number[];
  readonly #aside: Aside;
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
    this.cleaner = new Cleaner(header, run.options, context.numbers.formats);
    this.aggregate = aggregate;
    this.#budget = new Budget(run.options, limits.badRatioRowsMin);
    this.#own = ownColumns(header);
    this.#aside = new Aside(limits.asideRecordsMax);
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
    if (rows > 0) this.#decide("row");
    this.#records += rows;
    this.#context.tally.rowsAccepted += rows;
  }

  /** Whether lone records wait for what follows them. Until they are decided, each record has to come here. */
  get isWaiting(): boolean {
    return this.#aside.isWaiting;
  }

  /**
   * Count rows that were rejected and written elsewhere.
   *
   * @param rows how many have each code
   * @param cells how many of their cells have each code
   * @param last where the last of the rows stands
   */
  countRejected(
    rows: readonly (readonly [RejectCode, number])[],
    cells: readonly (readonly [RejectCode, number])[],
    last: Position,
  ): void {
    this.#decide("row");
    for (const [code, count] of rows) {
      this.#records += count;
      if (count > 0) this.#context.tally.reject(code, count);
    }
    for (const [code, count] of cells) if (count > 0) this.#countErrors(code, count);
    this.#lastRejected = last;
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
      this.#skip("blank", record.line);
      return null;
    }
    const verdict = this.cleaner.clean(record);
    clock.lap("clean");
    if (verdict === "accepted") {
      this.#decide("row");
      if (!this.aggregate.add(record.bytes, this.cleaner.row)) {
        return this.oneRegionTooMany(record.line);
      }
      this.#records++;
      tally.accept();
      if (this.cleaner.hasChanges) {
        this.changes.add(record, this.cleaner.columns, this.#records);
      }
      this.watch?.accepted(record, this.#records);
      clock.lap("aggregate");
    } else if (verdict === "rejected") this.#takeRejected(record);
    else {
      if (verdict === "repeated-header") this.#decide(verdict);
      this.#skip(verdict, record.line);
    }
    return null;
  }

  /** What this sorter can't decide of lone records, as the sorter of a part of the file. */
  get undecided(): AsideState {
    return this.#aside.state();
  }

  /** Before anything of another sorter's part of the file is added: decide what is decided there. */
  decideFirst({ first, firstDecided }: AsideState): void {
    this.#becomeRows(this.#aside.makeRoom(first));
    if (firstDecided !== null) this.#decide(firstDecided);
  }

  /**
   * Once its rows are counted and written: add what is left of that part.
   *
   * @param records how many it has
   * @param linesBefore how many lines stand before it
   */
  append(records: number, { waiting }: AsideState, linesBefore: number): void {
    this.#records += records;
    for (const lone of waiting) {
      const record = { ...lone.record, line: lone.record.line + linesBefore };
      this.#becomeRows(this.#aside.add({ ...lone, record }));
    }
  }

  /** Look at what is looked at after the last block: why the task fails with its whole input read, if it does. */
  end(): { error: TaskError | null; complete: boolean } {
    const { tally } = this.#context;
    this.#decide("end");
    const lastBlock = this.#overBudget(this.#budget.afterBlock(tally));
    if (lastBlock !== null) return { error: lastBlock, complete: false };
    const error = this.#overBudget(this.#budget.atEnd(tally));
    if (error !== null) return { error, complete: true };
    return { error: tally.rowsAccepted === 0 ? noValidRows(tally) : null, complete: true };
  }

  #takeRejected(record: CsvRecord): void {
    const { rejection } = this.cleaner;
    const isShort = record.textEnd - record.textStart <= this.#context.limits.loneBytesMax;
    const text = record.fault === null && isShort ? loneText(record) : null;
    if (text === null) {
      this.#decide("row");
      this.#reject(record, rejection);
    } else this.#becomeRows(this.#aside.add({ record: keptRecord(record), rejection, text }));
  }

  /** Say what follows the lone records that wait. */
  #decide(by: Decider): void {
    for (const lone of this.#aside.decide(by)) {
      const kind = skippedAs(lone, by);
      if (kind === null) this.#reject(lone.record, lone.rejection);
      else this.#skip(kind, lone.record.line);
    }
  }

  #becomeRows(lone: readonly Lone[]): void {
    for (const { record, rejection } of lone) this.#reject(record, rejection);
  }

  #skip(kind: SkipKind, line: number): void {
    this.#context.tally.skip(kind, line);
  }

  #reject(record: CsvRecord, rejection: Rejection): void {
    const { limits, tally } = this.#context;
    for (const code of rejection.codes) this.#countErrors(code, 1);
    this.#lastRejected = { line: record.line, record: ++this.#records };
    tally.reject(rejection.code);
    writeReject(this.rejects, this.#own, record, this.#records, rejection, limits.rawBytesMax);
    this.rejects.endRow();
    this.watch?.rejected(record, this.#records, rejection);
  }

  #countErrors(code: RejectCode, cells: number): void {
    this.errorsByCode.set(code, (this.errorsByCode.get(code) ?? 0) + cells);
  }

  #overBudget(excess: string | null): TaskError | null {
    if (excess === null) return null;
    return tooManyBadRows(this.#context.tally, excess, this.#lastRejected);
  }
}
