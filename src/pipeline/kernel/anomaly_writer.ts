/** Writes the candidates that turned out to be anomalies. */
import type { Statistics } from "../../domain/report.ts";
import { LF } from "../text/ascii.ts";
import type { ArtifactStream } from "../artifacts/artifact_stream.ts";
import { ownColumns, writeAnomaly } from "../artifacts/artifacts.ts";
import type { Header } from "../header/header.ts";
import type { PipelineLimits } from "../pipeline_limits.ts";
import { type Candidate, newCandidate, type Part, readCandidate } from "./candidates.ts";
import type { Kernel } from "./kernel.ts";
import { OddRecords } from "./odd_records.ts";

const LINE_END = Uint8Array.of(LF);

export class AnomalyWriter {
  readonly #kernel: Kernel;
  readonly #own: readonly number[];
  readonly #statistics: Statistics;
  readonly #anomalies: ArtifactStream;
  /** Reads the records that don't stand in the file as they have to stand in the artifact. */
  readonly #records: OddRecords;

  constructor(
    kernel: Kernel,
    limits: PipelineLimits,
    header: Header,
    statistics: Statistics,
    anomalies: ArtifactStream,
  ) {
    this.#kernel = kernel;
    this.#own = ownColumns(header);
    this.#statistics = statistics;
    this.#anomalies = anomalies;
    this.#records = new OddRecords(limits, false);
  }

  /** Write those above the threshold. @param linesBefore what to add to their lines */
  write(parts: readonly Part[], linesBefore = 0): void {
    const threshold = this.#statistics.threshold ?? Infinity;
    const candidate = newCandidate();
    for (const part of parts) {
      let isPut = false;
      for (let at = 0; at < part.length;) {
        readCandidate(part, at, candidate);
        if (candidate.isReady) {
          if (!isPut) this.#kernel.putCandidates(part.bytes.subarray(0, part.length));
          isPut = true;
          at = this.#writeReady(at, part.length, linesBefore);
          continue;
        }
        if (candidate.revPerUnit > threshold) this.#writeRecord(candidate, linesBefore);
        at = candidate.next;
      }
    }
  }

  /** Write all that are ready from here on; where the first stands that isn't. */
  #writeReady(from: number, to: number, linesBefore: number): number {
    const kernel = this.#kernel;
    const next = kernel.writeAnomalies(from, to, this.#statistics, linesBefore);
    const { written } = kernel;
    this.#anomalies.csv.raw(written, 0, written.length);
    this.#anomalies.rows += kernel.rowsWritten;
    return next;
  }

  #writeRecord({ bytes, start, end, line, revPerUnit }: Candidate, linesBefore: number): void {
    this.#records.push(bytes.subarray(start, end));
    this.#records.push(LINE_END);
    const record = this.#records.next()!;
    record.line = linesBefore + line;
    writeAnomaly(this.#anomalies, this.#own, record, revPerUnit, this.#statistics);
    this.#anomalies.endRow();
    this.#records.next();
  }
}
