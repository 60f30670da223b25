/**
 * The pipeline: one input to four artifacts, in two passes of constant memory.
 *
 * Pure: bytes come from a `Source` and go to `Sinks`, time comes from `now`. The rules are in `docs/semantics.md`.
 *
 * ```
 * pass 1   parse ─> clean ─┬─> aggregate (sums by region, moments)
 *                          └─> rejects
 *          detect: mean, sd, threshold
 * pass 2   parse ─> clean ─> rows above the threshold ─> anomalies      only if there is one
 *          write: summary, report
 * ```
 */
import { ARTIFACT_KINDS, artifactFileName, type ArtifactKind } from "../domain/artifact.ts";
import type { TaskError } from "../domain/errors.ts";
import type { RunResult, TaskInput } from "../domain/event.ts";
import type { TaskOptions } from "../domain/options.ts";
import type { Progress } from "../domain/report.ts";
import { type Aggregated, aggregatePass } from "./aggregate_pass.ts";
import { ArtifactStream, type Written } from "./artifact_stream.ts";
import { anomaliesHeader, SUMMARY_HEADER, writeSummaryRow } from "./artifacts.ts";
import { detect, type Detection, hasAnomalies } from "./detect.ts";
import { detectPass } from "./detect_pass.ts";
import { PIPELINE_LIMITS, type PipelineLimits } from "./pipeline_limits.ts";
import { ProgressMeter } from "./progress_meter.ts";
import { reportJson } from "./report.ts";
import type { RunContext } from "./run_context.ts";
import type { Sink, Sinks } from "./sink.ts";
import type { Source } from "./source.ts";
import { StageClock } from "./stage_clock.ts";
import { Tally } from "./tally.ts";
import { encodeUtf8 } from "./utf8.ts";

export type { PipelineLimits, Sink, Sinks, Source };

export interface PipelineRun {
  taskId: string;
  filename: string;
  input: TaskInput;
  options: TaskOptions;
  softwareVersion: string;
  /** What recorded artifact paths begin with: `artifacts/<task>/<fence>`. */
  artifactPrefix: string;
  source: Source;
  sinks: Sinks;
  /** Milliseconds from any fixed point, for the report's timings. */
  now: () => number;
  /** Called after each chunk, and when a stage begins. */
  onProgress?: (progress: Progress) => void;
}

/** `error` is null of a completed task; else the data make it fail, and only rejects and report exist. */
export interface PipelineOutcome {
  error: TaskError | null;
  result: RunResult;
}

/**
 * Run one task. Bad data never throw: they are rejected rows, or make the outcome an error.
 *
 * When it does throw, sinks that it opened may be left open: whoever made them disposes of them.
 *
 * @param limits for tests; what isn't given is as in the product
 * @throws {InputError} if the input has no header, or not one that the intake check lets pass
 * @throws {OperatingError} `input-damaged` if the source doesn't give the recorded bytes
 * @throws what source and sinks throw
 */
export async function runPipeline(
  run: PipelineRun,
  limits: Partial<PipelineLimits> = {},
): Promise<PipelineOutcome> {
  const tally = new Tally();
  const meter = new ProgressMeter(run.input.bytes, tally, run.onProgress ?? (() => {}));
  const clock = new StageClock(run.now);
  const context = { run, limits: { ...PIPELINE_LIMITS, ...limits }, tally, clock, meter };

  const aggregated = await aggregatePass(context);
  const detection = detect(aggregated.sorter.aggregate.moments, run.options.k);
  const written = aggregated.error === null
    ? await writeResults(context, aggregated, detection)
    : await writeNoResults(context, aggregated);
  return await writeReport(context, aggregated, detection, written);
}

/** The artifacts of a task that completes. */
async function writeResults(
  context: RunContext,
  { sorter }: Aggregated,
  { statistics }: Detection,
): Promise<Written[]> {
  const { run, clock, meter } = context;
  const { header, aggregate } = sorter;
  const anomalies = await ArtifactStream.open(run.sinks, "anomalies", anomaliesHeader(header));
  if (hasAnomalies(statistics, aggregate.highest)) {
    meter.enter("detect");
    await detectPass(context, header, statistics, anomalies);
  }
  meter.enter("write");
  return await clock.write(async () => {
    const summary = await ArtifactStream.open(run.sinks, "summary", SUMMARY_HEADER);
    for (const region of aggregate.regions.sorted()) {
      writeSummaryRow(summary, region);
      summary.endRow();
      if (summary.isFull) await summary.flush();
    }
    return await Promise.all([summary.close(), anomalies.close(), sorter.rejects.close()]);
  });
}

/** The artifacts of a task that fails: its rejects, so that a user sees why. */
async function writeNoResults({ clock, meter }: RunContext, { sorter }: Aggregated) {
  meter.enter("write");
  return await clock.write(async () => [await sorter.rejects.close()]);
}

async function writeReport(
  { run, tally, clock }: RunContext,
  { sorter, error, complete }: Aggregated,
  { statistics, warnings }: Detection,
  written: readonly Written[],
): Promise<PipelineOutcome> {
  const anomalies = written.find(({ kind }) => kind === "anomalies")?.rows ?? 0;
  const counts = tally.counts(sorter.aggregate.regions.size, anomalies);
  const report = encodeUtf8(reportJson(run, {
    header: sorter.header,
    complete,
    counts,
    errorsByCode: sorter.cleaner.errorsByCode,
    statistics,
    warnings,
    error,
    written,
    timings: clock.timings(),
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
  return { error, result: { counts, statistics, warnings, artifacts } };
}
