/**
 * The first pass with the kernel: what `../run/aggregate_pass.ts` does, record by record, for many records at a time, and with candidates for
 * anomalies kept on the way.
 */
import type { Aggregated } from "../run/aggregate_pass.ts";
import { ArtifactStream } from "../artifacts/artifact_stream.ts";
import { rejectsHeader } from "../artifacts/artifacts.ts";
import { emptyFile, type Header, readHeader } from "../header/header.ts";
import { skippedAbove } from "../header/header_reader.ts";
import type { CsvRecord } from "../parse/record.ts";
import type { RunContext } from "../run/run_context.ts";
import { Sorter } from "../run/sorter.ts";
import { readText } from "../run/source.ts";
import { CandidateBound } from "./candidate_bound.ts";
import { CandidateStore } from "./candidate_store.ts";
import { Candidates } from "./candidates.ts";
import type { Kernel } from "./kernel.ts";
import { KernelAggregate } from "./kernel_aggregate.ts";
import { kernelDecoderOf } from "./kernel_decoder.ts";
import type { KernelSizes } from "./kernel_sizes.ts";
import { plainRecords } from "./plain_records.ts";
import { type Reading, readingOf } from "./reading.ts";
import { SortingVisitor } from "./sorting_visitor.ts";
import { RecordWalk, type Visitor } from "./record_walk.ts";

/** What the first pass came to, and what it found for the second. */
export interface KernelAggregated extends Aggregated {
  candidates: Candidates;
  /** Rows that the kernel took. */
  kernelRows: number;
  /** The size of the byte order mark. */
  markBytes: number;
}

/**
 * Read the input to its end, or to where the task fails.
 *
 * @param rejects where rejects go, if they were opened already; nothing is written yet
 * @throws {InputError} if the header isn't one that the intake check lets pass
 */
export async function kernelPass(
  context: RunContext,
  kernel: Kernel,
  sizes: KernelSizes,
  rejects?: ArtifactStream,
): Promise<KernelAggregated> {
  const { run, clock, meter, limits } = context;
  kernel.reset(BigInt(`0x${run.input.sha256.slice(0, 16)}`), run.options.keep_totals);
  clock.beginPass();
  rejects ??= await ArtifactStream.openEmpty(run.sinks, "rejects");
  const reading = readingOf(run.input, context.numbers.formats, limits);
  const visitor = new AggregateVisitor(context, kernel, reading, rejects, sizes.keptBytesMax);
  const walk = new RecordWalk(kernel, visitor, reading, clock, sizes, null);
  const decoder = kernelDecoderOf(reading.encoding, kernel);
  const onChunk = (bytes: number) => meter.read(bytes);
  for await (const text of readText(run.source, run.input, onChunk, decoder)) {
    for (let at = 0; at < text.length && !walk.isStopped;) {
      at += walk.push(text, at);
      if (rejects.isFull) await clock.write(() => rejects.flush());
    }
    if (walk.isStopped) break;
  }
  if (!walk.isStopped) walk.end();
  visitor.candidates.end();
  clock.endPass();
  if (visitor.sorted === null) throw emptyFile();
  const { candidates, sorted: { sorter, error, kernelRows } } = visitor;
  const end = error === null ? sorter.end() : { error, complete: false };
  return { sorter, candidates, kernelRows, markBytes: walk.markBytes, ...end };
}

class AggregateVisitor implements Visitor {
  readonly candidates: Candidates;
  readonly #context: RunContext;
  readonly #kernel: Kernel;
  readonly #reading: Reading;
  #aggregate: KernelAggregate | null = null;
  #sorted: SortingVisitor | null = null;
  readonly #rejects: ArtifactStream;
  readonly #bound: CandidateBound;

  constructor(
    context: RunContext,
    kernel: Kernel,
    reading: Reading,
    rejects: ArtifactStream,
    keptBytesMax: number,
  ) {
    this.#context = context;
    this.#kernel = kernel;
    this.#reading = reading;
    this.#rejects = rejects;
    const store = new CandidateStore(keptBytesMax, context.run.scratch);
    this.candidates = new Candidates(Infinity, store);
    this.#bound = new CandidateBound(context.run.options.k);
  }

  /** What sorts the rows; null before the header. */
  get sorted(): SortingVisitor | null {
    return this.#sorted;
  }

  get isPrepared(): boolean {
    return this.#sorted !== null;
  }

  window(offset: number, lines: number): void {
    this.candidates.begin({ offset, lines }, this.#bound.of(this.#aggregate!));
  }

  enter(offset: number): boolean {
    return this.#sorted!.enter(offset);
  }

  get takesFaulty(): boolean {
    return this.#sorted!.takesFaulty;
  }

  rows(rows: number, shift: number): number {
    return this.#sorted!.rows(rows, shift);
  }

  record(record: CsvRecord): boolean {
    const { run, tally } = this.#context;
    if (this.#sorted === null) {
      const skipped = skippedAbove(record, run.input.dialect);
      if (skipped !== null) {
        tally.skip(skipped, record.line);
        return true;
      }
      const header = readHeader(record, run.options);
      this.#begin(header);
      if (header.line !== null) return true;
    }
    return this.#sorted!.record(record);
  }

  #begin(header: Header): void {
    this.#rejects.writeHeader(rejectsHeader(header));
    this.#kernel.prepare(plainRecords(header, this.#reading));
    const hasDiscount = header.fields.discount !== null;
    this.#aggregate = new KernelAggregate(
      this.#kernel,
      this.#context.limits.regionsMax,
      hasDiscount,
    );
    const sorter = new Sorter(this.#context, header, this.#rejects, this.#aggregate);
    this.#sorted = new SortingVisitor(
      this.#kernel,
      sorter,
      this.#aggregate,
      this.candidates,
      this.#context,
      this.#reading,
    );
  }
}
