/** Takes the header of a run out of its first records. */
import type { Dialect } from "../../domain/dialect.ts";
import { type Header, type HeaderMapping, type Labels, mapLabels, readLabels } from "./header.ts";
import type { CsvRecord } from "../parse/record.ts";
import { joinLabels } from "./two_line_header.ts";

export class HeaderReader {
  readonly #lines: 1 | 2;
  readonly #mapping: HeaderMapping;
  #upper: Labels | null = null;

  constructor({ header_lines }: Pick<Dialect, "header_lines">, mapping: HeaderMapping) {
    this.#lines = header_lines ?? 1;
    this.#mapping = mapping;
  }

  /**
   * The header, given the next record from its line on that isn't blank; null if it takes one more.
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
