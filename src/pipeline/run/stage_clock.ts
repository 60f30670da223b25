/**
 * How long each stage of a run took.
 *
 * The stages of a pass alternate for each record, and asking the time that often would cost as much as a stage. So of
 * each pass the whole time is measured, and split by the shares that a sample of its records shows.
 */

export type Stage = "parse" | "clean" | "aggregate" | "detect" | "write";

/** So many records are all timed, so that short files have times; from then on, one in so many. */
const SAMPLE_EVERY = 64;

export class StageClock {
  readonly #now: () => number;
  readonly #begun: number;
  readonly #total: Record<Stage, number> = {
    parse: 0,
    clean: 0,
    aggregate: 0,
    detect: 0,
    write: 0,
  };
  readonly #sampled = new Map<Stage, number>();
  #records = 0;
  #isSampling = false;
  #lapBegun = 0;
  #passBegun = 0;
  #written = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.#begun = now();
  }

  /** Before a pass over the input. */
  beginPass(): void {
    this.#passBegun = this.#now();
    this.#written = this.#total.write;
    this.#sampled.clear();
    this.#records = 0;
  }

  /** Before each record. */
  beginRecord(): void {
    const record = this.#records++;
    this.#isSampling = record < SAMPLE_EVERY || record % SAMPLE_EVERY === 0;
    if (this.#isSampling) this.#lapBegun = this.#now();
  }

  /** After a stage of a record. */
  lap(stage: Stage): void {
    if (!this.#isSampling) return;
    const now = this.#now();
    this.#sampled.set(stage, (this.#sampled.get(stage) ?? 0) + now - this.#lapBegun);
    this.#lapBegun = now;
  }

  /** After a pass; reading the input counts as parsing. */
  endPass(): void {
    const written = this.#total.write - this.#written;
    const passed = Math.max(0, this.#now() - this.#passBegun - written);
    let sampled = 0;
    for (const time of this.#sampled.values()) sampled += time;
    if (sampled <= 0) this.#total.parse += passed;
    else {
      for (const [stage, time] of this.#sampled) this.#total[stage] += passed * time / sampled;
    }
  }

  /** Time the writing of something, whether within a pass or after it. */
  async write<T>(work: () => Promise<T>): Promise<T> {
    const begun = this.#now();
    const result = await work();
    this.#total.write += this.#now() - begun;
    return result;
  }

  /** For the report, in milliseconds to the microsecond. */
  timings(): Record<string, number> {
    const rounded = (ms: number) => Math.round(ms * 1000) / 1000;
    const stages = Object.entries(this.#total).map(([stage, ms]) => [`${stage}_ms`, rounded(ms)]);
    return Object.fromEntries([...stages, ["total_ms", rounded(this.#now() - this.#begun)]]);
  }
}
