/** What the accepted rows come to: sums by region, and the moments of revenue per unit. */
import type { ArtifactStream } from "../artifacts/artifact_stream.ts";
import { writeSummaryRow } from "../artifacts/artifacts.ts";
import type { SalesRow } from "../clean/clean.ts";
import { Moments } from "../exact/moments.ts";
import { RegionTable } from "./region_table.ts";

/** What an engine knows of the rows that it accepted. */
export interface Aggregation {
  /** Regions that have rows. */
  readonly regionCount: number;
  readonly moments: Moments;
  /** The largest revenue per unit; -Infinity of no rows. */
  readonly highest: number;
  /** Add an accepted row whose cells stand in `bytes`; false, and nothing added, if it would make one region too many. */
  add(bytes: Uint8Array, row: SalesRow): boolean;
  /** Write all regions in the order of the summary. @param hasDiscount whether the file has a column for it */
  writeSummary(summary: ArtifactStream, hasDiscount: boolean): Promise<void>;
}

/** The plain engine's. */
export class Aggregate implements Aggregation {
  readonly #regions = new RegionTable();
  readonly moments = new Moments();
  highest = -Infinity;
  readonly #regionsMax: number;

  constructor(regionsMax: number) {
    this.#regionsMax = regionsMax;
  }

  add(bytes: Uint8Array, row: SalesRow): boolean {
    const region = this.#regions.find(bytes, row.regionStart, row.regionEnd, this.#regionsMax);
    if (region === null) return false;
    region.rows++;
    region.revenue.add(row.revenue);
    region.quantity.add(row.quantity);
    region.discount.add(row.discount);
    this.moments.add(row.revPerUnit);
    if (row.revPerUnit > this.highest) this.highest = row.revPerUnit;
    return true;
  }

  get regionCount(): number {
    return this.#regions.size;
  }

  async writeSummary(summary: ArtifactStream, hasDiscount: boolean): Promise<void> {
    for (const region of this.#regions.sorted()) {
      writeSummaryRow(summary, region, hasDiscount);
      summary.endRow();
      if (summary.isFull) await summary.flush();
    }
  }
}
