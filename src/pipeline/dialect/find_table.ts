/**
 * Where the table in a file begins and how it is written, for a file of which nothing is known: no schema, any columns.
 *
 * Lines above the table are told from its rows by what separates cells: prose has a space behind its punctuation. A line
 * with some delimiters belongs to the table even if it has fewer cells than most, or a damaged header and the first of two
 * tables would be lost.
 */
import type { Delimiter, DialectHints } from "../../domain/dialect.ts";
import { InputError } from "../../domain/errors.ts";
import { SNIFF_BYTES } from "../../domain/limits.ts";
import { SPACE } from "../text/ascii.ts";
import { decoderOf } from "../text/decode.ts";
import { detectDialect, type DetectedDialect, encodingOf, type Sample } from "./dialect.ts";
import { refuseForeign, refuseMarkup, refuseNuls } from "./not_csv.ts";
import { RecordParser } from "../parse/parse.ts";
import { PIPELINE_LIMITS } from "../pipeline_limits.ts";
import type { CsvRecord } from "../parse/record.ts";
import { type Syntax, syntaxOf } from "../parse/syntax.ts";
import { decodeUtf8 } from "../text/utf8.ts";

export interface Table {
  /** `header_line` is the first line of the table. */
  dialect: DetectedDialect["dialect"];
  /** Cells that most records of the first bytes have. */
  cells: number;
}

/** The delimiters that Excel's line can name. */
const SEP_DELIMITERS: readonly string[] = [",", ";", "\t", "|"] satisfies Delimiter[];

/**
 * @param head the first bytes, up to `ENCODING_BYTES`
 * @throws {InputError} `not-csv`, `empty-file`, `unclear-dialect`
 */
export function findTable(head: Sample, hints: DialectHints): Table {
  const bytes = head.bytes.subarray(0, SNIFF_BYTES);
  refuseForeign(bytes);
  refuseNuls(bytes, hints);
  const sample = { bytes, isWhole: head.isWhole && bytes.length === head.bytes.length };
  const encoding = hints.encoding ?? encodingOf(head);
  const text = decoderOf(encoding).decode(bytes);
  if (hints.header_line === undefined) refuseMarkup(text);
  const said = { ...sepHints(text), ...hints, encoding };
  let found = detectDialect(sample, said, null);
  if (said.delimiter !== hints.delimiter && found?.labels.labels.length === 1) {
    // Excel's line says what isn't so: the table was written anew below it.
    found = detectDialect(sample, { ...said, delimiter: undefined }, null);
  }
  if (found === null) throw noTable(text, sample.isWhole);
  const cells = found.labels.labels.length;
  const dialect = { ...found.dialect, header_line: said.header_line ?? 1 };
  if (hints.header_line === undefined) {
    dialect.header_line = firstLine(text, syntaxOf(dialect), cells, found.labels.line);
  }
  return { dialect, cells };
}

/** What Excel's line `sep=;`, if it is the first, says of the others. */
function sepHints(text: Uint8Array): DialectHints {
  const match = /^\uFEFF?sep=(.)[\r\n]/i.exec(decodeUtf8(text.subarray(0, 16)));
  if (match === null || !SEP_DELIMITERS.includes(match[1])) return {};
  return { delimiter: match[1] as Delimiter, header_line: 2 };
}

/** The line of the first record that has delimiters as a row has; at the latest `lineMax`. */
function firstLine(text: Uint8Array, syntax: Syntax, cells: number, lineMax: number): number {
  if (cells < 3) return lineMax;
  const delimitersMin = Math.min(2, cells - 2);
  const parser = new RecordParser(PIPELINE_LIMITS, syntax);
  parser.push(text);
  for (let record = parser.next(); record !== null; record = parser.next()) {
    if (record.line >= lineMax) break;
    const isBefore = record.blank || record.line < syntax.firstLine;
    if (!isBefore && delimiters(record, syntax) >= delimitersMin) return record.line;
  }
  return lineMax;
}

/** Delimiters in a record's text that no space follows, unless that belongs to them. */
function delimiters({ text, textStart, textEnd }: CsvRecord, syntax: Syntax): number {
  let count = 0;
  for (let at = textStart; at < textEnd; at++) {
    if (text[at] !== syntax.delimiter) continue;
    if (syntax.skipsSpaces || at + 1 === textEnd || text[at + 1] !== SPACE) count++;
  }
  return count;
}

function noTable(text: Uint8Array, isWhole: boolean): InputError {
  if (isWhole && decodeUtf8(text).trim() === "") {
    return new InputError([{ code: "empty-file", detail: "The file is empty: it has no table." }]);
  }
  const detail = `No record can be read in the first ${SNIFF_BYTES} bytes. ` +
    "Say how the file is written with the options encoding, delimiter, quote and header-line.";
  return new InputError([{ code: "unclear-dialect", detail }]);
}
