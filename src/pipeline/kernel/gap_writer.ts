/** A CSV writer that leaves the positions of records open, for whoever learns how many lines and records stand before them. */
import { CsvWriter } from "../artifacts/csv_writer.ts";
import { GAP_WORDS } from "./memory_layout.ts";

const GAPS_MIN = 1_024;

/** Rows without their positions. */
export interface GappedRows {
  bytes: Uint8Array;
  rows: number;
  /** Three numbers for each gap: where it is, and the line and record to write there, counted from the segment's beginning. */
  gaps: Uint32Array;
}

export class GapWriter extends CsvWriter {
  #gaps = new Uint32Array(GAPS_MIN * GAP_WORDS);
  #words = 0;

  override position(line: number, record: number): void {
    this.#makeRoom(GAP_WORDS);
    this.#gaps[this.#words++] = this.length;
    this.#gaps[this.#words++] = line;
    this.#gaps[this.#words++] = record;
  }

  /** Write rows of which the gaps tell where they are in all that was written here. */
  gapped({ bytes, gaps }: GappedRows): void {
    this.#makeRoom(gaps.length);
    this.#gaps.set(gaps, this.#words);
    this.#words += gaps.length;
    this.raw(bytes, 0, bytes.length);
  }

  /** All rows so far; the next is the first of others. */
  takeGapped(): GappedRows {
    const gaps = this.#gaps.slice(0, this.#words);
    this.#words = 0;
    return { bytes: this.take().slice(), rows: gaps.length / GAP_WORDS, gaps };
  }

  #makeRoom(words: number): void {
    const needed = this.#words + words;
    if (needed <= this.#gaps.length) return;
    const larger = new Uint32Array(Math.max(2 * this.#gaps.length, needed));
    larger.set(this.#gaps);
    this.#gaps = larger;
  }
}
