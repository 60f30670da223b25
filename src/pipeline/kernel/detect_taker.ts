/** Keeps the rows of one segment that exceed the threshold, where it has to be read again. */
import type { Cleaner } from "../clean/clean.ts";
import type { CsvRecord } from "../parse/record.ts";
import { changedInput } from "../run/changed_input.ts";
import { CandidateStore, type Part } from "./candidate_store.ts";
import { Candidates } from "./candidates.ts";
import type { Kernel } from "./kernel.ts";
import type { RowTaker } from "./reread_visitor.ts";

export class DetectTaker implements RowTaker {
  readonly #kernel: Kernel;
  readonly #threshold: number;
  readonly #candidates: Candidates;

  constructor(kernel: Kernel, threshold: number) {
    this.#kernel = kernel;
    this.#threshold = threshold;
    this.#candidates = new Candidates(threshold, new CandidateStore(Infinity));
  }

  rows(from: number, to: number): void {
    for (let at = from; at < to;) {
      at = this.#kernel.detect(at, to, this.#threshold);
      this.#candidates.keep(this.#kernel.candidates);
    }
  }

  record({ text, textStart, textEnd, line }: CsvRecord, { row }: Cleaner): void {
    if (row.revPerUnit <= this.#threshold) return;
    this.#candidates.keepRecord(row.revPerUnit, line, text.subarray(textStart, textEnd));
  }

  /**
   * @param accepted how many rows there were
   * @param expected how many there were the first time
   * @throws {OperatingError} `input-damaged` if that isn't as many
   */
  found(accepted: number, expected: number): { store: CandidateStore; parts: readonly Part[] } {
    if (accepted !== expected) throw changedInput();
    this.#candidates.end();
    const { store, segments: [{ parts }] } = this.#candidates;
    return { store, parts };
  }
}
