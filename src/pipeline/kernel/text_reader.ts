/**
 * Reads the text of an input as UTF-8 into the kernel's memory, from wherever a thread begins.
 *
 * Positions are those of bytes in the input. Offsets are those of bytes in the text, counted from where reading began: in other encodings than UTF-8
 * what stands before that is of unknown length.
 */
import type { Encoding } from "../../domain/dialect.ts";
import { changedInput } from "../run/changed_input.ts";
import type { ReadAt } from "../run/source.ts";
import type { Kernel } from "./kernel.ts";
import { RAW, RAW_BYTES, TEXT } from "./memory_layout.ts";

export interface TextReader {
  /** Positions given to `begin` are multiples of it. */
  readonly unitBytes: number;
  /** Begin at a position. @param stop a position of which the offset is wanted: `stopOffset` */
  begin(position: number, stop?: number): void;
  /**
   * Read more, to the end of `room` or some bytes behind `stop`; how many bytes of text, 0 at the end of the input.
   *
   * @param room a part of the kernel's memory; it has room for a character
   * @param bytesBehind how many bytes behind `stop` to read at most; more of them in the next call
   */
  read(room: Uint8Array, bytesBehind: number): number;
  /** The offset of `stop`, or Infinity as long as it isn't known: then all that was read stands before it. */
  readonly stopOffset: number;
  /** The position of an offset that was read and at which a character begins; it is found fast behind `stop`, and near the beginning. */
  positionOf(offset: number): number;
  /** How many bytes of the input were read. */
  readonly bytesRead: number;
}

/** A reader that hasn't begun. */
export function textReaderOf(encoding: Encoding, kernel: Kernel, readAt: ReadAt): TextReader {
  return encoding === "utf-8"
    ? new Utf8Reader(readAt)
    : new TranscodingReader(encoding, kernel, readAt);
}

class Utf8Reader implements TextReader {
  readonly unitBytes = 1;
  readonly #readAt: ReadAt;
  #begin = 0;
  #stop = Infinity;
  bytesRead = 0;

  constructor(readAt: ReadAt) {
    this.#readAt = readAt;
  }

  begin(position: number, stop = Infinity): void {
    this.#begin = position;
    this.#stop = stop;
    this.bytesRead = 0;
  }

  read(room: Uint8Array, bytesBehind: number): number {
    const position = this.#begin + this.bytesRead;
    const wanted = Math.max(this.#stop - position, 0) + bytesBehind;
    const count = this.#readAt(position, room.subarray(0, wanted));
    this.bytesRead += count;
    return count;
  }

  get stopOffset(): number {
    return this.#stop - this.#begin;
  }

  positionOf(offset: number): number {
    return this.#begin + offset;
  }
}

/** Of the input, for one character. */
const CHARACTER_BYTES_MAX = 4;
/** Of the input, for one byte of text. */
const BYTES_PER_TEXT_MAX = 2;
/** Text that `positionOf` goes over at a time: it stands in TEXT. */
const STEP_BYTES = 512 * 1024;

class TranscodingReader implements TextReader {
  readonly unitBytes: number;
  readonly #encoding: Exclude<Encoding, "utf-8">;
  readonly #kernel: Kernel;
  readonly #readAt: ReadAt;
  #begin = 0;
  #stop = Infinity;
  /** Where a character begins at `stop` or at most two bytes behind it, and its offset. */
  #stopPosition = Infinity;
  #stopOffset = Infinity;
  /** Where to read next. */
  #position = 0;
  #offset = 0;
  #isAtEnd = false;

  constructor(encoding: Exclude<Encoding, "utf-8">, kernel: Kernel, readAt: ReadAt) {
    this.unitBytes = encoding === "windows-1252" ? 1 : 2;
    this.#encoding = encoding;
    this.#kernel = kernel;
    this.#readAt = readAt;
  }

  begin(position: number, stop = Infinity): void {
    this.#begin = this.#position = position;
    this.#stop = stop;
    this.#offset = 0;
    this.#stopPosition = this.#stopOffset = Infinity;
  }

  get stopOffset(): number {
    return this.#stopOffset;
  }

  get bytesRead(): number {
    return this.#position - this.#begin;
  }

  read(room: Uint8Array, bytesBehind: number): number {
    const before = this.#stop - this.#position;
    let text = this.#step(before > 0 ? before : bytesBehind, room);
    // It may be a character that is cut by `stop`.
    if (text === 0) text = this.#step(CHARACTER_BYTES_MAX, room);
    if (text === 0 && !this.#isAtEnd) throw new Error("there is no room for a character");
    this.#offset += text;
    if (this.#position >= this.#stop && this.#stopPosition === Infinity) {
      this.#stopPosition = this.#position;
      this.#stopOffset = this.#offset;
    }
    return text;
  }

  positionOf(offset: number): number {
    if (offset === this.#offset) return this.#position;
    const isBehind = offset >= this.#stopOffset;
    const position = this.#position;
    this.#position = isBehind ? this.#stopPosition : this.#begin;
    for (let rest = offset - (isBehind ? this.#stopOffset : 0); rest > 0;) {
      const end = TEXT + Math.min(rest, STEP_BYTES);
      const text = this.#step(Infinity, this.#kernel.bytes.subarray(TEXT, end));
      if (text === 0) throw changedInput();
      rest -= text;
    }
    const found = this.#position;
    this.#position = position;
    return found;
  }

  /** Read at most so many bytes, and go behind them; how many bytes of text they come to. */
  #step(bytesMax: number, room: Uint8Array): number {
    const kernel = this.#kernel;
    const wanted = Math.min(bytesMax, room.length * BYTES_PER_TEXT_MAX, RAW_BYTES);
    const raw = kernel.bytes.subarray(RAW, RAW + wanted);
    const count = this.#readAt(this.#position, raw);
    const isLast = count < raw.length;
    this.#isAtEnd = isLast && count === 0;
    const [to, toEnd] = [room.byteOffset, room.byteOffset + room.length];
    const next = kernel.transcode(this.#encoding, RAW, RAW + count, to, toEnd, isLast);
    this.#position += next - RAW;
    return kernel.transcoded;
  }
}
