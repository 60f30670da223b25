/**
 * One thread's share of a run: segments of the input, in any order.
 *
 * A segment is the records that begin in a range of positions of the input. Where the first of them begins is known only when the segment before it
 * is done, so a thread guesses (`record_start.ts`); whoever puts the segments together compares, and has a
 * segment that began wrongly taken away and done again. All sums are exact, so nothing of it remains.
 *
 * Lines, records and offsets are counted from the beginning of each segment.
 */
import type { TaskOptions } from "../../domain/options.ts";
import type { RejectCode, Statistics } from "../../domain/report.ts";
import { ArtifactStream } from "../artifacts/artifact_stream.ts";
import type { AsideState } from "../run/aside.ts";
import { Changes, type ChangesState } from "../clean/changes.ts";
import { CsvWriter } from "../artifacts/csv_writer.ts";
import type { Header } from "../header/header.ts";
import { Sorter, type SorterContext } from "../run/sorter.ts";
import type { ReadAt } from "../run/source.ts";
import { type Stage, StageClock } from "../run/stage_clock.ts";
import { Tally, type TallyState } from "../run/tally.ts";
import { AnomalyWriter } from "./anomaly_writer.ts";
import { CandidateStore, type Part } from "./candidate_store.ts";
import { Candidates, type Segment } from "./candidates.ts";
import { CleanedTaker } from "./cleaned_taker.ts";
import { DetectTaker } from "./detect_taker.ts";
import { type GappedRows, GapWriter } from "./gap_writer.ts";
import type { Kernel } from "./kernel.ts";
import {
  type Deal,
  type ExportedAggregate,
  type ExportedRegions,
  KernelAggregate,
} from "./kernel_aggregate.ts";
import { plainRecords } from "./plain_records.ts";
import { findRecordStart } from "./record_start.ts";
import type { Reading } from "./reading.ts";
import type { Scratch } from "../run/scratch.ts";
import { RecordWalk, type Visitor, type WalkSizes, type WalkStart } from "./record_walk.ts";
import { RereadVisitor, type RowTaker } from "./reread_visitor.ts";
import { SortingVisitor } from "./sorting_visitor.ts";
import { type TextReader, textReaderOf } from "./text_reader.ts";

/** What all threads of a run know; it can be sent to one. */
export interface ShareSettings {
  header: Header;
  options: TaskOptions;
  reading: Reading;
  sizes: WalkSizes;
  /** Of the hash of regions. */
  seed: bigint;
  /** Bytes of candidates that one thread may keep in memory. */
  keptBytesMax: number;
}

/** Where a segment lies that was done. */
export interface SegmentRange {
  /** Where its first record begins. */
  start: number;
  /** Its records begin before it. */
  to: number;
}

/** A segment that was done. */
export interface DoneSegment extends SegmentRange {
  /** What may be anomalies in it. */
  candidates: Segment;
}

/** A segment to be done. */
export interface SegmentOrder {
  index: number;
  /** Its records begin in [from, to). */
  from: number;
  to: number;
  /** Where the first of them begins; null to guess. */
  start: number | null;
  /** Rows above it are kept as candidates. */
  bound: number;
}

/** What a segment came to, but for its sums. */
export interface SegmentResult {
  index: number;
  /** Where its first record was taken to begin; null if there was nothing to guess by, and nothing was done. */
  start: number | null;
  /** Where the first record behind it begins. */
  end: number;
  lines: number;
  records: number;
  tally: TallyState;
  errorsByCode: ReadonlyMap<RejectCode, number>;
  changes: ChangesState;
  /** Rows that the kernel took. */
  kernelRows: number;
  rejects: GappedRows;
  /** Lone records that only the segments around this one decide. */
  undecided: AsideState;
  /** Whether there are too many regions, so that all of this is void. */
  isTooMuch: boolean;
}

/** Where the walk over a segment begins. */
const WALK_START: Readonly<WalkStart> = { offset: 0, lines: 0 };

/** Of a segment that wasn't done. */
const NOTHING: Omit<SegmentResult, "index" | "start"> = {
  end: 0,
  lines: 0,
  records: 0,
  tally: new Tally().state(),
  errorsByCode: new Map(),
  changes: new Changes().state(),
  kernelRows: 0,
  rejects: new GapWriter().takeGapped(),
  undecided: { first: 0, firstDecided: null, waiting: [] },
  isTooMuch: false,
};

/** What a thread is to hand over when all segments are done. */
export interface ExportOrder {
  deal: Deal;
  /** Which of the owners it is. */
  self: number;
}

/** Rows of the summary, as they stand in the artifact. */
export interface SummaryPart {
  bytes: Uint8Array;
  rows: number;
}

/** A segment of which the anomalies are wanted. */
export interface AnomaliesOrder {
  index: number;
  /** Line ends before it. */
  lines: number;
  /** What another thread found in it; null if this one did it. */
  handedOver: DoneSegment | null;
}

/** A segment of which the accepted rows are wanted, whoever did it. */
export interface CleanOrder extends SegmentRange {
  /** Where to put them, as far as there is room. */
  room: Uint8Array<ArrayBuffer>;
}

/** The accepted rows of a segment, as they stand in the artifact. */
export interface SegmentRows {
  bytes: Uint8Array<ArrayBuffer>;
  rows: number;
}

/** The anomalies of a segment, as they stand in the artifact. */
export interface SegmentAnomalies {
  bytes: Uint8Array;
  rows: number;
  bytesReread: number;
}

export class Share {
  readonly aggregate: KernelAggregate;
  readonly #kernel: Kernel;
  readonly #settings: ShareSettings;
  readonly #reader: TextReader;
  readonly #clock: StageClock;
  /** Done and not taken away, by index. */
  readonly #segments = new Map<number, DoneSegment>();
  /** Of the candidates in them. */
  readonly #store: CandidateStore;
  /** Used again for each segment: a buffer that is thrown away waits long in memory for its collection. */
  readonly #rejects = new GapWriter();
  readonly #summary = new CsvWriter();

  /**
   * @param scratch for candidates past those; without it, their segments are read again
   * @param clock told how long stages take; by default nobody is
   */
  constructor(
    kernel: Kernel,
    settings: ShareSettings,
    readAt: ReadAt,
    scratch: Scratch | null,
    clock = new StageClock(() => 0),
  ) {
    const { header, options, reading, seed } = settings;
    this.#kernel = kernel;
    this.#settings = settings;
    this.#reader = textReaderOf(reading.encoding, kernel, readAt);
    this.#clock = clock;
    this.#store = new CandidateStore(settings.keptBytesMax, scratch);
    kernel.reset(seed, options.keep_totals);
    kernel.prepare(plainRecords(header, reading));
    const hasDiscount = header.fields.discount !== null;
    this.aggregate = new KernelAggregate(kernel, reading.limits.regionsMax, hasDiscount);
  }

  /** Do a segment. */
  run(order: SegmentOrder): SegmentResult {
    const { index, from, to, bound } = order;
    const { sizes } = this.#settings;
    const start = order.start ?? findRecordStart(this.#kernel, this.#reader, from, sizes);
    if (start === null) return { index, start, ...NOTHING };
    const candidates = new Candidates(bound, this.#store);
    const result = this.#walk(start, to, candidates);
    candidates.end();
    this.#segments.set(index, { start, to, candidates: candidates.segments[0] });
    return { index, start, ...result };
  }

  /** Take a segment away, as if it had never been done. */
  undo(index: number): void {
    const segment = this.#segments.get(index);
    if (segment === undefined) return;
    this.#segments.delete(index);
    this.#store.forget(segment.candidates.parts);
    this.aggregate.isTakingAway = true;
    this.#walk(segment.start, segment.to, new Candidates(Infinity, this.#store));
    this.aggregate.isTakingAway = false;
  }

  /** What other threads own of the regions of the segments that were done, and all other sums. */
  export({ deal, self }: ExportOrder): ExportedAggregate {
    return this.aggregate.export(deal, self);
  }

  /** Add what others have of its own regions, and sort these; how many they are, null if there are too many. */
  import(regions: readonly ExportedRegions[]): number | null {
    if (!regions.every((part) => this.aggregate.import(part))) return null;
    this.aggregate.sort();
    return this.aggregate.regionCount;
  }

  /** One of its own ranges of the summary. */
  writeSummary(range: number): SummaryPart {
    const summary = ArtifactStream.part("summary", this.#summary);
    // deno-lint-ignore no-empty
    for (const _ of this.aggregate.writeRange(summary, range)) {}
    return { bytes: summary.csv.take().slice(), rows: summary.rows };
  }

  /** Let another thread have a segment that was done, for its anomalies; null if some of what was found in it isn't in memory. */
  handOver(index: number): DoneSegment | null {
    const segment = this.#segments.get(index)!;
    if (segment.candidates.parts.some(({ bytes }) => bytes === null)) return null;
    this.#segments.delete(index);
    return segment;
  }

  /**
   * Write the anomalies of a segment that was done, now that the statistics are known; how many bytes had to be read again.
   *
   * @throws {OperatingError} `input-damaged` if it has to be read again, and isn't the same any more
   */
  detect(
    { index, lines, handedOver }: AnomaliesOrder,
    statistics: Statistics,
    anomalies: ArtifactStream,
  ): number {
    const { header, reading } = this.#settings;
    const { start, to, candidates } = handedOver ?? this.#segments.get(index)!;
    this.#segments.delete(index);
    const threshold = statistics.threshold ?? Infinity;
    let store = this.#store;
    let parts: readonly Part[] = candidates.parts;
    let bytesReread = 0;
    this.#clock.beginRecord();
    if (candidates.bound > threshold) {
      const taker = new DetectTaker(this.#kernel, threshold);
      const accepted = this.#reread(start, to, "detect", taker);
      bytesReread = this.#reader.bytesRead;
      ({ store, parts } = taker.found(accepted, candidates.accepted));
    }
    const writer = new AnomalyWriter(this.#kernel, reading, header, statistics, anomalies);
    writer.write(store, parts, lines);
    this.#clock.lap("detect");
    return bytesReread;
  }

  /** Write the accepted rows of a segment. */
  clean({ start, to, room }: CleanOrder): SegmentRows {
    const cleaned = ArtifactStream.part("cleaned", new CsvWriter("\n", room));
    const taker = new CleanedTaker(this.#kernel, this.#settings.header, cleaned);
    this.#clock.beginRecord();
    this.#reread(start, to, "write", taker);
    return { bytes: cleaned.csv.take(), rows: cleaned.rows };
  }

  /** Take the accepted rows of a segment again; how many. */
  #reread(start: number, to: number, stage: Stage, taker: RowTaker): number {
    const { header, options, reading } = this.#settings;
    const context = { run: { options }, clock: this.#clock };
    const visitor = new RereadVisitor(
      context,
      this.#kernel,
      reading,
      header,
      true,
      stage,
      taker,
    );
    this.#read(visitor, start, to);
    return visitor.accepted;
  }

  #walk(
    start: number,
    to: number,
    candidates: Candidates,
  ): Omit<SegmentResult, "index" | "start"> {
    const { header, options, reading } = this.#settings;
    // Budgets are for whoever sees the whole file.
    const unlimited = { ...options, max_bad_rows: null, max_bad_ratio: null };
    const tally = new Tally();
    const context: SorterContext = {
      run: { options: unlimited },
      limits: reading.limits,
      tally,
      clock: this.#clock,
      numbers: reading,
    };
    const stream = ArtifactStream.part("rejects", this.#rejects);
    const sorter = new Sorter(context, header, stream, this.aggregate);
    const visitor = new SortingVisitor(
      this.#kernel,
      sorter,
      this.aggregate,
      candidates,
      context,
      reading,
    );
    const { offset, lines } = this.#read(visitor, start, to);
    return {
      end: this.#reader.positionOf(offset),
      lines,
      records: sorter.records,
      tally: tally.state(),
      errorsByCode: sorter.errorsByCode,
      changes: sorter.changes.state(),
      kernelRows: visitor.kernelRows,
      rejects: this.#rejects.takeGapped(),
      undecided: sorter.undecided,
      isTooMuch: visitor.error !== null,
    };
  }

  /** Walk over the records that begin in [start, to); where the next one begins. */
  #read(visitor: Visitor, start: number, to: number): WalkStart {
    const { reading, sizes } = this.#settings;
    const reader = this.#reader;
    const walk = new RecordWalk(this.#kernel, visitor, reading, this.#clock, sizes, WALK_START);
    reader.begin(start, to);
    while (!walk.isStopped) {
      // Beyond the segment only the end of its last record is needed.
      const count = reader.read(walk.room, sizes.pieceBytes);
      walk.stopOffset = reader.stopOffset;
      walk.added(count);
      if (count > 0) walk.walk();
      else {
        walk.end();
        break;
      }
    }
    return walk.next;
  }
}
