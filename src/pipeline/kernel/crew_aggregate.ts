/**
 * What all threads of a run have aggregated: the moments here, the regions dealt out.
 *
 * Each thread has met most regions. So the order of their names is cut into ranges, each thread in turn has one, and gets from the others
 * what they have of its regions; then all sort theirs, and write their ranges of the summary while others write theirs. A table that is
 * soon written isn't worth that: then all is for this thread.
 */
import type { Aggregation } from "../aggregate/aggregate.ts";
import type { ArtifactStream } from "../artifacts/artifact_stream.ts";
import type { SalesRow } from "../clean/clean.ts";
import type { Moments } from "../exact/moments.ts";
import type { Crew } from "./crew.ts";
import type { KernelAggregate } from "./kernel_aggregate.ts";
import { OrderedResults } from "./ordered_results.ts";
import type { SummaryPart } from "./share.ts";

/** Ranges for each thread: the summary waits for one of them at its beginning and at its end. */
const RANGES_EACH = 8;
/** Ranges for each thread that may be written before they are next. */
const AHEAD_MAX = 2;

export class CrewAggregate implements Aggregation {
  readonly #own: KernelAggregate;
  readonly #crew: Crew;
  /** Whom ranges are dealt to in turn: this thread, then the members. */
  #owners = 1;
  #ranges = 1;
  #regionCount = 0;

  constructor(own: KernelAggregate, crew: Crew) {
    this.#own = own;
    this.#crew = crew;
  }

  get moments(): Moments {
    return this.#own.moments;
  }

  get highest(): number {
    return this.#own.highest;
  }

  get regionCount(): number {
    return this.#regionCount;
  }

  add(bytes: Uint8Array, row: SalesRow): boolean {
    return this.#own.add(bytes, row);
  }

  /**
   * Bring together what all threads have, once no more rows come.
   *
   * @param regionsMax how many regions there may be
   * @param dealtMin from how many regions on they are dealt out
   * @returns false if there are too many
   */
  async gather(regionsMax: number, dealtMin: number): Promise<boolean> {
    const own = this.#own;
    const members = Array.from({ length: this.#crew.size }, (_, member) => member);
    const owners = own.regionCount < dealtMin ? 1 : members.length + 1;
    const deal = own.deal(owners, owners === 1 ? 1 : owners * RANGES_EACH);
    const asked = Promise.all(members.map((member) => {
      return this.#crew.ask(member, "export", { deal, self: member + 1 });
    }));
    const exported = [own.export(deal, 0), ...await asked];
    const counts = Promise.all(
      members.slice(0, owners - 1).map((member) => {
        const regions = exported.map((from) => from.regions[member + 1]);
        return this.#crew.ask(member, "import", regions);
      }),
    );
    counts.catch(() => {}); // thrown below, if nothing is before
    for (const from of exported.slice(1)) own.addMoments(from);
    const fits = exported.every((from) => own.import(from.regions[0]));
    if (fits) own.sort();
    this.#owners = owners;
    this.#ranges = deal.order.bounds.length + 1;
    this.#regionCount = own.regionCount;
    for (const count of await counts) this.#regionCount += count ?? Infinity;
    return fits && this.#regionCount <= regionsMax;
  }

  async writeSummary(summary: ArtifactStream): Promise<void> {
    const ranges = this.#ranges;
    const results = new OrderedResults<SummaryPart>(this.#crew.size);
    for (let range = 0, asked = 0; range < ranges; range++) {
      for (; asked < Math.min(ranges, range + this.#owners * AHEAD_MAX); asked++) {
        const member = asked % this.#owners - 1;
        if (member >= 0) results.expect(asked, member, this.#crew.ask(member, "summary", asked));
      }
      if (range % this.#owners === 0) {
        for (const _ of this.#own.writeRange(summary, range)) {
          if (summary.isFull) await summary.flush();
        }
      } else {
        await results.arrival(range);
        const { bytes, rows } = results.take(range).result;
        summary.csv.raw(bytes, 0, bytes.length);
        summary.rows += rows;
        if (summary.isFull) await summary.flush();
      }
    }
  }
}
