/**
 * The second pass with the kernel: writes the candidates that are anomalies, and reads those segments again of which not all
 * anomalies were kept.
 */
import { OperatingError } from "../../domain/errors.ts";
import type { Statistics } from "../../domain/report.ts";
import type { ArtifactStream } from "../artifacts/artifact_stream.ts";
import { Cleaner } from "../clean/clean.ts";
import type { Header } from "../header/header.ts";
import type { CsvRecord } from "../parse/record.ts";
import type { RunContext } from "../run/run_context.ts";
import type { SorterContext } from "../run/sorter.ts";
import { AnomalyWriter } from "./anomaly_writer.ts";
import { CandidateStore, type Part } from "./candidate_store.ts";
import { Candidates, type Segment } from "./candidates.ts";
import { FaultyRecords } from "./faulty_records.ts";
import type { Kernel } from "./kernel.ts";
import { RangeReader } from "./range_reader.ts";
import { type Reading, readingOf } from "./reading.ts";
import { RecordWalk, type Visitor, type WalkSizes } from "./record_walk.ts";

/**
 * Write the anomalies; how many bytes had to be read again.
 *
 * The kernel must still be prepared for the header.
 *
 * @param markBytes the size of the byte order mark
 * @throws {OperatingError} `input-damaged` if it isn't the same input any more
 */
export async function kernelDetectPass(
  context: RunContext,
  kernel: Kernel,
  sizes: WalkSizes,
  header: Header,
  statistics: Statistics,
  anomalies: ArtifactStream,
  candidates: Candidates,
  markBytes: number,
): Promise<number> {
  const { run, clock, meter } = context;
  const threshold = statistics.threshold ?? Infinity;
  const reading = readingOf(run.input, context.numbers.formats, context.limits);
  const writer = new AnomalyWriter(kernel, reading, header, statistics, anomalies);
  const reader = new RangeReader(run.source, run.input, (bytes) => meter.read(bytes));
  let bytesReread = 0;
  clock.beginPass();
  try {
    for (const segment of candidates.segments) {
      let { store } = candidates;
      let parts: readonly Part[] = segment.parts;
      if (segment.bound > threshold) {
        const visitor = new DetectVisitor(context, kernel, reading, header, threshold, segment);
        const walk = new RecordWalk(kernel, visitor, reading, clock, sizes, segment.start);
        const from = segment.start === null ? 0 : segment.start.offset + markBytes;
        for await (const bytes of reader.range(from, segment.endOffset + markBytes)) {
          for (let at = 0; at < bytes.length;) at += walk.push(bytes, at);
          bytesReread += bytes.length;
        }
        walk.end();
        ({ store, parts } = visitor.found());
      }
      clock.beginRecord();
      writer.write(store, parts);
      clock.lap("detect");
      if (anomalies.isFull) await clock.write(() => anomalies.flush());
    }
  } finally {
    await reader.close();
  }
  clock.endPass();
  return bytesReread;
}

/** Keeps the rows of one segment that exceed the threshold. */
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
