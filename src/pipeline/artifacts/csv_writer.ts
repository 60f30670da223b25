/** Cells to RFC 4180 bytes: a cell is quoted only if it holds a comma, a quote, CR or LF. */
import { COMMA, CR, LF, QUOTE } from "../text/ascii.ts";
import { encodeUtf8 } from "../text/utf8.ts";

const CAPACITY_MIN = 64 * 1024;
/** Texts up to this length, nearly all, are copied without an encoder. */
const WORD_LENGTH_MAX = 128;
/** Up to here `| 0` cuts decimals off. */
const INTEGER_MAX = 2 ** 31 - 1;
const ZERO = 0x30;

/** Collects rows in a buffer that grows as needed; whoever uses it empties it (`take`) before it grows large. */
export class CsvWriter {
  readonly #lineEnd: Uint8Array;
  #buffer = new Uint8Array(CAPACITY_MIN);
  #length = 0;
  #inRow = false;
  readonly #word = new Uint8Array(WORD_LENGTH_MAX);

  constructor(lineEnd: "\n" | "\r\n" = "\n") {
    this.#lineEnd = encodeUtf8(lineEnd);
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
    if (needsQuotes(bytes, start, end)) this.#quoted(bytes, start, end);
    else this.#plain(bytes, start, end);
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
    this.#buffer.set(bytes.subarray(start, end), this.#length);
    this.#length += end - start;
  }

  text(text: string): void {
    // Encoding has a fixed price that is many times that of a word.
    if (text.length > this.#word.length || !this.#isAsciiWord(text)) {
      const bytes = encodeUtf8(text);
      this.cell(bytes, 0, bytes.length);
    } else this.cell(this.#word, 0, text.length);
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
    this.#buffer.set(this.#lineEnd, this.#length);
    this.#length += this.#lineEnd.length;
    this.#inRow = false;
  }

  /** All bytes so far, valid until the next is written. */
  take(): Uint8Array {
    const taken = this.#buffer.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }

  /** Digits without a string: line numbers are many. */
  #integer(value: number): void {
    let start = this.#word.length;
    do {
      const rest = (value / 10) | 0;
      this.#word[--start] = ZERO + value - 10 * rest;
      value = rest;
    } while (value > 0);
    this.cell(this.#word, start, this.#word.length);
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

  #plain(bytes: Uint8Array, start: number, end: number): void {
    let to = this.#length;
    for (let at = start; at < end; at++) this.#buffer[to++] = bytes[at];
    this.#length = to;
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

function needsQuotes(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte <= COMMA && (byte === COMMA || byte === QUOTE || byte === CR || byte === LF)) {
      return true;
    }
  }
  return false;
}
