/** Writes the candidates that turned out to be anomalies. */
import type { Statistics } from "../../domain/report.ts";
import { LF } from "../text/ascii.ts";
import type { ArtifactStream } from "../artifacts/artifact_stream.ts";
import { ownColumns, writeAnomaly } from "../artifacts/artifacts.ts";
import type { Header } from "../header/header.ts";
import type { CandidateStore, Part } from "./candidate_store.ts";
import { type Candidate, newCandidate, readCandidate } from "./candidates.ts";
import type { Kernel } from "./kernel.ts";
import { OddRecords } from "./odd_records.ts";
import type { Reading } from "./reading.ts";

const LINE_END = Uint8Array.of(LF);

export class AnomalyWriter {
  readonly #kernel: Kernel;
  readonly #own: readonly number[];
  readonly #statistics: Statistics;
  readonly #anomalies: ArtifactStream;
  /** Reads the records that the kernel didn't take: they were kept as they stand in the file. */
  readonly #records: OddRecords;

  constructor(
    kernel: Kernel,
    reading: Reading,
    header: Header,
    statistics: Statistics,
    anomalies: ArtifactStream,
  ) {
    this.#kernel = kernel;
    this.#own = ownColumns(header);
    this.#statistics = statistics;
    this.#anomalies = anomalies;
    this.#records = new OddRecords(reading, false);
  }

  /** Write those above the threshold. @param linesBefore what to add to their lines */
  write(store: CandidateStore, parts: readonly Part[], linesBefore = 0): void {
    for (const part of parts) this.#writePart(store.read(part), linesBefore);
  }

  #writePart(bytes: Uint8Array, linesBefore: number): void {
    const threshold = this.#statistics.threshold ?? Infinity;
    const candidate = newCandidate();
    let isPut = false;
    for (let at = 0; at < bytes.length;) {
      readCandidate(bytes, at, candidate);
      if (candidate.isReady) {
        if (!isPut) this.#kernel.putCandidates(bytes);
        isPut = true;
        at = this.#writeReady(at, bytes.length, linesBefore);
        continue;
      }
      if (candidate.revPerUnit > threshold) this.#writeRecord(candidate, linesBefore);
      at = candidate.next;
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
