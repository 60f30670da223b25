// The cells of a record as an artifact has them: of the file's own columns only, without the white space around them, in quotes only where they need some.
//
// Nearly all cells stand in the file as they have to stand in the artifact, so what lies between two that don't is copied as a whole.

import { copy } from "./copy";
import { needsQuotes } from "./csv_cell";
import { COLUMN_KINDS, ColumnKind, Row } from "./layout";
import { writeDecimal } from "./number_text";
import { COMMA, QUOTE, separatorAt } from "./structure";
import { isInk, isTrimmed, trimmedEnd, trimmedStart } from "./text";

const ZERO: u32 = 0x30;
const POINT: u32 = 0x2e;

let columns: u32 = 0;
let hasCommas: bool = true;

/** Say what the records are like; of each column, COLUMN_KINDS has what it is. */
export function setColumns(columnCount: u32, delimiter: u32): void {
  columns = columnCount;
  hasCommas = delimiter == COMMA;
}

/** How many bytes `writeOwnCells` writes at most of a record of so many, but for numbers that it makes canonical and SLACK. */
// @ts-ignore: decorator
@inline export function ownBytesMax(recordBytes: usize): usize {
  return 2 * recordBytes + 3 * <usize> columns; // if all of its bytes are quotes
}

/**
 * Write the own cells of a row, with commas in between; where they end.
 *
 * @param areCanonical whether the numbers of the schema are written as their value instead of as they stand
 */
// @ts-ignore: decorator
@inline export function writeOwnCells(row: usize, to: usize, areCanonical: bool): usize {
  const hasQuotes = load<u8>(row, Row.FLAGS) != 0;
  const rowEnd = <usize> load<u32>(row, Row.END);
  const separator = load<u32>(row, Row.SEPARATOR);
  let out = to;
  let start = <usize> load<u32>(row, Row.START);
  /** What stands from here on, and before the cell in work, is to be copied. */
  let copied = start;
  for (let cell: u32 = 0; cell < columns; cell++) {
    const end = cell == columns - 1 ? rowEnd : separatorAt(separator + cell);
    const kind = <u32> load<u8>(COLUMN_KINDS + cell);
    const isCanonical = areCanonical && kind >= ColumnKind.FIRST_NUMBER;
    const stands = kind != ColumnKind.NOT_OWN && hasCommas &&
      (isCanonical ? isCanonicalText(row, kind - ColumnKind.FIRST_NUMBER, start, end) : isCellText(start, end, hasQuotes));
    if (!stands) {
      out = copy(out, copied, start);
      if (kind != ColumnKind.NOT_OWN) {
        out = isCanonical ? writeNumber(out, row, kind - ColumnKind.FIRST_NUMBER) : writeCell(out, start, end, hasQuotes);
        store<u8>(out++, COMMA as u8);
      }
      copied = end + 1;
    }
    start = end + 1;
  }
  return copied > rowEnd ? out - 1 : copy(out, copied, rowEnd);
}

/** Whether a cell is what artifacts say of it. */
// @ts-ignore: decorator
@inline function isCellText(start: usize, end: usize, hasQuotes: bool): bool {
  if (start == end) return true;
  if (!hasQuotes) return (isInk(load<u8>(start)) && isInk(load<u8>(end - 1))) || isTrimmed(start, end);
  return isQuotedText(start, end);
}

/** The same of a record with quotes. */
function isQuotedText(start: usize, end: usize): bool {
  const isQuoted = load<u8>(start) == QUOTE;
  const quotes = <usize> isQuoted;
  return isTrimmed(start + quotes, end - quotes) && needsQuotes(start + quotes, end - quotes) == isQuoted;
}

/** Whether a number of a row stands there as its value is written: without anything to be taken off, and with no zero too many. */
// @ts-ignore: decorator
@inline function isCanonicalText(row: usize, number: usize, start: usize, end: usize): bool {
  if (load<u32>(row, Row.CHANGES) != 0) return false;
  const first: u32 = load<u8>(start);
  const last: u32 = load<u8>(end - 1);
  if (last - ZERO > 9 || (last == ZERO && load<u8>(row + number, Row.SCALES) != 0)) return false;
  return first - ZERO - 1 < 9 || (first == ZERO && (end == start + 1 || load<u8>(start, 1) == POINT));
}

// @ts-ignore: decorator
@inline function writeNumber(to: usize, row: usize, number: usize): usize {
  return writeDecimal(to, load<i64>(row + (number << 3), Row.UNITS), load<u8>(row + number, Row.SCALES));
}

/** Write a cell that doesn't stand there as it should. */
function writeCell(to: usize, start: usize, end: usize, hasQuotes: bool): usize {
  const isQuoted = hasQuotes && start < end && load<u8>(start) == QUOTE;
  const textStart = trimmedStart(start + <usize> isQuoted, end - <usize> isQuoted);
  const textEnd = trimmedEnd(textStart, end - <usize> isQuoted);
  if (!needsQuotes(textStart, textEnd)) return copy(to, textStart, textEnd);
  store<u8>(to++, QUOTE as u8);
  // In quotes, those of the text are doubled already.
  to = isQuoted ? copy(to, textStart, textEnd) : copyDoubled(to, textStart, textEnd);
  store<u8>(to, QUOTE as u8);
  return to + 1;
}

/** Copy a text with each quote twice. */
function copyDoubled(to: usize, start: usize, end: usize): usize {
  for (let at = start; at < end; at++) {
    const byte = load<u8>(at);
    store<u8>(to++, byte);
    if (byte == QUOTE) store<u8>(to++, byte);
  }
  return to;
}
