/** The first records of a run: what stands above the header, and the header itself. */
import type { Dialect } from "../../domain/dialect.ts";
import { type Header, type HeaderMapping, type Labels, mapLabels, readLabels } from "./header.ts";
import type { CsvRecord } from "../parse/record.ts";
import { joinLabels } from "./two_line_header.ts";

/** What a record is skipped as that stands above the header; null of the first one that is part of it. */
export function skippedAbove(
  { blank, line }: CsvRecord,
  { header_line }: Pick<Dialect, "header_line">,
): "blank" | "preamble" | null {
  if (blank) return "blank";
  return line < (header_line ?? 1) ? "preamble" : null;
}

/** Takes the header out of the records that aren't above it. */
export class HeaderReader {
  readonly #lines: 1 | 2;
  readonly #mapping: HeaderMapping;
  #upper: Labels | null = null;

  constructor({ header_lines }: Pick<Dialect, "header_lines">, mapping: HeaderMapping) {
    this.#lines = header_lines ?? 1;
    this.#mapping = mapping;
  }

  /**
   * The header, given the next record that isn't above it or blank; null if it takes one more.
   *
   * @throws {InputError} as `mapLabels` and `readLabels` do
   */
  take(record: CsvRecord): Header | null {
    const labels = readLabels(record);
    if (this.#lines === 1) return mapLabels(labels, this.#mapping);
    if (this.#upper !== null) {
      return mapLabels(joinLabels(this.#upper, labels, this.#mapping), this.#mapping);
    }
    this.#upper = labels;
    return null;
  }
}
