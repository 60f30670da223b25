/** A CSV artifact on its way into its sink, in blocks, with its rows counted. */
import type { ArtifactKind } from "../domain/artifact.ts";
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
  readonly csv = new CsvWriter();
  rows = 0;
  readonly #kind: ArtifactKind;
  readonly #sink: Sink;

  private constructor(kind: ArtifactKind, sink: Sink) {
    this.#kind = kind;
    this.#sink = sink;
  }

  /** Open an artifact and write its header. */
  static async open(
    sinks: Sinks,
    kind: ArtifactKind,
    header: readonly string[],
  ): Promise<ArtifactStream> {
    const stream = new ArtifactStream(kind, await sinks.open(kind));
    for (const label of header) stream.csv.text(label);
    stream.csv.endRow();
    return stream;
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
    const bytes = this.csv.take();
    if (bytes.length > 0) await this.#sink.write(bytes);
  }

  async close(): Promise<Written> {
    await this.flush();
    const { bytes, sha256 } = await this.#sink.close();
    return { kind: this.#kind, bytes, sha256, rows: this.rows };
  }
}
