/**
 * The records that aren't plain, through the parser of the plain engine.
 *
 * One parser gets the bytes of those records only, line by line until it stands between two records; what it read ahead of that
 * is taken back. Positions are mended on the way: to the parser its input is one file, of which it knows neither what stood
 * between nor how many lines that were.
 */
import { LF } from "../text/ascii.ts";
import { RecordParser } from "../parse/parse.ts";
import type { CsvRecord } from "../parse/record.ts";
import type { Reading } from "./reading.ts";

export class OddRecords {
  readonly #reading: Pick<Reading, "syntax" | "limits">;
  readonly #isAtFileStart: boolean;
  /** Made when it is needed: most segments of most files have no odd record. */
  #made: RecordParser | null = null;
  /** What to add to the parser's offsets and lines. */
  #offsetAhead = 0;
  #linesAhead = 0;

  /** @param isAtFileStart whether the first byte of the file will be among these, with its byte order mark */
  constructor(reading: Pick<Reading, "syntax" | "limits">, isAtFileStart: boolean) {
    this.#reading = reading;
    this.#isAtFileStart = isAtFileStart;
  }

  get #parser(): RecordParser {
    return this.#made ??= this.#make();
  }

  #make(): RecordParser {
    const { syntax, limits } = this.#reading;
    if (this.#isAtFileStart) return new RecordParser(limits, syntax);
    // Lines above the first record are passed by now.
    const parser = new RecordParser(limits, { ...syntax, firstLine: 1 });
    // Past an empty line, a byte order mark is text.
    parser.push(Uint8Array.of(LF));
    parser.next();
    parser.next();
    return parser;
  }

  /** Whether the next byte of the file has to come here, because a record is in work. */
  get isOpen(): boolean {
    return this.#made !== null && !this.#made.isBetween;
  }

  /** The offset of the next byte, and the line ends before it. */
  get offset(): number {
    return this.#parser.offset + this.#offsetAhead;
  }
  get lines(): number {
    return this.#parser.line - 1 + this.#linesAhead;
  }

  /** Say where the next byte stands; only between two records. */
  moveTo(offset: number, lines: number): void {
    this.#offsetAhead = offset - this.#parser.offset;
    this.#linesAhead = lines - this.#parser.line + 1;
  }

  push(bytes: Uint8Array): void {
    this.#parser.push(bytes);
  }

  /** Say that no byte follows. */
  end(): void {
    this.#parser.end();
  }

  next(): CsvRecord | null {
    const record = this.#parser.next();
    if (record === null) return null;
    record.line += this.#linesAhead;
    record.offset += this.#offsetAhead;
    return record;
  }

  /** Between two records: forget the bytes that no record needed, and say how many. */
  takeBack(bytesMax: number): number {
    return this.#parser.takeBack(bytesMax);
  }
}
