/**
 * Normalize: any table, in whatever dialect, becomes plain CSV: RFC 4180, UTF-8, lines that end in LF.
 *
 * Pure, with constant memory, and the same bytes at every size of chunks: nothing is decided before the first
 * `ENCODING_BYTES` are there, or the end. Nothing is changed but the way of writing: cells aren't trimmed, rows have as
 * many cells as they had. What has no place in a table, or can't be read, is in the findings with its line.
 */
import type { DialectHints } from "../../domain/dialect.ts";
import { ENCODING_BYTES, READ_BYTES, WRITE_BYTES } from "../../domain/limits.ts";
import { QUOTE } from "../text/ascii.ts";
import { CsvWriter } from "../artifacts/csv_writer.ts";
import { decoderOf } from "../text/decode.ts";
import { findTable, type Table } from "../dialect/find_table.ts";
import { lenientCells } from "../parse/lenient_cells.ts";
import { RecordParser } from "../parse/parse.ts";
import { PIPELINE_LIMITS } from "../pipeline_limits.ts";
import type { CsvRecord, RecordFault } from "../parse/record.ts";
import { slices } from "../text/slices.ts";
import { type Syntax, syntaxOf } from "../parse/syntax.ts";
import { decodeUtf8, encodeUtf8 } from "../text/utf8.ts";
import { trimmedStart } from "../text/white_space.ts";

/** Some lines of the file: how many, and the first of them. */
export interface Lines {
  count: number;
  first: readonly number[];
}

/** A line above the table. */
export interface PreambleLine {
  line: number;
  /** Its beginning, up to a length. */
  text: string;
  isCut: boolean;
}

export interface Findings {
  table: Table;
  /** Written, those with other numbers of cells or faults included. */
  records: number;
  preamble: readonly PreambleLine[];
  blank: Lines;
  /** Without a fault, but with more or fewer cells than most: written as they are. */
  ragged: Lines;
  /** Written as well as their cells could be told. */
  faults: ReadonlyMap<RecordFault, Lines>;
  /** Not written: longer than what is held of a record. */
  leftOut: Lines;
}

export interface Normalized {
  /** Can be read once. A chunk is valid until the next is asked for. */
  bytes: AsyncIterable<Uint8Array>;
  /** What was found. Asked once `bytes` has ended. */
  findings(): Findings;
}

const LINES_KEPT_MAX = 10;
const PREAMBLE_TEXT_LENGTH_MAX = 1_000;
/** The text of a record with a fault is written, so all of it is kept. */
const LIMITS = { ...PIPELINE_LIMITS, rawBytesMax: PIPELINE_LIMITS.recordBytesMax };

/**
 * The plain form of a table.
 *
 * Reading throws {InputError} `not-csv`, `empty-file` or `unclear-dialect` before the first chunk, and what reading `file`
 * throws.
 *
 * ```ts
 * import { normalize } from "./normalize.ts";
 * async function* file() {
 *   yield new TextEncoder().encode("a;b\r\n'1,5';2\r\n'2;5';3\r\n");
 * }
 * let text = "";
 * for await (const chunk of normalize(file(), { quote: "'" }).bytes) {
 *   text += new TextDecoder().decode(chunk);
 * }
 * if (text !== 'a,b\n"1,5",2\n2;5,3\n') throw new Error("unexpected");
 * ```
 *
 * @param file already decompressed
 * @param hints what needn't be detected
 */
export function normalize(file: AsyncIterable<Uint8Array>, hints: DialectHints = {}): Normalized {
  let rows: TableRows | null = null;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    const head = new Uint8Array(ENCODING_BYTES);
    let length = 0;
    for await (const chunk of file) {
      const part = rows === null
        ? chunk.subarray(0, ENCODING_BYTES - length)
        : chunk.subarray(0, 0);
      if (rows === null) {
        head.set(part, length);
        length += part.length;
        if (length < ENCODING_BYTES) continue;
        rows = new TableRows(findTable({ bytes: head, isWhole: false }, hints));
        yield* rows.push(head);
      }
      yield* rows.push(chunk.subarray(part.length));
    }
    if (rows === null) {
      const whole = head.subarray(0, length);
      rows = new TableRows(findTable({ bytes: whole, isWhole: true }, hints));
      yield* rows.push(whole);
    }
    yield* rows.end();
  }
  return {
    bytes: bytes(),
    findings() {
      if (rows === null) throw new TypeError("nothing was found before the bytes were read");
      return rows.findings;
    },
  };
}

/** The rows of one table on their way, and what is found about them. */
class TableRows {
  readonly #table: Table;
  readonly #syntax: Syntax;
  readonly #decoder: ReturnType<typeof decoderOf>;
  readonly #parser: RecordParser;
  readonly #writer = new CsvWriter();
  #records = 0;
  readonly #preamble: PreambleLine[] = [];
  readonly #blank = new LineList();
  readonly #ragged = new LineList();
  readonly #faults = new Map<RecordFault, LineList>();
  readonly #leftOut = new LineList();

  constructor(table: Table) {
    this.#table = table;
    this.#syntax = syntaxOf(table.dialect);
    this.#decoder = decoderOf(table.dialect.encoding);
    this.#parser = new RecordParser(LIMITS, this.#syntax);
  }

  get findings(): Findings {
    return {
      table: this.#table,
      records: this.#records,
      preamble: this.#preamble,
      blank: this.#blank,
      ragged: this.#ragged,
      faults: this.#faults,
      leftOut: this.#leftOut,
    };
  }

  *push(chunk: Uint8Array): Generator<Uint8Array> {
    for (const slice of slices(chunk, READ_BYTES)) {
      this.#parser.push(this.#decoder.decode(slice));
      yield* this.#writeRecords();
    }
  }

  *end(): Generator<Uint8Array> {
    this.#parser.push(this.#decoder.end());
    this.#parser.end();
    yield* this.#writeRecords();
    if (this.#writer.length > 0) yield this.#writer.take();
  }

  *#writeRecords(): Generator<Uint8Array> {
    for (let record = this.#parser.next(); record !== null; record = this.#parser.next()) {
      this.#take(record);
      if (this.#writer.length >= WRITE_BYTES) yield this.#writer.take();
    }
  }

  #take(record: CsvRecord): void {
    const { line, fault } = record;
    if (record.blank) this.#blank.add(line);
    else if (line < this.#syntax.firstLine) this.#preamble.push(preambleLine(record));
    else if (record.textEnd - record.textStart < record.textBytes) this.#leftOut.add(line);
    else if (fault !== null) {
      const lines = this.#faults.get(fault) ?? new LineList();
      this.#faults.set(fault, lines);
      lines.add(line);
      this.#writeLeniently(record);
    } else {
      if (record.cells !== this.#table.cells) this.#ragged.add(line);
      this.#write(record);
    }
  }

  #write({ cells, bytes, starts, ends }: CsvRecord): void {
    if (cells === 1) this.#single(bytes.subarray(starts[0], ends[0]));
    else for (let i = 0; i < cells; i++) this.#writer.cell(bytes, starts[i], ends[i]);
    this.#endRow();
  }

  #writeLeniently(record: CsvRecord): void {
    // What can't be read becomes U+FFFD, so that what is written is UTF-8.
    const cells = Array.from(
      lenientCells(record, this.#syntax),
      (cell) => encodeUtf8(decodeUtf8(cell)),
    );
    if (cells.length === 1) this.#single(cells[0]);
    else for (const cell of cells) this.#writer.cell(cell, 0, cell.length);
    this.#endRow();
  }

  /** The only cell of a record: without quotes, an empty one would be a blank line. */
  #single(cell: Uint8Array): void {
    if (trimmedStart(cell, 0, cell.length) < cell.length) {
      this.#writer.cell(cell, 0, cell.length);
      return;
    }
    const quoted = new Uint8Array(cell.length + 2).fill(QUOTE);
    quoted.set(cell, 1);
    this.#writer.raw(quoted, 0, quoted.length);
  }

  #endRow(): void {
    this.#writer.endRow();
    this.#records++;
  }
}

class LineList implements Lines {
  count = 0;
  readonly first: number[] = [];

  add(line: number): void {
    this.count++;
    if (this.first.length < LINES_KEPT_MAX) this.first.push(line);
  }
}

function preambleLine({ line, text, textStart, textEnd, textBytes }: CsvRecord): PreambleLine {
  const all = decodeUtf8(text, textStart, textEnd);
  const isCut = all.length > PREAMBLE_TEXT_LENGTH_MAX || textBytes > textEnd - textStart;
  return { line, text: all.slice(0, PREAMBLE_TEXT_LENGTH_MAX).toWellFormed(), isCut };
}
