/** The rows that the kernel rejects by itself, on their way into the rejects file and the counts. */
import type { RejectCode } from "../../domain/report.ts";
import type { CsvWriter } from "../artifacts/csv_writer.ts";
import type { Sorter } from "../run/sorter.ts";
import { type GappedRows, GapWriter } from "./gap_writer.ts";
import type { Kernel } from "./kernel.ts";
import * as at from "./memory_layout.ts";
import { FAULT_CODES } from "./reject_texts.ts";

/** After so many records in vain, one after the other, those that follow among the same rows are most likely alike. */
const VAIN_MAX = 8;

export class KernelRejects {
  readonly #kernel: Kernel;
  readonly #sorter: Sorter;
  #vain = 0;

  constructor(kernel: Kernel, sorter: Sorter) {
    this.#kernel = kernel;
    this.#sorter = sorter;
  }

  /** Say that other rows are decoded. */
  begin(): void {
    this.#vain = 0;
  }

  /**
   * Reject faulty records from one of them on, as many as is certain, and have the sorter count them; how many. The sorter must have
   * counted the rows before, and no more.
   *
   * @param rows of those that are decoded
   */
  take(from: number, rows: number): number {
    // What waits in the sorter is decided by what comes next, which may come to wait too.
    if (this.#vain === VAIN_MAX || this.#sorter.isWaiting) return 0;
    const kernel = this.#kernel;
    const { rejects, records } = this.#sorter;
    const { csv } = rejects;
    const isGapped = csv instanceof GapWriter;
    const taken = kernel.reject(from, rows, records, isGapped ? csv.length : 0);
    if (taken === 0) {
      this.#vain++;
      return 0;
    }
    this.#vain = 0;
    const written = kernel.rejects(taken);
    const [, line, record] = written.gaps.subarray(-at.GAP_WORDS);
    if (isGapped) csv.gapped(written);
    else fillGaps(kernel, csv, written, 0, 0);
    rejects.rows += taken;
    this.#sorter.countRejected(
      this.#counts(at.REJECTED_COUNTS),
      this.#counts(at.FAULT_COUNTS),
      { line, record },
    );
    return taken;
  }

  /** Numbers of rows or cells by the code of their fault. */
  #counts(index: number): [RejectCode, number][] {
    return FAULT_CODES.map((code, kind) => [code, this.#kernel.status(index + kind)]);
  }
}

/** Write gapped rows, of a segment that has so many lines and records before it. */
export function fillGaps(
  kernel: Kernel,
  csv: CsvWriter,
  { bytes, gaps }: GappedRows,
  lines: number,
  records: number,
): void {
  let from = 0;
  for (let gap = 0; gap < gaps.length;) {
    const next = gaps.subarray(gap);
    let filled = kernel.fillGaps(bytes.subarray(from), next, from, lines, records);
    if (filled > 0) csv.raw(kernel.filled, 0, kernel.filled.length);
    else {
      csv.raw(bytes, from, next[0]);
      csv.position(lines + next[1], records + next[2]);
      filled = 1;
    }
    from = next[at.GAP_WORDS * (filled - 1)];
    gap += at.GAP_WORDS * filled;
  }
  csv.raw(bytes, from, bytes.length);
}
