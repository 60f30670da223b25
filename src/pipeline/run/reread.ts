/** The accepted rows of an input once more, after a first pass that found what there is to know of all of them. */
import type { ArtifactStream } from "../artifacts/artifact_stream.ts";
import { Cleaner } from "../clean/clean.ts";
import type { Header } from "../header/header.ts";
import type { CsvRecord } from "../parse/record.ts";
import { changedInput } from "./changed_input.ts";
import type { RunContext } from "./run_context.ts";
import { readRecords } from "./source.ts";
import type { Stage } from "./stage_clock.ts";

/**
 * Read the input again, of which the first pass found the header, and take each accepted row.
 *
 * @param stage what taking a row counts as in the timings
 * @param artifact what rows are written to; it is flushed as it fills
 * @param taker told the cleaner whose cells hold the accepted row; makes what takes each record, valid until that returns
 * @throws {OperatingError} `input-damaged` if it isn't the same input any more
 */
export async function reread(
  { run, limits, tally, clock, meter, numbers }: RunContext,
  header: Header,
  stage: Stage,
  artifact: ArtifactStream,
  taker: (cleaner: Cleaner) => (record: CsvRecord) => void,
): Promise<void> {
  const cleaner = new Cleaner(header, run.options, numbers.formats);
  const take = taker(cleaner);
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
        take(record);
        if (artifact.isFull) await clock.write(() => artifact.flush());
        clock.lap(stage);
      }
      clock.beginRecord();
    }
  }
  clock.endPass();
  if (accepted !== tally.rowsAccepted) throw changedInput();
}
