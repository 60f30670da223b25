/**
 * Bytes to records, in chunks of any size, with the same result at every size and constant memory.
 *
 * The parser copies chunks into one window and scans it byte by byte, as a machine of a few states (`next`). When the
 * window ends in mid-record it remembers where it stands and goes on with the next chunk, so bytes are scanned
 * once, but for one case: after a stray quote, reading resumes on the line after the one on which the record began.
 * A record ends at its limits, so the window needs to hold one record and one chunk. The rest of a line after a
 * fault may be longer than all memory; only as much of it is kept as `_raw` can show (`#drop`).
 *
 * Invariants:
 * - #begin <= #at <= #length; all indices point into #window and move together when it is compacted (`push`).
 * - Cells before #cells are complete: they ended with a delimiter, or with the record.
 * - Of every index from #at on, index + #shift is the offset in the input.
 *
 * It is long for one file, on purpose: every state works on the same fields, which are private to be sure of the
 * invariants, and which would have to be handed from part to part in the hottest loop there is. What needs none of them
 * has left: a record's cells (`record.ts`), what the bytes mean (`syntax.ts`), white space (`white_space.ts`).
 *
 * The worst case is a file in which every line opens a quote that the next 1,000 lines don't close: it is
 * scanned up to 1,000 times over, at some seconds per MiB. Slow, but bounded, and progress goes on. Who has no such
 * time sets `rescanBytesMax`.
 */
import { CR, LF, SPACE } from "../text/ascii.ts";
import type { PipelineLimits } from "../pipeline_limits.ts";
import { checkEncoding, type CsvRecord, type RecordFault, unescapeCells } from "./record.ts";
import { isEscapable, type Syntax, syntaxOf } from "./syntax.ts";
import { trimmedStart, whiteSpaceLength } from "../text/white_space.ts";

// The states. Between: before a line. Plain: in a cell without quotes, or before the first byte of any cell.
// Quoted: inside quotes. AfterQuote: the next byte tells whether that quote closed the cell. Skip: past a fault, on
// the way to the end of the line. Complete: #at stands on the line end of a record, or on the end of the file.
const BETWEEN = 0;
const PLAIN = 1;
const QUOTED = 2;
const AFTER_QUOTE = 3;
const SKIP = 4;
const COMPLETE = 5;

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
/** The longest UTF-8 sequence: kept beyond the limit of `_raw`, so that the cut can see whether it cuts a character. */
const CHARACTER_BYTES_MAX = 4;
const WINDOW_BYTES_MIN = 16 * 1024;

type RecordLimits =
  & Pick<
    PipelineLimits,
    "recordBytesMax" | "recordLinesMax" | "cellBytesMax" | "columnsMax" | "rawBytesMax"
  >
  & Partial<Pick<PipelineLimits, "rescanBytesMax">>;

/** Push chunks, take records with `next` until it returns null, push on; `end` after the last chunk. */
export class RecordParser {
  readonly #limits: RecordLimits;
  readonly #syntax: Syntax;
  /** No byte above this means anything outside of quotes. */
  readonly #markMax: number;
  /** The same inside quotes. */
  readonly #quotedMarkMax: number;
  readonly #record: CsvRecord;
  #window = new Uint8Array(WINDOW_BYTES_MIN);
  #unescaped = new Uint8Array(0);
  #length = 0;
  #at = 0;
  #shift = 0;
  /** Bytes that were scanned more than once, and how many may be. */
  #rescanned = 0;
  readonly #rescanBytesMax: number;
  #started = false;
  #ended = false;
  #state = BETWEEN;
  /** The last line end was a CR: a LF that comes next belongs to it. */
  #afterCr = false;

  // The record in work.
  #begin = 0;
  #line = 1;
  /** Physical lines that it spans. */
  #lines = 1;
  #cells = 0;
  #cellStart = 0;
  /** All text bytes or-ed: below 0x80, the record is ASCII. */
  #seen = 0;
  #hasEscapes = false;
  /** Where its first physical line ends, once that is known to be inside quotes, else -1; and the cells before. */
  #firstLineEnd = -1;
  #firstLineCells = 0;
  #fault: RecordFault | null = null;
  #faultAt = 0;
  /** So far only white space, though past a limit: a blank line has none. */
  #maybeBlank = false;
  /** Bytes of the text that are no longer in the window. */
  #dropped = 0;

  constructor(limits: RecordLimits, syntax: Syntax = syntaxOf()) {
    this.#limits = limits;
    this.#syntax = syntax;
    this.#rescanBytesMax = limits.rescanBytesMax ?? Infinity;
    this.#quotedMarkMax = Math.max(CR, syntax.quote, syntax.escape);
    this.#markMax = Math.max(SPACE, this.#quotedMarkMax, syntax.delimiter);
    this.#record = {
      blank: false,
      fault: null,
      line: 0,
      offset: 0,
      cells: 0,
      bytes: this.#window,
      starts: new Int32Array(limits.columnsMax),
      ends: new Int32Array(limits.columnsMax),
      text: this.#window,
      textStart: 0,
      textEnd: 0,
      textBytes: 0,
    };
  }

  /** Add bytes. Ends the life of the last record. Memory grows with the chunk, so cut up what is huge. */
  push(chunk: Uint8Array): void {
    const from = this.#state === BETWEEN ? this.#at : this.#begin;
    const live = this.#length - from;
    if (this.#length + chunk.length > this.#window.length) {
      // Moving more than half a window for little room each time would cost the square of the record's length.
      const crowded = live + chunk.length > this.#window.length || 2 * live > this.#window.length;
      const old = this.#window;
      if (crowded) this.#window = new Uint8Array(Math.max(2 * old.length, live + chunk.length));
      this.#window.set(old.subarray(from, this.#length));
      this.#moveBack(from);
    }
    this.#window.set(chunk, this.#length);
    this.#length += chunk.length;
  }

  /** Say that no byte follows. */
  end(): void {
    this.#ended = true;
  }

  /** The next record or blank line; null when that takes more bytes, or when there is none after the end. */
  next(): CsvRecord | null {
    for (;;) {
      switch (this.#state) {
        case BETWEEN:
          if (!this.#startLine()) return null;
          break;
        case PLAIN:
          if (!this.#scanPlain()) return null;
          break;
        case QUOTED:
          if (!this.#scanQuoted()) return null;
          break;
        case AFTER_QUOTE:
          if (!this.#scanAfterQuote()) return null;
          break;
        case SKIP:
          if (!this.#skip()) return null;
          break;
        case COMPLETE:
          return this.#finish();
      }
    }
  }

  /** Whether `next` returns null because it would have to scan too much again. */
  get hasGivenUp(): boolean {
    return this.#rescanned > this.#rescanBytesMax;
  }

  /** Whether no record is in work, so that the next byte pushed begins a line. */
  get isBetween(): boolean {
    return this.#state === BETWEEN && !this.#afterCr && this.#at === this.#length;
  }

  /** The offset of the next line, if no record is in work. */
  get offset(): number {
    return this.#at + this.#shift;
  }

  /** The physical line, from 1, on which the next record begins, if none is in work. */
  get line(): number {
    return this.#line;
  }

  /** Forget the bytes behind the last record, if there are at most `bytesMax` and it ended with a line feed; how many. */
  takeBack(bytesMax: number): number {
    if (this.#state !== BETWEEN || this.#length - this.#at > bytesMax) return 0;
    if (this.#afterCr && this.#window[this.#at] === LF && this.#at < this.#length) {
      this.#afterCr = false;
      this.#at++;
    }
    if (this.#window[this.#at - 1] !== LF) return 0;
    const bytes = this.#length - this.#at;
    this.#length = this.#at;
    return bytes;
  }

  /** Begin a line. Like all steps: false if that takes more bytes than there are. */
  #startLine(): boolean {
    if (this.hasGivenUp) return false;
    if (!this.#started && !this.#dropByteOrderMark()) return false;
    if (this.#at === this.#length) return false;
    if (this.#afterCr) {
      this.#afterCr = false;
      if (this.#window[this.#at] === LF && ++this.#at === this.#length) return false;
    }
    this.#begin = this.#at;
    this.#cellStart = this.#at;
    this.#lines = 1;
    this.#cells = 0;
    this.#seen = 0;
    this.#hasEscapes = false;
    this.#firstLineEnd = -1;
    this.#fault = null;
    this.#maybeBlank = false;
    this.#dropped = 0;
    this.#record.offset = this.#begin + this.#shift;
    this.#state = PLAIN;
    if (this.#line < this.#syntax.firstLine) {
      this.#maybeBlank = true;
      this.#faultAt = this.#begin;
      this.#state = SKIP;
    }
    return true;
  }

  #dropByteOrderMark(): boolean {
    let same = 0;
    while (same < this.#length && this.#window[same] === BYTE_ORDER_MARK[same]) same++;
    const mark = BYTE_ORDER_MARK.length;
    if (same === this.#length && same < mark && !this.#ended) return false;
    this.#started = true;
    if (same >= mark) {
      this.#at = mark;
      this.#shift = -mark;
    }
    return true;
  }

  #scanPlain(): boolean {
    const { recordBytesMax, cellBytesMax, columnsMax } = this.#limits;
    const { delimiter, quote, escape, skipsSpaces } = this.#syntax;
    const markMax = this.#markMax;
    const { starts, ends } = this.#record;
    const window = this.#window;
    const length = this.#length;
    const recordStop = this.#begin + recordBytesMax;
    let stop = Math.min(length, recordStop, this.#cellStart + cellBytesMax);
    let at = this.#at;
    let cellStart = this.#cellStart;
    let cells = this.#cells;
    let seen = this.#seen;
    let fault: RecordFault | null = null;
    let state = PLAIN;
    while (state === PLAIN) {
      while (at < stop && window[at] > markMax) seen |= window[at++];
      const byte = at < length ? window[at] : LF;
      if (at === length && !this.#ended) break;
      if (byte === LF || byte === CR) {
        starts[cells] = cellStart;
        ends[cells++] = at;
        state = COMPLETE;
      } else if (byte === delimiter && at < recordStop && cells + 2 <= columnsMax) {
        starts[cells] = cellStart;
        ends[cells++] = at;
        cellStart = ++at;
        stop = Math.min(length, recordStop, cellStart + cellBytesMax);
      } else if (byte === quote && at === cellStart) {
        // An opening quote past the limit leaves its cell open, like every byte behind it.
        if (at === stop) fault = "unclosed-quote";
        state = QUOTED;
        if (fault === null) at++;
      } else if (at === stop || byte === delimiter) {
        fault = "line-too-long";
        state = SKIP;
      } else if (byte === escape) {
        if (at + 1 === length && !this.#ended) break;
        at += this.#escapedLength(at, stop);
      } else if (byte === SPACE && skipsSpaces && at === cellStart && cells > 0) {
        cellStart = ++at;
        stop = Math.min(length, recordStop, cellStart + cellBytesMax);
      } else at++;
    }
    this.#at = at;
    this.#cellStart = cellStart;
    this.#cells = cells;
    this.#seen = seen;
    this.#state = state;
    if (fault !== null) this.#fail(fault);
    return state !== PLAIN;
  }

  #scanQuoted(): boolean {
    const window = this.#window;
    const length = this.#length;
    const { recordBytesMax, recordLinesMax, cellBytesMax } = this.#limits;
    const { quote, escape } = this.#syntax;
    const markMax = this.#quotedMarkMax;
    const stop = Math.min(length, this.#begin + recordBytesMax, this.#cellStart + cellBytesMax);
    for (;;) {
      let at = this.#at;
      let seen = 0;
      while (at < stop) {
        const byte = window[at];
        if (byte > markMax) seen |= byte;
        else if (byte === quote || byte === LF || byte === CR || byte === escape) break;
        at++;
      }
      this.#at = at;
      this.#seen |= seen;
      if (at === length) return this.#ended && this.#fail("unclosed-quote");
      const byte = window[at];
      if (at === stop) return this.#failInQuotes(byte);
      if (byte === quote) {
        this.#at++;
        this.#state = AFTER_QUOTE;
        return true;
      }
      if (byte === escape) {
        if (at + 1 === length && !this.#ended) return false;
        this.#at += this.#escapedLength(at, stop);
        continue;
      }
      if (byte === CR || window[at - 1] !== CR) {
        if (this.#firstLineEnd < 0) {
          this.#firstLineEnd = at;
          this.#firstLineCells = this.#cells;
        }
        if (++this.#lines > recordLinesMax) return this.#fail("unclosed-quote");
      }
      this.#at++;
    }
  }

  /** How many bytes the escape at `at` takes: itself alone if it changes nothing, or what it would change is past a limit. */
  #escapedLength(at: number, stop: number): 1 | 2 {
    if (at + 1 >= stop || !isEscapable(this.#window[at + 1], this.#syntax)) return 1;
    this.#hasEscapes = true;
    return 2;
  }

  /** The byte past a limit stands inside quotes, unless it is the quote that closes them. */
  #failInQuotes(byte: number): boolean {
    const { quote } = this.#syntax;
    if (byte !== quote) return this.#fail("unclosed-quote");
    const next = this.#at + 1;
    if (next === this.#length && !this.#ended) return false;
    const closes = next === this.#length || this.#window[next] !== quote;
    return this.#fail(closes ? "line-too-long" : "unclosed-quote");
  }

  #scanAfterQuote(): boolean {
    const { recordBytesMax, cellBytesMax, columnsMax } = this.#limits;
    const { delimiter, quote } = this.#syntax;
    const at = this.#at;
    if (at === this.#length && !this.#ended) return false;
    const byte = at < this.#length ? this.#window[at] : LF;
    const recordStop = this.#begin + recordBytesMax;
    if (byte === quote) {
      const stop = Math.min(recordStop, this.#cellStart + cellBytesMax);
      if (at >= stop) return this.#fail("unclosed-quote");
      this.#hasEscapes = true;
      this.#at++;
      this.#state = QUOTED;
      return true;
    }
    if (byte !== delimiter && byte !== LF && byte !== CR) return this.#fail("bad-quote");
    if (byte === delimiter && (at >= recordStop || this.#cells + 2 > columnsMax)) {
      return this.#fail("line-too-long");
    }
    this.#record.starts[this.#cells] = this.#cellStart + 1;
    this.#record.ends[this.#cells++] = at - 1;
    if (byte === delimiter) {
      this.#cellStart = ++this.#at;
      this.#state = PLAIN;
    } else this.#state = COMPLETE;
    return true;
  }

  /** The record has a fault at #at: find where its text ends. */
  #fail(fault: RecordFault): true {
    const wasFirstCell = this.#cells === 0 && this.#window[this.#begin] !== this.#syntax.quote;
    this.#fault = fault;
    this.#faultAt = this.#at;
    this.#state = SKIP;
    if (fault !== "line-too-long") {
      this.#lines = 1;
      if (this.#firstLineEnd >= 0) {
        this.#rescanned += this.#at - this.#firstLineEnd;
        this.#at = this.#firstLineEnd;
        this.#cells = this.#firstLineCells;
        this.#state = COMPLETE;
      }
    } else if (wasFirstCell) {
      this.#maybeBlank = true;
      this.#at = this.#begin;
    }
    return true;
  }

  #skip(): boolean {
    if (this.#maybeBlank && !this.#skipWhiteSpace()) return this.#drop();
    const window = this.#window;
    let at = this.#at;
    while (at < this.#length && window[at] !== LF && window[at] !== CR) at++;
    this.#at = at;
    if (at === this.#length && !this.#ended) return this.#drop();
    this.#state = COMPLETE;
    return true;
  }

  /** Pass white space up to the line end, or to what shows that the line isn't blank. */
  #skipWhiteSpace(): boolean {
    while (this.#at < this.#length) {
      const byte = this.#window[this.#at];
      if (byte === LF || byte === CR) return true;
      const length = whiteSpaceLength(this.#window, this.#at, this.#length);
      if (length === 0) {
        // Three bytes make the longest white space: with fewer, a character may still be on its way.
        if (byte >= 0x80 && this.#length - this.#at < 3 && !this.#ended) return false;
        this.#maybeBlank = false;
        return true;
      }
      this.#at += length;
    }
    return this.#ended;
  }

  /** Forget the text before #at that nobody will see: neither its readable cells nor the beginning that `_raw` shows. */
  #drop(): false {
    const keptEnd = Math.max(this.#faultAt, this.#keptTextEnd());
    const dropped = this.#at - keptEnd;
    if (dropped > 0) {
      this.#window.copyWithin(keptEnd, this.#at, this.#length);
      this.#length -= dropped;
      this.#at = keptEnd;
      this.#shift += dropped;
      this.#dropped += dropped;
    }
    return false;
  }

  #keptTextEnd(): number {
    return this.#begin + this.#limits.rawBytesMax + CHARACTER_BYTES_MAX;
  }

  /** Hand out the record whose text ends at #at, and go to the next line. */
  #finish(): CsvRecord {
    const record = this.#record;
    const end = this.#at;
    record.line = this.#line;
    record.blank = this.#maybeBlank ||
      (this.#cells === 1 && this.#fault === null && record.starts[0] === this.#begin &&
        trimmedStart(this.#window, this.#begin, end) === end);
    record.fault = this.#fault;
    record.cells = this.#cells;
    record.bytes = this.#window;
    record.text = this.#window;
    record.textStart = this.#begin;
    record.textEnd = this.#dropped === 0 ? end : Math.min(end, this.#keptTextEnd());
    record.textBytes = end - this.#begin + this.#dropped;
    if (this.#seen >= 0x80) checkEncoding(record);
    if (this.#hasEscapes) {
      const bytesMax = end - this.#begin;
      if (this.#unescaped.length < bytesMax) this.#unescaped = new Uint8Array(2 * bytesMax);
      unescapeCells(record, this.#syntax, this.#unescaped);
    }

    this.#line += this.#lines;
    this.#state = BETWEEN;
    if (end < this.#length) {
      this.#afterCr = this.#window[end] === CR;
      this.#at++;
    }
    return record;
  }

  /** All indices after the window lost its first bytes. */
  #moveBack(bytes: number): void {
    this.#length -= bytes;
    this.#at -= bytes;
    this.#begin -= bytes;
    this.#cellStart -= bytes;
    this.#faultAt -= bytes;
    this.#shift += bytes;
    if (this.#firstLineEnd >= 0) this.#firstLineEnd -= bytes;
    for (let i = 0; i < this.#cells; i++) {
      this.#record.starts[i] -= bytes;
      this.#record.ends[i] -= bytes;
    }
  }
}
