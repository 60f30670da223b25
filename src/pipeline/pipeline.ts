/**
 * The pipeline: one input to its artifacts, in two passes of constant memory, or three.
 *
 * Pure: bytes come from a `Source` and go to `Sinks`, time comes from `now`. The rules are in `docs/semantics.md`.
 *
 * ```
 * pass 1   parse ─> clean ─┬─> aggregate (sums by region, moments)
 *                          └─> rejects
 *          detect: mean, sd, threshold
 * pass 2   parse ─> clean ─> rows above the threshold ─> anomalies      only if there is one
 * pass 3   parse ─> clean ─> cleaned                                    only if it is asked for
 *          write: summary, report
 * ```
 */
import { ARTIFACT_KINDS, artifactFileName, type ArtifactKind } from "../domain/artifact.ts";
import type { Aggregated } from "./run/aggregate_pass.ts";
import { ArtifactStream, type Written } from "./artifacts/artifact_stream.ts";
import { anomaliesHeader, cleanedHeader, SUMMARY_HEADER } from "./artifacts/artifacts.ts";
import { decidedMarks, decideNumbers, type NumberDecision } from "./number/decide_numbers.ts";
import { detect, type Detection, hasAnomalies } from "./aggregate/detect.ts";
import type { Header } from "./header/header.ts";
import { type Engine, PlainEngine } from "./run/engine.ts";
import type { Crew } from "./kernel/crew.ts";
import { CrewEngine } from "./kernel/crew_engine.ts";
import { KernelEngine } from "./kernel/kernel_engine.ts";
import { isForKernel } from "./kernel/reading.ts";
import type { PipelineOutcome, PipelineRun } from "./pipeline_run.ts";
import { PIPELINE_LIMITS, type PipelineLimits } from "./pipeline_limits.ts";
import { ProgressMeter } from "./run/progress_meter.ts";
import { reportJson } from "./artifacts/report.ts";
import type { RunContext } from "./run/run_context.ts";
import type { ReadAt } from "./run/source.ts";
import { StageClock } from "./run/stage_clock.ts";
import { stoppableSource } from "./run/stoppable_source.ts";
import { Tally } from "./run/tally.ts";
import { encodeUtf8 } from "./text/utf8.ts";

/** Below this an input is done before the kernel is warm. */
const KERNEL_BYTES_MIN = 64 * 1024;

/** Other threads that have the input open, and how this one reads any part of it. */
export interface RunThreads {
  crew: Crew;
  readAt: ReadAt;
}

/** A run, and who may help with it; no stage below needs to know. */
export interface ThreadedRun extends PipelineRun {
  /** For a large input; default: this thread does all. */
  threads?: RunThreads;
}

/**
 * Run one task. Bad data never throw: they are rejected rows, or make the outcome an error.
 *
 * When it does throw, sinks that it opened may be left open: whoever made them disposes of them.
 *
 * @param limits for tests; what isn't given is as in the product
 * @param engine how the passes are made, by default as it suits the input; released at the end. In its place the plain
 *   engine is taken if the file isn't one for the kernel
 * @throws {InputError} if the input has no header, or not one that the intake check lets pass
 * @throws {OperatingError} `input-damaged` if the source doesn't give the recorded bytes
 * @throws what source and sinks throw, and the reason of `run.signal` once that is aborted
 */
export async function runPipeline(
  run: ThreadedRun,
  limits: Partial<PipelineLimits> = {},
  engine?: Engine,
): Promise<PipelineOutcome> {
  const allLimits = { ...PIPELINE_LIMITS, ...limits };
  if (run.signal) run = { ...run, source: stoppableSource(run.source, run.signal) };
  try {
    const numbers = await decideNumbers(run, allLimits);
    engine = isForKernel(run.input.dialect, numbers.formats)
      ? engine ?? engineFor(run)
      : replaced(engine);
    return await runWith(engine, run, allLimits, numbers);
  } finally {
    engine?.release();
  }
}

/** The plain engine in the place of another: only it reads files that are written otherwise. */
function replaced(engine?: Engine): Engine {
  engine?.release();
  return new PlainEngine();
}

/** The kernel, if it is worth its while and free. */
function engineFor({ input, threads }: ThreadedRun): Engine {
  if (input.bytes < KERNEL_BYTES_MIN) return new PlainEngine();
  const together = threads !== undefined ? CrewEngine.acquire(threads.crew, threads.readAt) : null;
  return together ?? KernelEngine.acquire() ?? new PlainEngine();
}

async function runWith(
  engine: Engine,
  run: PipelineRun,
  limits: PipelineLimits,
  numbers: NumberDecision,
): Promise<PipelineOutcome> {
  const tally = new Tally();
  const bytesTotal = run.input.bytes * (engine.passes + Number(run.options.cleaned));
  const meter = new ProgressMeter(bytesTotal, tally, run.onProgress ?? (() => {}));
  const clock = new StageClock(run.now);
  const context = { run, limits, tally, clock, meter, numbers };

  const aggregated = await engine.aggregate(context);
  const detection = detect(aggregated.sorter.aggregate.moments, run.options.k);
  const written = aggregated.error === null
    ? await writeResults(context, engine, aggregated, detection)
    : await writeNoResults(context, aggregated);
  return await writeReport(context, engine, aggregated, detection, written);
}

/** The artifacts of a task that completes. */
async function writeResults(
  context: RunContext,
  engine: Engine,
  { sorter }: Aggregated,
  { statistics }: Detection,
): Promise<Written[]> {
  const { run, clock, meter } = context;
  const { header, aggregate } = sorter;
  const anomalies = await ArtifactStream.open(run.sinks, "anomalies", anomaliesHeader(header));
  if (hasAnomalies(statistics, aggregate.highest)) {
    meter.enter("detect");
    await engine.detect(context, statistics, anomalies);
  }
  const cleaned = run.options.cleaned ? await writeCleaned(context, engine, header) : [];
  meter.enter("write");
  return await clock.write(async () => {
    const summary = await ArtifactStream.open(run.sinks, "summary", SUMMARY_HEADER);
    await aggregate.writeSummary(summary, header.fields.discount !== null);
    const streams = [summary, anomalies, sorter.rejects, ...cleaned];
    return await Promise.all(streams.map((stream) => stream.close()));
  });
}

/** The accepted rows, which takes another pass whatever the engine is. */
async function writeCleaned(
  context: RunContext,
  engine: Engine,
  header: Header,
): Promise<ArtifactStream[]> {
  const { run, meter } = context;
  const cleaned = await ArtifactStream.open(run.sinks, "cleaned", cleanedHeader(header));
  meter.enter("write", run.input.bytes);
  await engine.clean(context, cleaned);
  return [cleaned];
}

/** The artifacts of a task that fails: its rejects, so that a user sees why. */
async function writeNoResults({ clock, meter }: RunContext, { sorter }: Aggregated) {
  meter.enter("write");
  return await clock.write(async () => [await sorter.rejects.close()]);
}

async function writeReport(
  context: RunContext,
  engine: Engine,
  { sorter, error, complete }: Aggregated,
  detection: Detection,
  written: readonly Written[],
): Promise<PipelineOutcome> {
  const { run, tally, clock, numbers } = context;
  const { statistics } = detection;
  const warnings = [
    ...numbers.warnings,
    ...sorter.changes.currencies.warnings(),
    ...detection.warnings,
  ];
  const anomalies = written.find(({ kind }) => kind === "anomalies")?.rows ?? 0;
  const counts = tally.counts(sorter.aggregate.regionCount, anomalies);
  const report = encodeUtf8(reportJson(run, {
    header: sorter.header,
    numbers,
    complete,
    counts,
    skipped: tally.skippedLines(),
    errorsByCode: sorter.errorsByCode,
    changes: sorter.changes.list(sorter.header, tally.rowsAccepted),
    statistics,
    warnings,
    error,
    written,
    run: { ...engine.facts(context), timings: clock.timings() },
  }));
  const sink = await run.sinks.open("report");
  await sink.write(report);
  const { bytes, sha256 } = await sink.close();
  const artifacts = [...written, { kind: "report" as ArtifactKind, bytes, sha256, rows: null }]
    .map(({ kind, bytes, sha256, rows }) => ({
      kind,
      path: `${run.artifactPrefix}/${artifactFileName(kind, run.taskId)}`,
      bytes,
      sha256,
      rows,
    }))
    .sort((a, b) => ARTIFACT_KINDS.indexOf(a.kind) - ARTIFACT_KINDS.indexOf(b.kind));
  const decimal_mark = decidedMarks(numbers, sorter.header);
  return {
    error,
    result: {
      counts,
      statistics,
      warnings,
      ...(decimal_mark !== null && { decimal_mark }),
      artifacts,
    },
  };
}
