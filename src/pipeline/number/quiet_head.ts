/**
 * Whether the first bytes of a plain file have nothing to decide about decimal marks: a look that costs a tenth of reading
 * the records, and nearly every large file needs no other.
 *
 * A number that can be read otherwise than it stands has a comma, so that it is quoted; or three digits behind a point, and
 * something around it that a plain number has not. It is enough if every such number is found: whatever else looks like it
 * is read properly then.
 */
import { LF, QUOTE, SPACE } from "../text/ascii.ts";
import type { PipelineLimits } from "../pipeline_limits.ts";
import { decodeUtf8 } from "../text/utf8.ts";

/** Behind a quote that opens a cell, what a number may have before its first comma: of small letters, those of `kr zł Kč Ft Rs`. */
const QUOTED_COMMA = /(?:^|[,\r\n])"[^"a-jl-qu-y,]*,/;
/** Without these there are none of the next two. */
const THREE_DECIMALS = /\.[0-9]{3}/;
/** What is no end of a cell, behind a number like 1.234; another point too. */
const MORE_BEHIND = /[0-9]\.[0-9]{3} *[^0-9,\r\n" ]/;
/** What is neither beginning nor sign of a cell, in front of it. */
const MORE_IN_FRONT = /[^0-9,\r\n"+\-. ] *[+-]?[1-9][0-9]{0,2}\.[0-9]{3}/;
/** Currencies with a point of their own. */
const POINTED_CURRENCIES = ["kr.", "Rs."];
const BYTE_ORDER_MARK_BYTES = 3;
const MARK_FIRST_BYTE = 0xef;
/** The most records that are no data: a header of two lines. */
const HEADER_RECORDS_MAX = 2;
const ASCII_END = 0x80;

export class QuietHead {
  readonly #bytesMax: number;
  readonly #linesMax: number;
  #bytes = new Uint8Array(0);
  #length = 0;

  constructor({ blockBytes, sampleRecordsMax }: PipelineLimits) {
    this.#bytesMax = blockBytes + BYTE_ORDER_MARK_BYTES;
    this.#linesMax = sampleRecordsMax + HEADER_RECORDS_MAX;
  }

  /** Look at the next bytes, which are copied only if that isn't enough: then the answer is null. @param isWhole no more come */
  look(chunk: Uint8Array, isWhole: boolean): boolean | null {
    const isFirst = this.#length === 0;
    const isQuiet = this.#judge(isFirst ? chunk : this.#append(chunk), isWhole);
    if (isQuiet === null && isFirst) this.#append(chunk);
    return isQuiet;
  }

  #append(chunk: Uint8Array): Uint8Array {
    const part = chunk.subarray(0, this.#bytesMax - this.#length);
    const length = this.#length + part.length;
    if (length > this.#bytes.length) {
      const bytes = new Uint8Array(Math.min(this.#bytesMax, 2 * length));
      bytes.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = bytes;
    }
    this.#bytes.set(part, this.#length);
    this.#length = length;
    return this.#bytes.subarray(0, length);
  }

  #judge(bytes: Uint8Array, isWhole: boolean): boolean | null {
    const end = this.#sampleEnd(bytes);
    if (end === null && !isWhole) return null;
    // Bytes that are no text become other characters that are no ASCII: no rule below tells them apart.
    const text = decodeUtf8(bytes, 0, end ?? bytes.length);
    if (text.includes('"') && QUOTED_COMMA.test(text)) return false;
    if (POINTED_CURRENCIES.some((currency) => text.includes(currency))) return false;
    return !THREE_DECIMALS.test(text) || !(MORE_BEHIND.test(text) || MORE_IN_FRONT.test(text));
  }

  /** Where the last record of the sample ends, or a later place; null if that isn't known yet. */
  #sampleEnd(bytes: Uint8Array): number | null {
    // Up to the first quote each record is a line; behind it lines tell nothing about where records end.
    const quote = bytes.indexOf(QUOTE);
    const end = this.#enoughLinesEnd(quote < 0 ? bytes : bytes.subarray(0, quote));
    if (end !== null) return end;
    // A first byte that looks like that of a mark counts as one: three bytes more do no harm.
    const blockEnd = this.#bytesMax - (bytes[0] === MARK_FIRST_BYTE ? 0 : BYTE_ORDER_MARK_BYTES);
    return bytes.length >= blockEnd ? blockEnd : null;
  }

  /** The end of as many lines that aren't blank as the sample can have; null if they aren't there. */
  #enoughLinesEnd(bytes: Uint8Array): number | null {
    let lines = 0;
    let at = 0;
    while (at < this.#bytesMax && lines < this.#linesMax) {
      const end = bytes.indexOf(LF, at);
      if (end < 0) return null;
      // A line that begins otherwise may be blank, and no record.
      if (bytes[at] > SPACE && bytes[at] < ASCII_END) lines++;
      at = end + 1;
    }
    return lines === this.#linesMax ? at : null;
  }
}
