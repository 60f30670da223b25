/** Writes the candidates that turned out to be anomalies. */
import type { Statistics } from "../../domain/report.ts";
import { LF } from "../ascii.ts";
import type { ArtifactStream } from "../artifact_stream.ts";
import { ownColumns, writeAnomaly, writeFinding } from "../artifacts.ts";
import type { Header } from "../header.ts";
import type { PipelineLimits } from "../pipeline_limits.ts";
import { candidatesOf, type Part } from "./candidates.ts";
import { OddRecords } from "./odd_records.ts";

const LINE_END = Uint8Array.of(LF);

export class AnomalyWriter {
  readonly #own: readonly number[];
  readonly #statistics: Statistics;
  readonly #anomalies: ArtifactStream;
  /** Reads the records that don't stand in the file as they have to stand in the artifact. */
  readonly #records: OddRecords;

  constructor(
    limits: PipelineLimits,
    header: Header,
    statistics: Statistics,
    anomalies: ArtifactStream,
  ) {
    this.#own = ownColumns(header);
    this.#statistics = statistics;
    this.#anomalies = anomalies;
    this.#records = new OddRecords(limits, false);
  }

  /** Write those above the threshold. @param linesBefore what to add to their lines */
  write(parts: readonly Part[], linesBefore = 0): void {
    const { csv } = this.#anomalies;
    const threshold = this.#statistics.threshold ?? Infinity;
    for (const part of parts) {
      for (const { revPerUnit, line, bytes, start, end, isReady } of candidatesOf(part)) {
        if (revPerUnit <= threshold) continue;
        if (isReady) {
          csv.written(bytes, start, end);
          writeFinding(csv, revPerUnit, this.#statistics, linesBefore + line);
        } else this.#writeRecord(bytes.subarray(start, end), revPerUnit, linesBefore + line);
        this.#anomalies.endRow();
      }
    }
  }

  #writeRecord(text: Uint8Array, revPerUnit: number, line: number): void {
    this.#records.push(text);
    this.#records.push(LINE_END);
    const record = this.#records.next()!;
    record.line = line;
    writeAnomaly(this.#anomalies, this.#own, record, revPerUnit, this.#statistics);
    this.#records.next();
  }
}
