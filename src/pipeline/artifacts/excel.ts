/**
 * The variant of a stored CSV artifact for spreadsheet programs: a byte order mark (else they take UTF-8 for something
 * else), CRLF, and an apostrophe before text that they would run as a formula.
 */
import { CR, TAB } from "../text/ascii.ts";
import { CELL_BYTES_MAX, COLUMNS_MAX, READ_BYTES } from "../../domain/limits.ts";
import { CsvWriter } from "./csv_writer.ts";
import { isNumber } from "../number/number.ts";
import { RecordParser } from "../parse/parse.ts";
import type { CsvRecord } from "../parse/record.ts";
import { slices } from "../text/slices.ts";

/** What an artifact may have is more than what an input may: columns that we add, and sums of any length. */
const ARTIFACT_LIMITS = {
  recordBytesMax: Infinity,
  recordLinesMax: Infinity,
  cellBytesMax: Infinity,
  columnsMax: COLUMNS_MAX + 64,
  rawBytesMax: CELL_BYTES_MAX,
};

const BYTE_ORDER_MARK = new Uint8Array([0xef, 0xbb, 0xbf]);
const APOSTROPHE = 0x27;
/** What makes a spreadsheet program look for a formula. */
const FORMULA_STARTS = new Set([..."=+-@"].map((sign) => sign.charCodeAt(0)).concat(TAB, CR));
const WRITE_BYTES_MIN = 256 * 1024;

/**
 * Transform a stored summary, anomalies or rejects file, in chunks of any size, with constant memory.
 *
 * Cells that are numbers as the pipeline reads them stay as they are, `-5` too; other cells that begin with `=`, `+`, `-`,
 * `@`, TAB or CR get an apostrophe in front.
 *
 * @throws {TypeError} if the bytes aren't what the pipeline writes
 */
export async function* excelVariant(
  csv: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  const parser = new RecordParser(ARTIFACT_LIMITS);
  const writer = new CsvWriter("\r\n");
  let isMarked = false;
  for await (const chunk of csv) {
    // Not before the first bytes are there: they may come with the error that the file is damaged.
    if (!isMarked) yield BYTE_ORDER_MARK;
    isMarked = true;
    for (const slice of slices(chunk, READ_BYTES)) {
      parser.push(slice);
      writeRecords(parser, writer);
      if (writer.length >= WRITE_BYTES_MIN) yield writer.take().slice();
    }
  }
  if (!isMarked) yield BYTE_ORDER_MARK;
  parser.end();
  writeRecords(parser, writer);
  if (writer.length > 0) yield writer.take().slice();
}

function writeRecords(parser: RecordParser, writer: CsvWriter): void {
  for (let record = parser.next(); record !== null; record = parser.next()) {
    if (record.fault !== null || record.blank) {
      throw new TypeError(`line ${record.line} is none that the pipeline writes`);
    }
    for (let i = 0; i < record.cells; i++) writeCell(writer, record, i);
    writer.endRow();
  }
}

function writeCell(writer: CsvWriter, { bytes, starts, ends }: CsvRecord, i: number): void {
  const [start, end] = [starts[i], ends[i]];
  if (start < end && FORMULA_STARTS.has(bytes[start]) && !isNumber(bytes, start, end)) {
    const text = new Uint8Array(end - start + 1);
    text[0] = APOSTROPHE;
    text.set(bytes.subarray(start, end), 1);
    writer.cell(text, 0, text.length);
  } else writer.cell(bytes, start, end);
}
