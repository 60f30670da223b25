/** A CSV artifact on its way into its sink, in blocks, with its rows counted. */
import type { ArtifactKind } from "../../domain/artifact.ts";
import { CsvWriter } from "./csv_writer.ts";
import type { Sink, Sinks } from "./sink.ts";

/** What a sink is given at a time: large enough to write fast, small beside a runner's memory. */
const WRITE_BYTES_MIN = 512 * 1024;

/** What became of an artifact. */
export interface Written {
  kind: ArtifactKind;
  bytes: number;
  sha256: string;
  /** Null of the report. */
  rows: number | null;
}

export class ArtifactStream {
  readonly csv: CsvWriter;
  rows = 0;
  readonly #kind: ArtifactKind;
  /** Null of a part that somebody else writes. */
  readonly #sink: Sink | null;

  private constructor(kind: ArtifactKind, sink: Sink | null, csv = new CsvWriter()) {
    this.#kind = kind;
    this.#sink = sink;
    this.csv = csv;
  }

  /** A part of an artifact that never leaves the writer. */
  static part(kind: ArtifactKind, csv: CsvWriter): ArtifactStream {
    return new ArtifactStream(kind, null, csv);
  }

  /** Forget all rows, and the header. */
  async beginAnew(): Promise<void> {
    this.csv.take();
    this.rows = 0;
    await this.#sink!.beginAnew();
  }

  /** Open an artifact and write its header. */
  static async open(
    sinks: Sinks,
    kind: ArtifactKind,
    header: readonly string[],
  ): Promise<ArtifactStream> {
    const stream = await ArtifactStream.openEmpty(sinks, kind);
    stream.writeHeader(header);
    return stream;
  }

  /** Open an artifact of which the header isn't known yet. */
  static async openEmpty(sinks: Sinks, kind: ArtifactKind): Promise<ArtifactStream> {
    return new ArtifactStream(kind, await sinks.open(kind));
  }

  /** Write the header of an artifact that was opened without one. */
  writeHeader(labels: readonly string[]): void {
    for (const label of labels) this.csv.text(label);
    this.csv.endRow();
  }

  /** End a data row. */
  endRow(): void {
    this.csv.endRow();
    this.rows++;
  }

  /** Whether enough is buffered to be worth a `flush`. */
  get isFull(): boolean {
    return this.csv.length >= WRITE_BYTES_MIN;
  }

  async flush(): Promise<void> {
    await this.#put(this.csv.take());
  }

  async #put(bytes: Uint8Array): Promise<void> {
    if (bytes.length > 0) await this.#sink!.write(bytes);
  }

  /** Write rows that stand there as they have to stand in the artifact straight to the sink, without a copy. */
  async append(bytes: Uint8Array, rows: number): Promise<void> {
    await this.flush();
    this.rows += rows;
    await this.#put(bytes);
  }

  async close(): Promise<Written> {
    await this.flush();
    const { bytes, sha256 } = await this.#sink!.close();
    return { kind: this.#kind, bytes, sha256, rows: this.rows };
  }
}
