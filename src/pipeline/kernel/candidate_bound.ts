/** Above which revenue per unit a row is kept as a candidate, while the threshold isn't known: an estimate from the rows so far. */
import { detect } from "../aggregate/detect.ts";
import type { KernelAggregate } from "./kernel_aggregate.ts";

/** How far below the estimated threshold rows are kept, in parts of its distance from the mean. */
const BOUND_SHARE = 0.85;
/** A new estimate is made when there are so many times the rows of the last one. */
const ESTIMATE_GROWTH = 1.5;

export class CandidateBound {
  readonly #k: number;
  #estimated = 0;
  #bound = Infinity;

  /** @param k of the threshold */
  constructor(k: number) {
    this.#k = k;
  }

  /** A bound that the final threshold will hardly fall below, if these are some of its rows; Infinity if they are too few. */
  of(aggregate: KernelAggregate): number {
    const { rows } = aggregate;
    if (rows > 1 && rows >= ESTIMATE_GROWTH * this.#estimated) {
      this.#estimated = rows;
      const { mean, threshold } = detect(aggregate.moments, this.#k).statistics;
      const bound = mean === null || threshold === null
        ? Infinity
        : mean + BOUND_SHARE * (threshold - mean);
      this.#bound = Number.isFinite(bound) ? bound : Infinity;
    }
    return this.#bound;
  }
}
