/** The second pass: the same rows again, now that the threshold is known; anomalies are written as they are found. */
import { OperatingError } from "../domain/errors.ts";
import type { Statistics } from "../domain/report.ts";
import type { ArtifactStream } from "./artifact_stream.ts";
import { ownColumns, writeAnomaly } from "./artifacts.ts";
import { Cleaner } from "./clean.ts";
import type { Header } from "./header.ts";
import type { RunContext } from "./run_context.ts";
import { readRecords } from "./source.ts";

/**
 * Write the anomalies of an input of which the first pass found the header and the statistics.
 *
 * @throws {OperatingError} `input-damaged` if it isn't the same input any more
 */
export async function detectPass(
  { run, limits, tally, clock, meter }: RunContext,
  header: Header,
  statistics: Statistics,
  anomalies: ArtifactStream,
): Promise<void> {
  const cleaner = new Cleaner(header, run.options);
  const own = ownColumns(header);
  const threshold = statistics.threshold ?? Infinity;
  let accepted = 0;
  const headerLine = header.line ?? 0;
  clock.beginPass();
  const input = readRecords(run.source, run.input, limits, (bytes) => meter.read(bytes));
  for await (const parser of input) {
    clock.beginRecord();
    for (let record = parser.next(); record !== null; record = parser.next()) {
      clock.lap("parse");
      if (record.blank || record.line <= headerLine) continue;
      const verdict = cleaner.clean(record);
      clock.lap("clean");
      if (verdict === "accepted") {
        accepted++;
        const { revPerUnit } = cleaner.row;
        if (revPerUnit > threshold) {
          writeAnomaly(anomalies, own, record, revPerUnit, statistics);
          anomalies.endRow();
          if (anomalies.isFull) await clock.write(() => anomalies.flush());
        }
        clock.lap("detect");
      }
      clock.beginRecord();
    }
  }
  clock.endPass();
  if (accepted !== tally.rowsAccepted) {
    throw new OperatingError(
      "input-damaged",
      "The stored input changed while it was read. Upload the file again.",
    );
  }
}
