/** Writes accepted rows as the cleaned file has them. */
import type { ArtifactStream } from "../artifacts/artifact_stream.ts";
import { cleanedRowWriter } from "../artifacts/artifacts.ts";
import type { Cleaner } from "../clean/clean.ts";
import type { Header } from "../header/header.ts";
import type { CsvRecord } from "../parse/record.ts";
import type { Kernel } from "./kernel.ts";
import type { RowTaker } from "./reread_visitor.ts";

export class CleanedTaker implements RowTaker {
  readonly #kernel: Kernel;
  readonly #header: Header;
  readonly #cleaned: ArtifactStream;
  /** For what the kernel doesn't take; made when it is needed. */
  #write: ((record: CsvRecord) => void) | null = null;

  constructor(kernel: Kernel, header: Header, cleaned: ArtifactStream) {
    this.#kernel = kernel;
    this.#header = header;
    this.#cleaned = cleaned;
  }

  rows(from: number, to: number): void {
    for (let at = from; at < to;) {
      at = this.#kernel.writeCleaned(at, to);
      const { cleaned: written } = this.#kernel;
      this.#cleaned.csv.raw(written, 0, written.length);
      this.#cleaned.rows += this.#kernel.rowsWritten;
    }
  }

  record(record: CsvRecord, cleaner: Cleaner): void {
    this.#write ??= cleanedRowWriter(this.#header, cleaner, this.#cleaned);
    this.#write(record);
  }
}
