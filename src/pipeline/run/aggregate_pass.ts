/** The first pass: parse, clean, aggregate; rejected rows are written as they are found. */
import type { TaskError } from "../../domain/errors.ts";
import { ArtifactStream } from "../artifacts/artifact_stream.ts";
import { rejectsHeader } from "../artifacts/artifacts.ts";
import { emptyFile } from "../header/header.ts";
import { HeaderReader, skippedAbove } from "../header/header_reader.ts";
import type { RunContext } from "./run_context.ts";
import { Sorter } from "./sorter.ts";
import { readRecords } from "./source.ts";

/** What the first pass came to. */
export interface Aggregated {
  /** Holds the header, the aggregate and the rejects, which are still open. */
  sorter: Sorter;
  /** Why the task fails; null if it goes on. */
  error: TaskError | null;
  /** Whether reading went on to the end of the file. */
  complete: boolean;
}

/**
 * Read the input to its end, or to where the task fails.
 *
 * @throws {InputError} if the header isn't one that the intake check lets pass
 */
export async function aggregatePass(context: RunContext): Promise<Aggregated> {
  const { run, limits, tally, clock, meter } = context;
  let sorter: Sorter | null = null;
  const headerReader = new HeaderReader(run.input.dialect, run.options);
  clock.beginPass();
  const input = readRecords(run.source, run.input, limits, (bytes) => meter.read(bytes));
  for await (const parser of input) {
    clock.beginRecord();
    for (let record = parser.next(); record !== null; record = parser.next()) {
      clock.lap("parse");
      let isData = true;
      if (sorter === null) {
        const skipped = skippedAbove(record, run.input.dialect);
        if (skipped !== null) {
          tally.skip(skipped, record.line);
          isData = false;
        } else {
          const header = headerReader.take(record);
          isData = header !== null && header.line === null;
          if (header !== null) {
            const rejects = await ArtifactStream.open(run.sinks, "rejects", rejectsHeader(header));
            sorter = new Sorter(context, header, rejects);
          }
        }
      }
      if (sorter !== null && isData) {
        const error = sorter.take(record);
        if (error !== null) {
          clock.endPass();
          return { sorter, error, complete: false };
        }
        const { rejects } = sorter;
        if (rejects.isFull) await clock.write(() => rejects.flush());
      }
      clock.beginRecord();
    }
  }
  clock.endPass();
  if (sorter === null) throw emptyFile();
  return { sorter, ...sorter.end() };
}
