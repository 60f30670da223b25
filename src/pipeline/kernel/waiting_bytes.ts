/**
 * How many segments may be done ahead of the one whose turn it is: what each came to waits in memory until then.
 *
 * That is known of the segments before only, so one that comes to much more than they did is beyond the limit, as is a single one that is too
 * large by itself: at least one for each thread there must be.
 */

/** What becomes of the largest segment so far with each that follows it. */
const FADING = 0.9;

export class WaitingBytes {
  readonly #bytesMax: number;
  #expected = 1;

  /** @param bytesMax that may wait of what one thread did */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Say what a segment came to, or would have if it were as long as others. */
  weigh(bytes: number): void {
    this.#expected = Math.max(1, bytes, FADING * this.#expected);
  }

  /** So many segments, or as many as there is room for. */
  limit(segments: number): number {
    return Math.max(1, Math.min(segments, Math.floor(this.#bytesMax / this.#expected)));
  }
}
