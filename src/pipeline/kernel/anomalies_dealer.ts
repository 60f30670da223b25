/**
 * Deals the segments out whose anomalies are wanted, once all are done.
 *
 * A thread makes the rows of what it found in its own segments. But one of them, this one, puts the rows of all into the artifact, which takes it
 * as long as to make some of them; so it has others make most of those of its own, and all end at the same time.
 */
import type { Statistics } from "../../domain/report.ts";
import type { Crew } from "./crew.ts";
import { type OrderedResults, SELF } from "./ordered_results.ts";
import type { AnomaliesOrder, SegmentAnomalies, SegmentRange, Share } from "./share.ts";

/**
 * Putting rows into the artifact (copied, hashed and written), as a fraction of making them: some 110 µs for a segment of common data, against 170 µs once
 * the kernel is compiled. In a new process, where making them takes longer, 0.5 to 0.8 made no difference that could be measured.
 */
const OUTPUT_PART = 0.65;

/** Where a segment lies, who has what was found in it, and what stands before it. */
export interface Done extends SegmentRange {
  member: number;
  linesBefore: number;
}

export class AnomaliesDealer {
  readonly #crew: Crew;
  readonly #own: Pick<Share, "handOver">;
  readonly #done: Done[];
  readonly #statistics: Statistics;
  readonly #results: OrderedResults<SegmentAnomalies>;
  #asked = 0;
  #handedOver = 0;
  /** How many of its own segments this thread may still keep, in fractions: from the beginning the first. */
  #credit = 1;

  /**
   * @param own what this thread did
   * @param done all segments in the order of the grid; told here if another gets one
   * @param results where answers go
   */
  constructor(
    crew: Crew,
    own: Pick<Share, "handOver">,
    done: Done[],
    statistics: Statistics,
    results: OrderedResults<SegmentAnomalies>,
  ) {
    this.#crew = crew;
    this.#own = own;
    this.#done = done;
    this.#statistics = statistics;
    this.#results = results;
  }

  /** How many segments are dealt out. */
  get asked(): number {
    return this.#asked;
  }

  /** Ask each member for the anomalies of its segments before `to`, all at once: a message takes as long as those of a segment. */
  ask(to: number): void {
    const orders: AnomaliesOrder[][] = Array.from({ length: this.#crew.size }, () => []);
    for (; this.#asked < to; this.#asked++) {
      const index = this.#asked;
      const done = this.#done[index];
      const handedOver = done.member === SELF && !this.#takeTurn()
        ? this.#own.handOver(index)
        : null;
      if (handedOver !== null) done.member = this.#handedOver++ % this.#crew.size;
      if (done.member === SELF) continue;
      orders[done.member].push({ index, lines: done.linesBefore, handedOver });
    }
    for (const [member, segments] of orders.entries()) {
      if (segments.length === 0) continue;
      const answer = this.#crew.ask(member, "detect", { segments, statistics: this.#statistics });
      for (const [i, { index }] of segments.entries()) {
        this.#results.expect(index, member, answer.then((anomalies) => anomalies[i]));
      }
    }
  }

  /**
   * Whether the next of its own segments is for this thread. Each of n + 1 threads did as many, and this one puts all of them out: if it
   * keeps 1 - n * OUTPUT_PART of its own, all have the same to do.
   */
  #takeTurn(): boolean {
    this.#credit += Math.max(0, 1 - OUTPUT_PART * this.#crew.size);
    if (this.#credit < 1) return false;
    this.#credit -= 1;
    return true;
  }
}
