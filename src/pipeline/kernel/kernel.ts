/**
 * The kernel: WebAssembly that takes the plain records of a file, which are nearly all, at some 40 ns each.
 *
 * Six stages, and one before them for some files, work on a window of bytes in linear memory, each for many records at a time:
 *
 * ```
 * transcode  text of other encodings to UTF-8                 assembly/transcode.ts
 * index    where cells and records end, 64 bytes at a time    assembly/structure.ts
 * decode   records to rows of numbers, by columns              assembly/records.ts, columns.ts, number.ts
 * aggregate  rows to exact sums by region and moments          assembly/aggregate.ts, regions.ts, moments.ts
 * detect   rows that may be anomalies, with their text         assembly/detect.ts
 * reject   faulty records to rows of the rejects file          assembly/rejects.ts
 * write    anomalies, regions and cleaned rows as CSV          assembly/findings.ts, summary.ts, cleaned.ts, number_text.ts
 * ```
 *
 * `decode` stops in front of each record that isn't plain, and the plain engine takes it (`record_walk.ts`); or, of those that are whole
 * and merely have a cell that needs judgement, it notes where they stand, for the plain engine's cleaner (`faulty_records.ts`); `reject` takes
 * those that are rejected for certain. So what a record means is defined in one place, the plain engine; the kernel only knows which
 * records need no thought.
 *
 * White space around a cell is no reason to stop, nor is a currency (one, see `setCurrency`), a mark between thousands, a decimal comma or a percent sign: `changed`
 * counts such cells over the rows of the last `aggregate`. But the report shows the first of them, so until there are enough `stopAtChanged` makes records with
 * certain changes odd ones, which the plain engine sees and counts instead (`sorting_visitor.ts`).
 *
 * Memory is fixed but for the table of regions. WebAssembly never gives memory back, so there is one instance for all
 * tasks of a process, and one task at a time has it (`acquire`).
 *
 * `kernel.wasm` is made of `assembly/` by `deno task kernel:build`; `deno task kernel:check` says whether it still is.
 */
import type { Statistics } from "../../domain/report.ts";
import type { Encoding } from "../../domain/dialect.ts";
import { COUNTED_CHANGES } from "../clean/changes.ts";
import { type CurrencyForm, DOLLAR_FORM } from "../number/currency_form.ts";
import { COMMA } from "../text/ascii.ts";
import type { GappedRows } from "./gap_writer.ts";
import * as wasm from "./kernel.wasm";
import * as at from "./memory_layout.ts";
import type { NameOrder } from "./name_order.ts";
import { powersTable } from "./powers_table.ts";
import { singleByteTable } from "./single_byte_table.ts";

/** Why `decode` stopped: all whole records of the index are decoded; an odd record is next; 2: the next one begins at
 * `stop`; 3: there is no room for more rows. Behind the last two it goes on as it is. */
export const NEEDS_BYTES = 0;
export const ODD_RECORD = 1;
type Why = 0 | 1 | 2 | 3;

/** What makes a record plain. */
export interface PlainRecords {
  /** How many cells. */
  columns: number;
  /** Which of them are the schema's: region, product, revenue, quantity, discount. */
  schemaColumns: readonly number[];
  /** Up to this size a record keeps the limits of records and cells. */
  bytesMax: number;
  linesMax: number;
  /** Indices of those that no artifact has. */
  notOwn?: readonly number[];
  /** The byte between two cells; default: a comma. */
  delimiter?: number;
  /** Whether the decimal mark of all numbers is a comma; default: a point. */
  hasDecimalComma?: boolean;
  /** Whether all discounts are percentages, with or without a sign; by default those with one are. */
  areDiscountsPercentages?: boolean;
  /**
   * Which faulty ones are rejected for certain (by default none), and what is said of them: `reject_texts.ts`. Asked when the first may be rejected,
   * since making them takes 2 ms in a new process.
   */
  rejectTexts?: () => Uint8Array;
}

/** What each column is to the artifacts. */
function columnKinds({ columns, schemaColumns, notOwn = [] }: PlainRecords): Uint8Array {
  const kinds = new Uint8Array(columns).fill(at.COLUMN_TEXT);
  const [, , ...numbers] = schemaColumns;
  // The last first: without a column for discounts, theirs is that of quantities.
  for (let i = numbers.length - 1; i >= 0; i--) kinds[numbers[i]] = at.COLUMN_FIRST_NUMBER + i;
  for (const column of notOwn) kinds[column] = at.COLUMN_NOT_OWN;
  return kinds;
}

/** The address of a list of entries, and how many these are. */
export interface SortedRegions {
  list: number;
  count: number;
}

const NOTHING = new Uint8Array();
/** The number of columns in which faults are certain. */
const NO_REJECTS = new Uint8Array(4);

let isTaken = false;
let hasTables = false;
/** The single-byte encoding of which the table is in memory. */
let singleBytesOf: Encoding | null = null;

/** The kernel while one task has it. All addresses are of its linear memory. */
export class Kernel {
  #bytes: Uint8Array = new Uint8Array();
  #view: DataView = new DataView(new ArrayBuffer(0));
  #status: Uint32Array = new Uint32Array();
  #changed: Uint32Array = this.#status;
  /** Null before the first `reset`. */
  #currency: CurrencyForm | null = null;
  /** Null once they are in memory. */
  #rejectTexts: (() => Uint8Array) | null = null;

  private constructor() {
    this.#refresh();
    if (!hasTables) this.#bytes.set(powersTable(), at.DECIMAL_POWERS);
    hasTables = true;
  }

  /** The kernel, to be released; null while another task of this process has it. */
  static acquire(): Kernel | null {
    if (isTaken) return null;
    isTaken = true;
    return new Kernel();
  }

  release(): void {
    isTaken = false;
  }

  /** Forget all that was aggregated. @param seed of the hash of regions: best what nobody can choose */
  reset(seed: bigint, keepTotals: boolean): void {
    wasm.reset(BigInt.asIntN(64, seed), Number(keepTotals));
    wasm.stopAtChanged(0);
    this.#refresh();
    this.setCurrency(DOLLAR_FORM);
  }

  prepare(plain: PlainRecords): void {
    new Uint32Array(wasm.memory.buffer, at.COLUMN_MAP, 5).set(plain.schemaColumns);
    this.#rejectTexts = plain.rejectTexts ?? (() => NO_REJECTS);
    const { columns, bytesMax, linesMax } = plain;
    if (bytesMax > at.RECORD_BYTES_MAX || columns > at.COLUMNS_MAX) {
      throw new RangeError("what is written of such a record may not fit into memory");
    }
    this.#bytes.set(columnKinds(plain), at.COLUMN_KINDS);
    const { delimiter = COMMA, hasDecimalComma = false, areDiscountsPercentages = false } = plain;
    const numbers = [Number(hasDecimalComma), Number(areDiscountsPercentages)] as const;
    wasm.prepare(columns, bytesMax, linesMax, delimiter, ...numbers);
  }

  /**
   * Before all stages: write the text in [from, fromEnd) as UTF-8 to [to, toEnd), `transcoded` bytes; how far it came. It stops in front of a character for which there is no
   * room, or of which the end is missing.
   *
   * @param isLast whether nothing follows: then what is left of a character is written as what no UTF-8 has
   */
  transcode(
    encoding: Exclude<Encoding, "utf-8">,
    from: number,
    fromEnd: number,
    to: number,
    toEnd: number,
    isLast: boolean,
  ): number {
    if (encoding === "windows-1252") {
      if (singleBytesOf !== encoding) this.#bytes.set(singleByteTable(encoding), at.SINGLE_BYTES);
      singleBytesOf = encoding;
      return wasm.transcodeBytes(from, fromEnd, to, toEnd);
    }
    const isHighFirst = Number(encoding === "utf-16be");
    return wasm.transcodeUnits(from, fromEnd, to, toEnd, isHighFirst, Number(isLast));
  }

  /** How many bytes `transcode` wrote last. */
  get transcoded(): number {
    return this.#status[at.TRANSCODED_LENGTH];
  }

  /** Stage 1: index [from, to), where a record begins at `from`. */
  index(from: number, to: number): void {
    wasm.index(from, to);
  }

  /** Go on at another record of the index; so many line ends stand before it in the file. */
  resume(from: number, lines: number): void {
    wasm.setLine(lines);
    wasm.resume(from);
  }

  /** Say how many line ends stand in the file before the next index. */
  setLine(lines: number): void {
    wasm.setLine(lines);
  }

  /** From now on, a record with one of these changes isn't plain: bit 0 stands for the first of `COUNTED_CHANGES`. None after `reset`. */
  stopAtChanged(changes: number): void {
    wasm.stopAtChanged(changes);
  }

  /** From now on, take this off numbers: of currencies, it alone is no reason to stop. After `reset` it is the dollar sign. */
  setCurrency(form: CurrencyForm): void {
    if (form === this.#currency) return;
    this.#currency = form;
    this.#bytes.set(form.bytes, at.CURRENCY_FORM);
    wasm.setCurrency(form.bytes.length, Number(form.isBehind));
  }

  /** What was set last. */
  get currency(): CurrencyForm {
    return this.#currency!;
  }

  /**
   * Stage 2: decode records that begin before `stop`.
   *
   * @param withFaulty whether it takes faulty records for rows, see `faulty`
   */
  decode(stop: number, withFaulty = false): Why {
    return wasm.decode(stop, Number(withFaulty)) as Why;
  }

  /** How many of the rows that were decoded last aren't any: records of which the cells need judgement. All later stages pass them. */
  get faulty(): number {
    return this.#status[at.FAULTY_COUNT];
  }

  /** Which row the first of them is, the second, ... */
  faultyRow(index: number): number {
    return this.#view.getUint32(at.FAULTY + 4 * index, true);
  }

  /** Rows that were decoded last. */
  get rows(): number {
    return this.#status[at.ROWS_DECODED];
  }

  /** Where the next record begins. */
  get position(): number {
    return this.#status[at.POSITION];
  }

  /** Line ends in the file before the next record. */
  get lines(): number {
    return this.#status[at.LINE];
  }

  /** Where a row's record begins, and how many line ends stand before it. */
  rowOrigin(row: number): { position: number; lines: number } {
    const origin = at.ROWS + row * at.ROW_BYTES;
    return {
      position: this.#view.getUint32(origin + at.ROW_START, true),
      lines: this.#view.getUint32(origin + at.ROW_LINE, true),
    };
  }

  /**
   * Stage 3: aggregate the rows, faulty ones left out; how many stand before one that is a totals row or would make one region too many.
   *
   * @param isTakenAway whether the rows were added before and are to be taken away
   */
  aggregate(rows: number, regionsMax: number, isTakenAway: boolean): number {
    const done = isTakenAway ? wasm.takeAway(rows, regionsMax) : wasm.aggregate(rows, regionsMax);
    this.#refresh();
    return done;
  }

  /**
   * Reject faulty records, from one of those that `faultyRow` tells up to the first that isn't rejected for certain, isn't among so many rows,
   * or finds no room; how many.
   *
   * @param records how many stand before the first
   * @param bytesBefore what stands before the rows that are written, in the file in which their gaps are
   */
  reject(from: number, rows: number, records: number, bytesBefore: number): number {
    if (this.#rejectTexts !== null) {
      this.#bytes.set(this.#rejectTexts(), at.REJECT_TEXTS);
      this.#rejectTexts = null;
    }
    return wasm.reject(from, rows, records, bytesBefore);
  }

  /** What `reject` wrote of so many records; valid until the next call. */
  rejects(rows: number): GappedRows {
    const bytes = this.#bytes.subarray(at.REJECTS, at.REJECTS + this.#status[at.REJECTS_LENGTH]);
    const gaps = new Uint32Array(wasm.memory.buffer, at.GAPS, rows * at.GAP_WORDS);
    return { bytes, rows, gaps };
  }

  /**
   * Write the beginning of gapped rows, up to a gap, with their gaps filled: `filled`. How many gaps; 0 if the first is too far for that.
   *
   * @param bytesBefore what stands before them, where their gaps are
   * @param lines what to add to each line
   * @param records what to add to the number of each record
   */
  fillGaps(
    bytes: Uint8Array,
    gaps: Uint32Array,
    bytesBefore: number,
    lines: number,
    records: number,
  ): number {
    const bytesTaken = Math.min(bytes.length, at.REJECTS_BYTES);
    const wordsTaken = Math.min(gaps.length, at.GAPS_MAX * at.GAP_WORDS);
    this.#bytes.set(bytes.subarray(0, bytesTaken), at.REJECTS);
    new Uint32Array(wasm.memory.buffer, at.GAPS).set(gaps.subarray(0, wordsTaken));
    const gapsTaken = wordsTaken / at.GAP_WORDS;
    return wasm.fillGaps(bytesTaken, gapsTaken, bytesBefore, BigInt(lines), BigInt(records));
  }

  /** What `fillGaps` wrote; valid until the next call. */
  get filled(): Uint8Array {
    return this.#bytes.subarray(at.FILLED, at.FILLED + this.#status[at.FILLED_LENGTH]);
  }

  /** Of each of `COUNTED_CHANGES`: in how many cells of the rows that `aggregate` last added it was made. */
  get changed(): Uint32Array {
    return this.#changed;
  }

  /** How many of the rows stand before one that is a totals row: `aggregate` finds that on its way. */
  rowsBeforeTotals(rows: number): number {
    return wasm.rowsBeforeTotals(rows);
  }

  /** Stage 4: keep rows in [from, rows) above a bound, as many as there is room for; how far it came. */
  detect(from: number, rows: number, bound: number): number {
    return wasm.detect(from, rows, bound);
  }

  /** What `detect` kept, as `candidates.ts` reads it; valid until the next call. */
  get candidates(): Uint8Array {
    const length = this.#status[at.CANDIDATES_LENGTH];
    if (length === 0) return NOTHING; // nearly always, and making a view is dear
    return this.#bytes.subarray(at.CANDIDATES, at.CANDIDATES + length);
  }

  /** Put candidates, as `detect` kept them, where `writeAnomalies` reads them. */
  putCandidates(kept: Uint8Array): void {
    this.#bytes.set(kept, at.CANDIDATES);
  }

  /**
   * Stage 6: write the anomalies among the candidates in [from, to), up to one that isn't ready, or to
   * where no more can be taken; how far it came. @param linesBefore what to add to their lines
   */
  writeAnomalies(from: number, to: number, statistics: Statistics, linesBefore: number): number {
    const { threshold, mean, sd } = statistics;
    return wasm.writeAnomalies(from, to, threshold!, mean!, sd!, BigInt(linesBefore));
  }

  /** Stage 6: write regions [from, to) of a sorted list, up to one that needs the plain engine, or to where no more can be taken. */
  writeSummary(list: number, from: number, to: number, hasDiscount: boolean): number {
    return wasm.writeSummary(list, from, to, Number(hasDiscount));
  }

  /** The rows that were written last; valid until the next call. */
  get written(): Uint8Array {
    return this.#bytes.subarray(at.OUTPUT, at.OUTPUT + this.#status[at.WRITTEN_LENGTH]);
  }

  get rowsWritten(): number {
    return this.#status[at.ROWS_WRITTEN];
  }

  /** Stage 6: write rows [from, rows) as the cleaned file has them, faulty ones left out, until there is no more room: `cleaned`. How far it came. */
  writeCleaned(from: number, rows: number): number {
    return wasm.writeCleaned(from, rows);
  }

  /** What `writeCleaned` wrote, `rowsWritten` rows; valid until the next call. */
  get cleaned(): Uint8Array {
    return this.#bytes.subarray(at.CLEANED, at.CLEANED + this.#status[at.WRITTEN_LENGTH]);
  }

  /** The address of the entry of a region, made if there is none; null if it would be one too many. */
  findRegion(name: Uint8Array, regionsMax: number): number | null {
    this.#bytes.set(name, at.TEXT);
    const entry = wasm.findRegion(at.TEXT, name.length, regionsMax);
    this.#refresh();
    return entry === 0 ? null : entry;
  }

  /** How many regions have rows. */
  countRegions(): number {
    return wasm.countRegions();
  }

  /** Entries of at most so many regions, as a sample of all. */
  sampleRegions(most: number): number[] {
    wasm.sampleRegions(most);
    return [...new Uint32Array(this.#bytes.buffer, at.TEXT, this.status(at.SORTED_COUNT))];
  }

  /** How names are ordered from now on; to be set before regions are sorted or exported. */
  setOrder({ prefix, bounds }: NameOrder): void {
    this.#bytes.set(prefix, at.PREFIX);
    new BigUint64Array(this.#bytes.buffer, at.BOUNDS, at.BOUNDS_MAX).fill(2n ** 64n - 1n).set(
      bounds,
    );
    wasm.setOrder(prefix.length, bounds.length + 1);
  }

  /** Which range of the order the name of an entry is in. */
  rangeOf(entry: number): number {
    return wasm.rangeOf(entry);
  }

  /** Where a range of the order begins in a sorted list. */
  rangeStart({ list, count }: SortedRegions, range: number): number {
    return wasm.rangeStart(list, count, range);
  }

  /** The entries of regions with rows, in code-point order of their names. */
  sortRegions(): SortedRegions {
    const list = wasm.sortRegions();
    this.#refresh();
    return { list, count: this.status(at.SORTED_COUNT) };
  }

  /**
   * The regions that belong to one of so many owners, who have each range of the order in turn, in parts that another kernel can import.
   * Here they have no rows any more.
   */
  *exportRegions(owner: number, owners: number): Generator<Uint8Array> {
    for (let entry = this.status(at.FIRST_REGION); entry !== 0;) {
      entry = wasm.exportRegions(entry, owner, owners);
      yield this.#bytes.slice(at.TEXT, at.TEXT + this.status(at.EXPORTED_LENGTH));
    }
  }

  /** Add regions that another kernel exported; false if that makes too many. Spills have to be taken after each part. */
  importRegions(part: Uint8Array, regionsMax: number): boolean {
    this.#bytes.set(part, at.TEXT);
    const isDone = wasm.importRegions(part.length, regionsMax) !== 0;
    this.#refresh();
    return isDone;
  }

  /** Make all moments readable. */
  settleMoments(): void {
    wasm.settleMoments();
  }

  /** The next bin of the moments, from a given one on, that has settled sums; MOMENT_BINS if none has. */
  nextBin(from: number): number {
    return wasm.nextBin(from);
  }

  /** A word of the status. */
  status(index: number): number {
    return this.#status[index];
  }

  /** All of linear memory; both change when it grows. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get view(): DataView {
    return this.#view;
  }

  /** Growing takes the memory away from its views, which are empty then. */
  #refresh(): void {
    if (this.#bytes.length > 0) return;
    const { buffer } = wasm.memory;
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
    this.#status = new Uint32Array(buffer, at.STATUS, at.STATUS_WORDS);
    const counts = at.CHANGED_COUNTS;
    this.#changed = this.#status.subarray(counts, counts + COUNTED_CHANGES.length);
  }
}
