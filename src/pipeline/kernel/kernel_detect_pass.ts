/**
 * The second pass with the kernel: writes the candidates that are anomalies, and reads those segments again of which not all
 * anomalies were kept.
 */
import type { Statistics } from "../../domain/report.ts";
import type { ArtifactStream } from "../artifacts/artifact_stream.ts";
import type { Header } from "../header/header.ts";
import type { RunContext } from "../run/run_context.ts";
import { AnomalyWriter } from "./anomaly_writer.ts";
import type { Part } from "./candidate_store.ts";
import type { Candidates } from "./candidates.ts";
import { DetectTaker } from "./detect_taker.ts";
import type { Kernel } from "./kernel.ts";
import { kernelDecoderOf } from "./kernel_decoder.ts";
import { RangeReader } from "./range_reader.ts";
import { readingOf } from "./reading.ts";
import { RecordWalk, type WalkSizes } from "./record_walk.ts";
import { RereadVisitor } from "./reread_visitor.ts";

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
  const decoder = kernelDecoderOf(reading.encoding, kernel);
  const reader = new RangeReader(run.source, run.input, (bytes) => meter.read(bytes), decoder);
  let bytesReread = 0;
  clock.beginPass();
  try {
    for (const segment of candidates.segments) {
      let { store } = candidates;
      let parts: readonly Part[] = segment.parts;
      if (segment.bound > threshold) {
        const taker = new DetectTaker(kernel, threshold);
        const isBelowHeader = segment.start !== null;
        const visitor = new RereadVisitor(
          context,
          kernel,
          reading,
          header,
          isBelowHeader,
          "detect",
          taker,
        );
        const walk = new RecordWalk(kernel, visitor, reading, clock, sizes, segment.start);
        const from = segment.start === null ? 0 : segment.start.offset + markBytes;
        for await (const bytes of reader.range(from, segment.endOffset + markBytes)) {
          for (let at = 0; at < bytes.length;) at += walk.push(bytes, at);
          bytesReread += bytes.length;
        }
        walk.end();
        ({ store, parts } = taker.found(visitor.accepted, segment.accepted));
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
