/**
 * The engine that has all processor threads work on one file.
 *
 * The input is cut into segments on a fixed grid. This thread and those of the crew do them as they become free, and here they are
 * put together in the order of the grid: each must begin where the one before it ended, or it is done again. So the
 * artifacts are the same with any number of threads.
 *
 * What depends on the order of rows is for one thread: which row makes one region too many, and after which block too many are rejected. So a run
 * in which either may be so is begun anew with `KernelEngine`, and so are its rejects.
 */
import { OperatingError } from "../../domain/errors.ts";
import type { RejectCode, Statistics } from "../../domain/report.ts";
import type { Aggregated } from "../run/aggregate_pass.ts";
import { ArtifactStream } from "../artifacts/artifact_stream.ts";
import { rejectsHeader } from "../artifacts/artifacts.ts";
import { Budget } from "../run/budget.ts";
import type { Engine, EngineFacts } from "../run/engine.ts";
import { type Header, readHeader } from "../header/header.ts";
import { skippedAbove } from "../header/header_reader.ts";
import type { RunContext } from "../run/run_context.ts";
import { Sorter } from "../run/sorter.ts";
import type { ReadAt } from "../run/source.ts";
import { Tally, type TallyState } from "../run/tally.ts";
import { AnomaliesDealer, type Done } from "./anomalies_dealer.ts";
import { CandidateBound } from "./candidate_bound.ts";
import type { Crew } from "./crew.ts";
import { CrewAggregate } from "./crew_aggregate.ts";
import { crewCleanedPass } from "./crew_cleaned_pass.ts";
import { giveBack } from "./give_back.ts";
import { Kernel } from "./kernel.ts";
import { KernelEngine } from "./kernel_engine.ts";
import { KERNEL_SIZES, type KernelSizes } from "./kernel_sizes.ts";
import { fillGaps } from "./kernel_rejects.ts";
import { WINDOW } from "./memory_layout.ts";
import { OrderedResults, SELF } from "./ordered_results.ts";
import { OddRecords } from "./odd_records.ts";
import { readingOf } from "./reading.ts";
import type { WalkSizes } from "./record_walk.ts";
import { textReaderOf } from "./text_reader.ts";
import { WaitingBytes } from "./waiting_bytes.ts";
import { type SegmentAnomalies, type SegmentOrder, type SegmentResult, Share } from "./share.ts";

/** Sizes of the grid; tests make them tiny. */
export interface GridSizes extends KernelSizes {
  /** The first segment: short, because nothing is known of the threshold before it is done. */
  firstSegmentBytes: number;
  segmentBytes: number;
  /** Bytes of rejects, anomalies or accepted rows for each thread that may wait: where there are more, fewer segments are asked for and done ahead. */
  waitingBytesMax: number;
  /** From so many regions on, threads share the summary. */
  dealtRegionsMin: number;
}

export const GRID_SIZES: Readonly<GridSizes> = {
  ...KERNEL_SIZES,
  firstSegmentBytes: 256 * 1024,
  segmentBytes: 2 * 1024 * 1024,
  waitingBytesMax: 8 * 1024 * 1024,
  dealtRegionsMin: 50_000,
};

/** Segments that a thread of the crew has been asked for: its answers wait until this thread has done one of its own. */
const ASKED_MAX = 4;
/** The same before the first artifact is opened, which may have to load what it is hashed with: 20 ms in which this thread can't ask. */
const ASKED_FIRST_MAX = 8;
/** Segments for each thread that may be done ahead of the one that is next: their rejects wait in memory. Anomalies are asked for by as many at once. */
const AHEAD_MAX = 6;
/** Segments of which the anomalies are asked for before any are done: this thread would wait for all that are asked for together. */
const ASKED_ANOMALIES_FIRST = 3;

export class CrewEngine implements Engine {
  readonly passes = 1;
  readonly #kernel: Kernel;
  readonly #crew: Crew;
  readonly #readAt: ReadAt;
  readonly #sizes: GridSizes;
  #share: Share | null = null;
  #serial: KernelEngine | null = null;
  /** All segments, in the order of the grid. */
  readonly #done: Done[] = [];
  #kernelRows = 0;
  #bytesReread = 0;

  private constructor(kernel: Kernel, crew: Crew, readAt: ReadAt, sizes: GridSizes) {
    this.#kernel = kernel;
    this.#crew = crew;
    this.#readAt = readAt;
    this.#sizes = sizes;
  }

  /** The engine, to be released; null while another run of this process has the kernel. */
  static acquire(crew: Crew, readAt: ReadAt, sizes: GridSizes = GRID_SIZES): CrewEngine | null {
    const kernel = Kernel.acquire();
    return kernel === null ? null : new CrewEngine(kernel, crew, readAt, sizes);
  }

  async aggregate(context: RunContext): Promise<Aggregated> {
    const { clock } = context;
    const head = isForThreads(context.run)
      ? readHead(context, this.#kernel, this.#readAt, this.#sizes)
      : null;
    if (head === null) return await this.#aggregateAlone(context);
    context.tally.reset();
    clock.beginPass();
    const { sorter, isTooMuch } = await this.#aggregateTogether(context, head);
    clock.endPass();
    if (!isTooMuch) {
      const ended = sorter.end();
      // Which row was rejected last, as the error tells, isn't known here.
      if (ended.error?.code !== "too-many-bad-rows") return { sorter, ...ended };
    }
    context.tally.reset();
    context.meter.beginAnew();
    await sorter.rejects.beginAnew();
    return await this.#aggregateAlone(context, sorter.rejects);
  }

  async detect(
    context: RunContext,
    statistics: Statistics,
    anomalies: ArtifactStream,
  ): Promise<void> {
    if (this.#serial !== null) return await this.#serial.detect(context, statistics, anomalies);
    const { run, clock, meter } = context;
    clock.beginPass();
    const results = new OrderedResults<SegmentAnomalies>(this.#crew.size);
    const { segmentBytes, waitingBytesMax } = this.#sizes;
    const waiting = new WaitingBytes(waitingBytesMax);
    const all = this.#done.length;
    const dealer = new AnomaliesDealer(this.#crew, this.#share!, this.#done, statistics, results);
    dealer.ask(Math.min(all, ASKED_ANOMALIES_FIRST));
    for (let index = 0; index < all; index++) {
      run.signal?.throwIfAborted();
      const atOnceMax = waiting.limit(AHEAD_MAX);
      const ahead = atOnceMax * (this.#crew.size + 1);
      while (index > 0 && dealer.asked < Math.min(all, index + ahead)) {
        dealer.ask(Math.min(all, dealer.asked + atOnceMax));
      }
      const { start, to, member, linesBefore: lines } = this.#done[index];
      let reread: number;
      const before = anomalies.csv.length;
      if (member === SELF) {
        reread = this.#share!.detect({ index, lines, handedOver: null }, statistics, anomalies);
      } else {
        await results.arrival(index);
        const { result } = results.take(index);
        anomalies.csv.raw(result.bytes, 0, result.bytes.length);
        anomalies.rows += result.rows;
        reread = result.bytesReread;
        giveBack(result.bytes);
      }
      const share = Math.max(1, Math.min(to, run.input.bytes) - start) / segmentBytes;
      waiting.weigh((anomalies.csv.length - before) / share);
      this.#bytesReread += reread;
      if (reread > 0) meter.read(reread);
      if (anomalies.isFull) await clock.write(() => anomalies.flush());
    }
    clock.endPass();
  }

  async clean(context: RunContext, cleaned: ArtifactStream): Promise<void> {
    if (this.#serial !== null) return await this.#serial.clean(context, cleaned);
    const [share, done] = [this.#share!, this.#done];
    await crewCleanedPass(context, this.#crew, share, done, this.#sizes, cleaned);
  }

  facts(context: RunContext): EngineFacts {
    if (this.#serial !== null) return this.#serial.facts(context);
    return {
      engine: "kernel",
      threads: this.#crew.size + 1,
      plain_rows: context.tally.rowsTotal - this.#kernelRows,
      reread_bytes: this.#bytesReread,
    };
  }

  release(): void {
    this.#kernel.release();
  }

  async #aggregateAlone(context: RunContext, rejects?: ArtifactStream): Promise<Aggregated> {
    this.#serial = KernelEngine.over(this.#kernel, this.#sizes);
    return await this.#serial.aggregate(context, rejects);
  }

  /** Do all segments, or some if it is too much: if there are too many regions, or if the error budget may be exceeded. */
  async #aggregateTogether(
    context: RunContext,
    head: Head,
  ): Promise<{ sorter: Sorter; isTooMuch: boolean }> {
    const { run, limits, tally, clock, meter } = context;
    const { header } = head;
    const seed = BigInt(`0x${run.input.sha256.slice(0, 16)}`);
    const settings = {
      header,
      options: run.options,
      reading: readingOf(run.input, context.numbers.formats, limits),
      sizes: this.#sizes,
      seed,
      keptBytesMax: this.#sizes.keptBytesMax / (this.#crew.size + 1),
    };
    tally.addState(head.skipped, 0);
    const members = Array.from({ length: this.#crew.size }, (_, member) => member);
    // Asked before this thread makes its own share, so that they begin meanwhile.
    const begun = Promise.all(members.map((member) => this.#crew.ask(member, "begin", settings)));
    begun.catch(() => {}); // thrown below, if nothing is before
    const share = new Share(this.#kernel, settings, this.#readAt, run.scratch ?? null, clock);
    this.#share = share;
    const { bytes } = run.input;
    const { max_bad_ratio } = run.options;
    const blockBytes = max_bad_ratio === null ? Infinity : limits.blockBytes;
    const grid = gridOf(head, bytes, blockBytes, this.#sizes);
    const budget = new Budget(run.options, limits.badRatioRowsMin);
    const bound = new CandidateBound(run.options.k);
    const orderOf = (index: number): SegmentOrder => ({
      index,
      ...grid[index],
      start: index === 0 ? head.position : null,
      bound: bound.of(share.aggregate),
    });
    const results = new OrderedResults<SegmentResult>(this.#crew.size);
    const waiting = new WaitingBytes(this.#sizes.waitingBytesMax);
    const weigh = ({ start, end, rejects: { bytes, gaps } }: SegmentResult) => {
      const share = Math.max(1, end - (start ?? 0)) / this.#sizes.segmentBytes;
      waiting.weigh((bytes.length + gaps.byteLength) / share);
    };
    const aheadMax = () => waiting.limit(AHEAD_MAX) * (members.length + 1);
    let next = 0;
    const askOthers = (last: number, askedMax: number) => {
      while (next < last) {
        const member = results.idlest();
        // Towards the end no more than its part of what is left.
        const part = (grid.length - next + results.waitingAll) / (members.length + 1);
        if (results.waiting(member) >= Math.min(waiting.limit(askedMax), part)) break;
        const order = orderOf(next++);
        results.expect(order.index, member, this.#crew.ask(member, "run", order));
      }
    };
    const runOne = () => {
      const order = orderOf(next++);
      const result = share.run(order);
      weigh(result);
      results.put(order.index, SELF, result);
    };
    runOne(); // for the others to have an estimate to begin with
    askOthers(Math.min(grid.length, aheadMax()), ASKED_FIRST_MAX);
    const rejects = await ArtifactStream.open(run.sinks, "rejects", rejectsHeader(header));
    const aggregate = new CrewAggregate(share.aggregate, this.#crew);
    const sorter = new Sorter(context, header, rejects, aggregate);
    let [end, lines] = [head.position, head.lines];
    for (let index = 0; index < grid.length;) {
      run.signal?.throwIfAborted();
      const last = Math.min(grid.length, index + aheadMax());
      askOthers(last, ASKED_MAX);
      if (next < last) {
        runOne();
        await this.#crew.answers();
      } else await results.arrival(index);
      for (; results.has(index); index++) {
        let { member, result } = results.take(index);
        if (result.start !== end) {
          giveBack(result.rejects.bytes, result.rejects.gaps);
          result = await this.#redo(member, { ...orderOf(index), start: end });
        }
        if (result.isTooMuch) return { sorter, isTooMuch: true };
        sorter.decideFirst(result.undecided);
        const { records } = sorter;
        tally.addState(result.tally, lines);
        if (budget.afterBlock(tally) !== null) return { sorter, isTooMuch: true };
        addCounts(sorter.errorsByCode, result.errorsByCode);
        sorter.changes.addState(result.changes, lines, records);
        weigh(result);
        fillGaps(this.#kernel, rejects.csv, result.rejects, lines, records);
        rejects.rows += result.rejects.rows;
        giveBack(result.rejects.bytes, result.rejects.gaps);
        this.#done.push({ start: end, to: grid[index].to, member, linesBefore: lines });
        this.#kernelRows += result.kernelRows;
        meter.read(Math.min(result.end, bytes) - end);
        sorter.append(result.records, result.undecided, lines);
        lines += result.lines;
        end = result.end;
        if (rejects.isFull) await clock.write(() => rejects.flush());
      }
    }
    if (end !== bytes) {
      const detail = "The stored input has another size than was recorded. Upload the file again.";
      throw new OperatingError("input-damaged", detail);
    }
    await begun;
    const gathered = await aggregate.gather(limits.regionsMax, this.#sizes.dealtRegionsMin);
    return { sorter, isTooMuch: !gathered };
  }

  /** Do a segment again that began elsewhere than was thought. */
  async #redo(member: number, order: SegmentOrder): Promise<SegmentResult> {
    if (member === SELF) {
      this.#share!.undo(order.index);
      return this.#share!.run(order);
    }
    await this.#crew.ask(member, "undo", order.index);
    return await this.#crew.ask(member, "run", order);
  }
}

/** The beginning of a file, up to and with its header. */
interface Head {
  header: Header;
  /** What was skipped above the header. */
  skipped: TallyState;
  /** Of the first record below it: where it begins in the input, and the line ends before it. */
  position: number;
  lines: number;
  /** Of the encoding. */
  unitBytes: number;
  /** Of the byte order mark in UTF-8, which isn't text. */
  markBytes: number;
}

/** Blocks are counted in UTF-8: in another encoding a thread that begins in mid-file can't tell where they end. */
function isForThreads({ input, options }: RunContext["run"]): boolean {
  return options.max_bad_ratio === null || input.dialect.encoding === "utf-8";
}

/** Null if there is no header, or if it doesn't end with a line feed: such files are for one thread. */
function readHead(
  { run, limits, numbers }: RunContext,
  kernel: Kernel,
  readAt: ReadAt,
  sizes: WalkSizes,
): Head | null {
  if (run.options.header === "none") return null;
  const records = new OddRecords(readingOf(run.input, numbers.formats, limits), true);
  const reader = textReaderOf(run.input.dialect.encoding, kernel, readAt);
  const piece = kernel.bytes.subarray(WINDOW, WINDOW + sizes.pieceBytes);
  const above = new Tally();
  reader.begin(0);
  for (let offset = 0;;) {
    const count = reader.read(piece, piece.length);
    if (count === 0) return null;
    offset += count;
    records.push(piece.subarray(0, count));
    for (let record = records.next(); record !== null; record = records.next()) {
      const skipped = skippedAbove(record, run.input.dialect);
      if (skipped !== null) {
        above.skip(skipped, record.line);
        continue;
      }
      const header = readHeader(record, run.options);
      offset -= records.takeBack(Infinity);
      if (records.isOpen) return null;
      const [position, { lines }] = [reader.positionOf(offset), records];
      const { unitBytes } = reader;
      const markBytes = offset - records.offset;
      return { header, skipped: above.state(), position, lines, unitBytes, markBytes };
    }
  }
}

/**
 * Ranges of positions, of whole units; the last has no end, so that an input which has grown shows.
 *
 * @param blockBytes no range goes over the end of such a block of text
 */
function gridOf(
  { position: begin, unitBytes, markBytes }: Head,
  end: number,
  blockBytes: number,
  { firstSegmentBytes, segmentBytes }: GridSizes,
): { from: number; to: number }[] {
  const grid: { from: number; to: number }[] = [];
  const whole = (bytes: number) => Math.ceil(bytes / unitBytes) * unitBytes;
  const blockEnd = (from: number) =>
    (Math.floor((from - markBytes) / blockBytes) + 1) * blockBytes + markBytes;
  const cutAfter = (from: number, bytes: number) => Math.min(from + whole(bytes), blockEnd(from));
  let from = begin;
  for (let to = cutAfter(from, firstSegmentBytes); to < end; to = cutAfter(from, segmentBytes)) {
    grid.push({ from, to });
    from = to;
  }
  return [...grid, { from, to: Infinity }];
}

function addCounts(to: Map<RejectCode, number>, from: ReadonlyMap<RejectCode, number>): void {
  for (const [code, count] of from) to.set(code, (to.get(code) ?? 0) + count);
}
