/**
 * What the accepted rows come to when the kernel has taken most of them: its sums, and beside them those of the other rows and
 * of what left the kernel's 64 bits. All are exact, so it doesn't matter which row went where.
 */
import type { Aggregation } from "../aggregate/aggregate.ts";
import type { ArtifactStream } from "../artifacts/artifact_stream.ts";
import { writeSummaryRow } from "../artifacts/artifacts.ts";
import type { SalesRow } from "../clean/clean.ts";
import { DecimalSum, type DecimalSumState } from "../number/decimal_sum.ts";
import { Moments, type MomentsState } from "../exact/moments.ts";
import type { NumberCell } from "../number/number.ts";
import type { Region } from "../aggregate/region_table.ts";
import { decodeUtf8 } from "../text/utf8.ts";
import type { Kernel, SortedRegions } from "./kernel.ts";
import * as at from "./memory_layout.ts";
import { type NameOrder, nameOrder } from "./name_order.ts";

/** What TypeScript has summed up of a region, to be added to the kernel's sums. */
type Extra = readonly [revenue: DecimalSum, quantity: DecimalSum, discount: DecimalSum];

/** Of how many regions the order of all is told. */
const SAMPLE_MAX = 1_024;
/** Rows of the summary that are written at a time: what they take stays in the processor's cache. */
const WRITTEN_ROWS_MAX = 8_192;

/** How threads deal the regions out among each other. */
export interface Deal {
  order: NameOrder;
  /** How many threads are dealt to. Each range of the order is for the next of them. */
  owners: number;
}

/** Regions on their way to another thread. */
export interface ExportedRegions {
  /** As kernels exchange them. */
  parts: Uint8Array[];
  /** What regions have beyond that. */
  extras: { name: Uint8Array; sums: DecimalSumState[] }[];
}

/** An aggregate on its way to other threads. */
export interface ExportedAggregate {
  moments: MomentsState;
  highest: number;
  /** For each owner; nothing for the thread itself. */
  regions: ExportedRegions[];
}

export class KernelAggregate implements Aggregation {
  readonly #kernel: Kernel;
  readonly #regionsMax: number;
  readonly #hasDiscount: boolean;
  /** By the address of the entry. */
  readonly #extras = new Map<number, Extra>();
  readonly #moments = new Moments();
  readonly #takenAway = new Moments();
  #sorted: SortedRegions | null = null;
  #rows = 0;
  #highest = -Infinity;

  /** @param hasDiscount whether the kernel's third sum is one of discounts */
  constructor(kernel: Kernel, regionsMax: number, hasDiscount: boolean) {
    this.#hasDiscount = hasDiscount;
    this.#kernel = kernel;
    this.#regionsMax = regionsMax;
  }

  /** While true, rows that were added before are taken away. All sums are exact, so nothing is left of them. */
  isTakingAway = false;

  /** Add the first of the rows that the kernel decoded; how many it came past, see `Kernel.aggregate`. */
  addRows(rows: number): number {
    const done = this.#kernel.aggregate(rows, this.#regionsMax, this.isTakingAway);
    const added = this.#kernel.status(at.ROWS_ADDED);
    this.#rows += this.isTakingAway ? -added : added;
    this.#takeSpills();
    return done;
  }

  /** Whether so many rows may each bring a region. */
  hasRoomFor(rows: number): boolean {
    return this.#kernel.status(at.REGIONS_COUNT) + rows <= this.#regionsMax;
  }

  add(bytes: Uint8Array, row: SalesRow): boolean {
    const kernel = this.#kernel;
    const name = bytes.subarray(row.regionStart, row.regionEnd);
    const entry = kernel.findRegion(name, this.#regionsMax);
    if (entry === null) return false;
    const rowsAt = entry + at.ENTRY_ROWS;
    const change = this.isTakingAway ? -1 : 1;
    kernel.view.setUint32(rowsAt, kernel.view.getUint32(rowsAt, true) + change, true);
    const [revenue, quantity, discount] = this.#extra(entry);
    revenue.add(this.isTakingAway ? negative(row.revenue) : row.revenue);
    quantity.add(this.isTakingAway ? negative(row.quantity) : row.quantity);
    discount.add(this.isTakingAway ? negative(row.discount) : row.discount);
    (this.isTakingAway ? this.#takenAway : this.#moments).add(row.revPerUnit);
    if (row.revPerUnit > this.#highest) this.#highest = row.revPerUnit;
    return true;
  }

  /** How many rows it holds. */
  get rows(): number {
    return this.#rows + this.#moments.count - this.#takenAway.count;
  }

  get highest(): number {
    return Math.max(this.#highest, this.#kernel.view.getFloat64(at.HIGHEST_AT, true));
  }

  /** A new object each time: the moments of all rows so far. */
  get moments(): Moments {
    const moments = new Moments();
    moments.addAll(this.#moments);
    moments.takeAway(this.#takenAway);
    moments.addSums(this.#rows, ...kernelSums(this.#kernel));
    return moments;
  }

  /** How to deal the regions out, as far as those tell that are here. @param ranges into how many, for all owners */
  deal(owners: number, ranges: number): Deal {
    const names = this.#kernel.sampleRegions(SAMPLE_MAX).map((entry) => this.#name(entry).slice());
    return { order: nameOrder(names, ranges), owners };
  }

  /** Hand over all regions but those of owner `self`, which alone are left here; and copies of all the rest. */
  export({ order, owners }: Deal, self: number): ExportedAggregate {
    const kernel = this.#kernel;
    kernel.setOrder(order);
    const regions = Array.from(
      { length: owners },
      (): ExportedRegions => ({ parts: [], extras: [] }),
    );
    for (const [entry, sums] of this.#extras) {
      // A region without rows isn't exported: what is left of it in the kernel and here cancels out, so neither may go alone.
      if (kernel.view.getUint32(entry + at.ENTRY_ROWS, true) === 0) continue;
      const owner = kernel.rangeOf(entry) % owners;
      if (owner === self) continue;
      const states = sums.map((sum) => sum.state());
      regions[owner].extras.push({ name: this.#name(entry).slice(), sums: states });
    }
    for (let owner = 0; owner < owners; owner++) {
      if (owner !== self) regions[owner].parts = [...kernel.exportRegions(owner, owners)];
    }
    return { moments: this.moments.state(), highest: this.highest, regions };
  }

  /** Add what another thread exported beside its regions. */
  addMoments({ moments, highest }: ExportedAggregate): void {
    this.#moments.addSums(...moments);
    if (highest > this.#highest) this.#highest = highest;
  }

  /** Add regions that another thread exported, which are gone then; false if that makes too many. */
  import({ parts, extras }: ExportedRegions): boolean {
    for (const part of parts) {
      if (!this.#kernel.importRegions(part, this.#regionsMax)) return false;
      this.#takeSpills();
      (part.buffer as ArrayBuffer).transfer(0); // gives the memory back: to have it collected takes too long
    }
    for (const { name, sums } of extras) {
      const entry = this.#kernel.findRegion(name, this.#regionsMax);
      if (entry === null) return false;
      this.#extra(entry).forEach((sum, column) => sum.addState(sums[column]));
    }
    return true;
  }

  get regionCount(): number {
    return this.#sorted?.count ?? this.#kernel.countRegions();
  }

  /** Put the regions into the order of the summary. None may be added from now on. */
  sort(): void {
    this.#sorted = this.#kernel.sortRegions();
  }

  async writeSummary(summary: ArtifactStream): Promise<void> {
    this.#kernel.setOrder(this.deal(1, 1).order);
    this.sort();
    for (const _ of this.writeRange(summary, 0)) if (summary.isFull) await summary.flush();
  }

  /** Write the sorted regions of a range, some at each step. */
  *writeRange(summary: ArtifactStream, range: number): Generator<void> {
    const kernel = this.#kernel;
    const sorted = this.#sorted!;
    const to = kernel.rangeStart(sorted, range + 1);
    for (let done = kernel.rangeStart(sorted, range); done < to;) {
      const stop = Math.min(to, done + WRITTEN_ROWS_MAX);
      const next = kernel.writeSummary(sorted.list, done, stop, this.#hasDiscount);
      const { written } = kernel;
      summary.csv.raw(written, 0, written.length);
      summary.rows += kernel.rowsWritten;
      if (next === done) {
        const entry = kernel.view.getUint32(sorted.list + 4 * done++, true);
        writeSummaryRow(summary, this.#region(entry), this.#hasDiscount);
        summary.endRow();
      } else done = next;
      yield;
    }
  }

  /** The region of an entry. */
  #region(entry: number): Region {
    const name = this.#name(entry);
    return {
      name: decodeUtf8(name, 0, name.length),
      rows: this.#kernel.view.getUint32(entry + at.ENTRY_ROWS, true),
      revenue: this.#sum(entry, 0),
      quantity: this.#sum(entry, 1),
      discount: this.#hasDiscount ? this.#sum(entry, 2) : new DecimalSum(),
    };
  }

  /** The name in an entry, where it stands. */
  #name(entry: number): Uint8Array {
    const { bytes, view } = this.#kernel;
    const length = view.getUint32(entry + at.ENTRY_NAME_BYTES, true);
    const start = length <= at.SHORT_NAME_BYTES_MAX ? entry : entry + at.ENTRY_LONG_NAME;
    return bytes.subarray(start, start + length);
  }

  /** One of the three sums of a region, complete. */
  #sum(entry: number, column: number): DecimalSum {
    const { bytes, view } = this.#kernel;
    const kept = this.#extras.get(entry)?.[column];
    const sum = kept ?? new DecimalSum();
    const addAt = (position: number, scale: number) => {
      // Rounded only if it isn't a safe integer, and then still none.
      const units = view.getInt32(position + 4, true) * 2 ** 32 + view.getUint32(position, true);
      if (Number.isSafeInteger(units)) sum.add({ units, wide: null, scale });
      else addUnits(sum, view.getBigInt64(position, true), scale);
      // What is in an extra now must not be added once more.
      if (kept !== undefined) view.setBigInt64(position, 0n, true);
    };
    addAt(entry + at.ENTRY_SUMS + 8 * column, bytes[entry + at.ENTRY_SCALES + column]);
    const longSums = view.getUint32(entry + at.ENTRY_LONG_SUMS, true);
    if (longSums !== 0) {
      addAt(longSums + 8 * column, 0);
      addAt(longSums + 8 * column + at.LONG_SUM_FRACTIONS, at.LONG_SUM_SCALE);
    }
    return sum;
  }

  #takeSpills(): void {
    const { view } = this.#kernel;
    for (let i = this.#kernel.status(at.SPILLS_COUNT) - 1; i >= 0; i--) {
      const spill = at.SPILLS + i * at.SPILL_BYTES;
      const column = view.getUint32(spill + 12, true);
      const sum = this.#extra(view.getUint32(spill + 8, true))[column];
      addUnits(sum, view.getBigInt64(spill, true), view.getUint32(spill + 16, true));
    }
  }

  #extra(entry: number): Extra {
    let extra = this.#extras.get(entry);
    if (extra === undefined) {
      extra = [new DecimalSum(), new DecimalSum(), new DecimalSum()];
      this.#extras.set(entry, extra);
      this.#kernel.bytes[entry + at.ENTRY_KIND] = at.ENTRY_BEYOND;
    }
    return extra;
  }
}

/** The same number with the other sign. */
function negative(
  { units, wide, scale }: NumberCell,
): Pick<NumberCell, "units" | "wide" | "scale"> {
  return { units: -units, wide: wide === null ? null : -wide, scale };
}

function addUnits(sum: DecimalSum, exact: bigint, scale: number): void {
  const units = Number(exact);
  sum.add({ units, wide: Number.isSafeInteger(units) ? null : exact, scale });
}

/** The sum of x * 2^1074 and of x^2 * 2^2148 over the kernel's values. */
function kernelSums(kernel: Kernel): [sum: bigint, squares: bigint] {
  kernel.settleMoments();
  const words = new BigInt64Array(kernel.bytes.buffer, at.OLD_MOMENTS, at.MOMENT_BINS * 8);
  const unsigned = (index: number) => BigInt.asUintN(64, words[index]);
  let sum = 0n;
  let squares = 0n;
  for (let bin = kernel.nextBin(0); bin < at.MOMENT_BINS; bin = kernel.nextBin(bin + 1)) {
    const first = 8 * bin;
    const big = (word: number) => unsigned(first + word) + (words[first + word + 1] << 64n);
    const high = big(2);
    const low = big(6);
    sum += big(0) << BigInt(bin);
    squares += ((high << 52n) + (big(4) << 27n) + low) << BigInt(2 * bin);
  }
  return [sum, squares];
}
