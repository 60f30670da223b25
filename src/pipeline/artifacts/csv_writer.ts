/** Cells to RFC 4180 bytes: a cell is quoted only if it holds a comma, a quote, CR or LF. */
import { COMMA, CR, LF, QUOTE } from "../text/ascii.ts";
import { encodeUtf8 } from "../text/utf8.ts";

const CAPACITY_MIN = 64 * 1024;
/** Texts up to this length, nearly all, are copied without an encoder. */
const WORD_LENGTH_MAX = 128;
/** Copying fewer bytes costs less than the view that a copy needs. */
const VIEW_BYTES_MIN = 64;
/** Up to here `| 0` cuts decimals off. */
const INTEGER_MAX = 2 ** 31 - 1;
const INTEGER_DIGITS_MAX = 10;
const ZERO = 0x30;

/** Collects rows in a buffer that grows as needed; whoever uses it empties it (`take`) before it grows large. */
export class CsvWriter {
  readonly #lineEnd: Uint8Array;
  #buffer: Uint8Array<ArrayBuffer>;
  #length = 0;
  #inRow = false;
  readonly #word = new Uint8Array(WORD_LENGTH_MAX);
  /** What stands in the file for each `word`. */
  readonly #words = new Map<string, Uint8Array>();

  /** @param buffer the first one; whatever stands in it is written over */
  constructor(lineEnd: "\n" | "\r\n" = "\n", buffer = new Uint8Array(CAPACITY_MIN)) {
    this.#lineEnd = encodeUtf8(lineEnd);
    this.#buffer = buffer;
  }

  /** Bytes written and not taken. */
  get length(): number {
    return this.#length;
  }

  /** Write the cell that stands in bytes[start, end). */
  cell(bytes: Uint8Array, start: number, end: number): void {
    // In the worst case each byte is a quote.
    this.#reserve(2 * (end - start) + 3);
    if (this.#inRow) this.#buffer[this.#length++] = COMMA;
    this.#inRow = true;
    const buffer = this.#buffer;
    let to = this.#length;
    for (let at = start; at < end; at++) {
      const byte = bytes[at];
      if (byte <= COMMA && isMark(byte)) return this.#quoted(bytes, start, end);
      buffer[to++] = byte;
    }
    this.#length = to;
  }

  /** Write where a record stands: its line and its number. Whoever knows neither yet can do so later. */
  position(line: number, record: number): void {
    this.number(line);
    this.number(record);
  }

  /** Write bytes that are already CSV: rows, or the beginning of one up to the end of a cell, or what follows that. */
  raw(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    this.#inRow = bytes[end - 1] !== LF; // one within a cell has a quote behind it
    this.#reserve(end - start);
    const buffer = this.#buffer;
    let to = this.#length;
    this.#length += end - start;
    if (end - start > VIEW_BYTES_MIN) buffer.set(bytes.subarray(start, end), to);
    else for (let at = start; at < end; at++) buffer[to++] = bytes[at];
  }

  text(text: string): void {
    // Encoding has a fixed price that is many times that of a word.
    const isWord = text.length <= WORD_LENGTH_MAX;
    if (isWord && this.#isPlainWord(text)) return;
    if (isWord && this.#isAsciiWord(text)) return this.cell(this.#word, 0, text.length);
    const bytes = encodeUtf8(text);
    this.cell(bytes, 0, bytes.length);
  }

  /** Write one of a few texts that are written often. */
  word(text: string): void {
    let cell = this.#words.get(text);
    if (cell === undefined) {
      const writer = new CsvWriter();
      writer.text(text);
      cell = writer.take().slice();
      this.#words.set(text, cell);
    }
    this.#reserve(cell.length + 1);
    if (this.#inRow) this.#buffer[this.#length++] = COMMA;
    this.#inRow = true;
    this.#buffer.set(cell, this.#length);
    this.#length += cell.length;
  }

  /** A finite number, as `Number::toString` writes it. */
  number(value: number): void {
    if (value <= INTEGER_MAX && value >= 0 && Number.isInteger(value)) this.#integer(value);
    else this.text(String(value));
  }

  empty(): void {
    this.cell(this.#buffer, 0, 0);
  }

  endRow(): void {
    this.#reserve(this.#lineEnd.length);
    for (const byte of this.#lineEnd) this.#buffer[this.#length++] = byte;
    this.#inRow = false;
  }

  /** All bytes so far, valid until the next is written. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#buffer.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }

  /** Digits without a string: line numbers are many. */
  #integer(value: number): void {
    this.#reserve(INTEGER_DIGITS_MAX + 1);
    if (this.#inRow) this.#buffer[this.#length++] = COMMA;
    this.#inRow = true;
    for (let bound = 10; bound <= value; bound *= 10) this.#length++;
    const buffer = this.#buffer;
    let at = this.#length++;
    for (let left = value;; at--) {
      const rest = (left / 10) | 0;
      buffer[at] = ZERO + left - 10 * rest;
      if (rest === 0) return;
      left = rest;
    }
  }

  /** Copy a short text to #word; whether all of it was ASCII. */
  #isAsciiWord(text: string): boolean {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) return false;
      this.#word[i] = unit;
    }
    return true;
  }

  /** Write a short text if all of it is ASCII and it needs no quotes; whether it was. */
  #isPlainWord(text: string): boolean {
    this.#reserve(text.length + 1);
    const buffer = this.#buffer;
    let to = this.#length;
    if (this.#inRow) buffer[to++] = COMMA;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80 || (unit <= COMMA && isMark(unit))) return false;
      buffer[to++] = unit;
    }
    this.#length = to;
    this.#inRow = true;
    return true;
  }

  #quoted(bytes: Uint8Array, start: number, end: number): void {
    let to = this.#length;
    this.#buffer[to++] = QUOTE;
    for (let at = start; at < end; at++) {
      const byte = bytes[at];
      this.#buffer[to++] = byte;
      if (byte === QUOTE) this.#buffer[to++] = QUOTE;
    }
    this.#buffer[to++] = QUOTE;
    this.#length = to;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#buffer.length, needed));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}

/** Whether a cell with this byte is quoted. */
function isMark(byte: number): boolean {
  return byte === COMMA || byte === QUOTE || byte === CR || byte === LF;
}
