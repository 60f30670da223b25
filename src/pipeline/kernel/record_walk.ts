/**
 * Walks over all records of an input in their order: the plain ones by the kernel, many at a time, the others one by one.
 *
 * Bytes are gathered in the kernel's window. It is indexed a piece at a time, which keeps what the stages hand to each other in the
 * processor's cache; a record that the piece cuts is the first of the next piece, and one that the window cuts is
 * moved to its front. A record too long for that goes through the plain engine's parser, as every odd one does.
 *
 * Invariant: between two calls, either the parser has a record in work (`#odd.isOpen`) and gets the next byte, or a record
 * begins at #begin, and #shift + #begin is its offset, #lines the number of line ends before it.
 */
import { LF } from "../text/ascii.ts";
import type { CsvRecord } from "../parse/record.ts";
import type { StageClock } from "../run/stage_clock.ts";
import { type Kernel, NEEDS_BYTES, ODD_RECORD } from "./kernel.ts";
import { WINDOW, WINDOW_BYTES } from "./memory_layout.ts";
import { OddRecords } from "./odd_records.ts";
import type { Reading } from "./reading.ts";

/** How much is taken at a time. It decides speed and nothing else: tests make it tiny. */
export interface WalkSizes {
  /** Read before the window is worked on. */
  fillBytes: number;
  /** Indexed at a time; at the end of the window up to a quarter more. */
  pieceBytes: number;
  /** The longest record that is kept in the window until its end is read. */
  carryBytesMax: number;
}

export const WALK_SIZES: Readonly<WalkSizes> = {
  fillBytes: 1024 * 1024,
  pieceBytes: 64 * 1024,
  carryBytesMax: 256 * 1024,
};

/** What is left of the window behind a piece, up to this part of one, is indexed with that piece: the calls for a small one cost as much. */
const REST_SHARE_MAX = 0.25;

/** What to do with the records. Whatever returns false ends the walk. */
export interface Visitor {
  /** Whether the kernel knows the header; until then it gets no record. */
  readonly isPrepared: boolean;
  /** A window begins, with the next record at this offset and so many line ends before it. */
  window(offset: number, lines: number): void;
  /** The next record or blank line begins at this offset. Called at least once for each block of the budget's grid. */
  enter(offset: number): boolean;
  /** Whether `rows` takes faulty records too; by default not. */
  readonly takesFaulty?: boolean;
  /**
   * So many rows are decoded; how many it took: if not all, the record of the next row is an odd one.
   *
   * @param shift what to add to an address for the offset
   */
  rows(rows: number, shift: number): number;
  /** A record that isn't plain, or a blank line. */
  record(record: CsvRecord): boolean;
}

/** Where a walk begins: at the start of a file, or at any record in it. */
export interface WalkStart {
  offset: number;
  lines: number;
}

export class RecordWalk {
  readonly #kernel: Kernel;
  readonly #visitor: Visitor;
  readonly #clock: StageClock;
  readonly #blockBytes: number;
  readonly #sizes: WalkSizes;
  readonly #odd: OddRecords;
  #begin = WINDOW;
  #end = WINDOW;
  #filled = 0;
  #pushed = 0;
  #shift: number;
  #lines: number;
  #isLast = false;
  #isStopped = false;

  /** The walk ends in front of the first record that doesn't begin before it. It may be set while walking, as long as no record at or behind it was walked over. */
  stopOffset = Infinity;

  constructor(
    kernel: Kernel,
    visitor: Visitor,
    reading: Reading,
    clock: StageClock,
    sizes: WalkSizes,
    start: WalkStart | null,
  ) {
    this.#kernel = kernel;
    this.#visitor = visitor;
    this.#clock = clock;
    this.#blockBytes = reading.limits.blockBytes;
    this.#sizes = sizes;
    this.#odd = new OddRecords(reading, start === null);
    this.#shift = (start?.offset ?? 0) - WINDOW;
    this.#lines = start?.lines ?? 0;
    kernel.setLine(this.#lines);
  }

  /** Take bytes from `chunk`, beginning at `from`, and walk once the window is full; how many were taken. */
  push(chunk: Uint8Array, from: number): number {
    const part = chunk.subarray(from, from + this.room.length);
    this.room.set(part);
    this.added(part.length);
    if (this.room.length === 0) this.walk();
    return part.length;
  }

  /** Where bytes may be put instead of pushing them: never empty after a walk. */
  get room(): Uint8Array {
    const filled = this.#end + this.#sizes.fillBytes - this.#filled;
    return this.#kernel.bytes.subarray(this.#end, Math.min(filled, WINDOW + WINDOW_BYTES));
  }

  /** Say how many bytes were put into the room. */
  added(bytes: number): void {
    this.#end += bytes;
    this.#pushed += bytes;
    this.#filled += bytes;
  }

  /** Say that no byte follows, and walk to the end. */
  end(): void {
    this.#isLast = true;
    this.walk();
  }

  /** The offset of the next record, and the line ends before it, once the walk is at its end. */
  get next(): WalkStart {
    return { offset: this.#begin + this.#shift, lines: this.#lines };
  }

  /** Whether the walk ended before its input did. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** The size of the byte order mark, of a walk from the start of a file that has come past the header. */
  get markBytes(): number {
    return this.#pushed - (this.#end + this.#shift);
  }

  /** Walk as far as the window goes. */
  walk(): void {
    let isNew = true;
    for (;;) {
      this.#clock.beginRecord();
      if (this.#isStopped) return;
      if (this.#odd.isOpen || !this.#visitor.isPrepared) {
        if (this.#begin === this.#end && !this.#isLast) break;
        this.#takeOdd();
        if (this.#begin === this.#end && this.#isLast) break;
        continue;
      }
      if (this.#begin === this.#end) break;
      if (isNew) {
        isNew = false;
        this.#visitor.window(this.#begin + this.#shift, this.#lines);
      }
      if (!this.#walkPieces()) break;
    }
    this.#moveToFront();
  }

  /** Walk piece by piece to an odd record that is still in work; false if there is nothing more to be done with this window. */
  #walkPieces(): boolean {
    for (let size = this.#sizes.pieceBytes;;) {
      const from = this.#begin;
      const rest = this.#end - from;
      const to = rest <= size * (1 + REST_SHARE_MAX) ? this.#end : from + size;
      this.#kernel.index(from, to);
      this.#clock.lap("parse");
      if (!this.#walkPiece(to) || this.#odd.isOpen) return !this.#isStopped;
      if (this.#begin === this.#end) return false;
      if (this.#begin > from) size = this.#sizes.pieceBytes;
      else if (to < this.#end) size *= 2;
      else if (!this.#isLast && this.#end - from <= this.#sizes.carryBytesMax) return false;
      else {
        this.#takeOdd();
        return !this.#isStopped;
      }
      this.#clock.beginRecord();
    }
  }

  /** Walk over the whole records of an index that ends at `to`; false once the walk is ended. */
  #walkPiece(to: number): boolean {
    const kernel = this.#kernel;
    for (;;) {
      if (this.#begin + this.#shift >= this.stopOffset) return this.#stop();
      if (!this.#visitor.enter(this.#begin + this.#shift)) return this.#stop();
      const why = kernel.decode(this.#blockEnd(), this.#visitor.takesFaulty);
      this.#clock.lap("clean");
      const { rows } = kernel;
      if (rows > 0) {
        const taken = this.#visitor.rows(rows, this.#shift);
        if (taken < rows) {
          const { position, lines } = kernel.rowOrigin(taken);
          this.#begin = position;
          this.#lines = lines;
          if (!this.#takeOdd() || this.#odd.isOpen || this.#begin >= to) return !this.#isStopped;
          kernel.resume(this.#begin, this.#lines);
          continue;
        }
      }
      this.#begin = kernel.position;
      this.#lines = kernel.lines;
      if (why === NEEDS_BYTES || this.#begin >= to) return true;
      if (why === ODD_RECORD) {
        if (!this.#takeOdd() || this.#odd.isOpen || this.#begin >= to) return !this.#isStopped;
        kernel.resume(this.#begin, this.#lines);
      }
    }
  }

  /** Where the next block of the budget's grid begins. */
  #blockEnd(): number {
    const block = Math.floor((this.#begin + this.#shift) / this.#blockBytes) + 1;
    const offset = Math.min(block * this.#blockBytes, this.stopOffset);
    return Math.min(offset - this.#shift, 0xffff_fffe);
  }

  /** End the walk in front of an odd record. */
  #stopAt({ offset, line }: CsvRecord): false {
    this.#shift = offset - this.#begin;
    this.#lines = line - 1;
    return this.#stop();
  }

  #stop(): false {
    this.#isStopped = true;
    return false;
  }

  /** Feed lines to the parser until it stands between two records, or the window ends; false once the walk is ended. */
  #takeOdd(): boolean {
    const odd = this.#odd;
    const kernel = this.#kernel;
    if (!odd.isOpen) odd.moveTo(this.#begin + this.#shift, this.#lines);
    do {
      if (this.#begin < this.#end) {
        kernel.bytes[this.#end] = LF; // so that no search goes through all of the memory
        const next = Math.min(kernel.bytes.indexOf(LF, this.#begin) + 1, this.#end);
        odd.push(kernel.bytes.subarray(this.#begin, next));
        this.#begin = next;
      } else if (this.#isLast) odd.end();
      for (let record = odd.next(); record !== null; record = odd.next()) {
        this.#clock.lap("parse");
        if (record.offset >= this.stopOffset) return this.#stopAt(record);
        if (!this.#visitor.record(record)) return this.#stop();
        this.#begin -= odd.takeBack(this.#begin - WINDOW);
      }
      if (this.#begin === this.#end && this.#isLast) {
        odd.end();
        for (let record = odd.next(); record !== null; record = odd.next()) {
          if (record.offset >= this.stopOffset) return this.#stopAt(record);
          if (!this.#visitor.record(record)) return this.#stop();
        }
        this.#shift = odd.offset - this.#begin;
        this.#lines = odd.lines;
        return true;
      }
    } while (odd.isOpen && this.#begin < this.#end);
    this.#shift = odd.offset - this.#begin;
    this.#lines = odd.lines;
    kernel.setLine(this.#lines);
    return true;
  }

  /** Make room for the next bytes. */
  #moveToFront(): void {
    const bytes = this.#begin - WINDOW;
    this.#kernel.bytes.copyWithin(WINDOW, this.#begin, this.#end);
    this.#begin -= bytes;
    this.#end -= bytes;
    this.#shift += bytes;
    this.#filled = 0;
  }
}
