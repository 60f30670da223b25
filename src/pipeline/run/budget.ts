/** The error budget: how many rows may be rejected before a task fails. */
import type { TaskOptions } from "../../domain/options.ts";
import type { Tally } from "./tally.ts";

/** What was exceeded, as part of a sentence; null if nothing was. */
export type Excess = string | null;

export class Budget {
  readonly #rowsMax: number;
  readonly #ratioMax: number;
  readonly #ratioRowsMin: number;

  constructor(options: TaskOptions, ratioRowsMin: number) {
    this.#rowsMax = options.max_bad_rows ?? Infinity;
    this.#ratioMax = options.max_bad_ratio ?? Infinity;
    this.#ratioRowsMin = ratioRowsMin;
  }

  /** In mid-file: a ratio says little before there are some rows. */
  afterBlock(tally: Tally): Excess {
    return this.#excess(tally, this.#ratioRowsMin);
  }

  atEnd(tally: Tally): Excess {
    return this.#excess(tally, 1);
  }

  #excess({ rowsRejected, rowsTotal }: Tally, ratioRowsMin: number): Excess {
    if (rowsRejected > this.#rowsMax) return `max_bad_rows = ${this.#rowsMax} allows`;
    if (rowsTotal >= ratioRowsMin && rowsRejected / rowsTotal > this.#ratioMax) {
      return `max_bad_ratio = ${this.#ratioMax} allows`;
    }
    return null;
  }
}
