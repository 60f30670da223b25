/** A CSV writer that leaves the positions of records open, for whoever learns how many lines and records stand before them. */
import { CsvWriter } from "../artifacts/csv_writer.ts";

/** Rows without their positions. */
export interface GappedRows {
  bytes: Uint8Array;
  rows: number;
  /** Three numbers for each gap: where it is, and the line and record to write there, counted from the segment's beginning. */
  gaps: Float64Array;
}

export class GapWriter extends CsvWriter {
  #gaps: number[] = [];

  override position(line: number, record: number): void {
    this.#gaps.push(this.length, line, record);
  }

  /** All rows so far; the next is the first of others. */
  takeGapped(): GappedRows {
    const gaps = Float64Array.from(this.#gaps);
    this.#gaps = [];
    return { bytes: this.take().slice(), rows: gaps.length / 3, gaps };
  }
}

/** Write gapped rows, of a segment that has so many lines and records before it. */
export function fillGaps(
  csv: CsvWriter,
  { bytes, gaps }: GappedRows,
  lines: number,
  records: number,
): void {
  let from = 0;
  for (let i = 0; i < gaps.length; i += 3) {
    csv.raw(bytes, from, gaps[i]);
    csv.position(lines + gaps[i + 1], records + gaps[i + 2]);
    from = gaps[i];
  }
  csv.raw(bytes, from, bytes.length);
}
