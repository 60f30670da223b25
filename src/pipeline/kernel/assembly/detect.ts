// Stage 4, detect: keep the records of rows whose revenue per unit exceeds a bound.
//
// A record whose text is, but for the line end, what the anomalies file says of its own columns is marked `ready`; of one with needless quotes, white
// space or another delimiter, what the file says is kept in its place, and is `ready` too. The others go through the plain engine's writer.

import { CANDIDATES, CANDIDATES_BYTES, Row, ROW_BYTES, ROWS, Status } from "./layout";
import { copy, SLACK } from "./copy";
import { needsQuotes } from "./csv_cell";
import { COMMA, QUOTE, separatorAt } from "./structure";
import { isTrimmed, trimmedEnd, trimmedStart } from "./text";

/** f64 revenue per unit, u32 line ends before it, u32 bytes, u32 whether it is ready; then the text. */
export const HEAD_BYTES: usize = 24;

let columns: u32 = 0;
let areAllOwn: bool = false;
let hasCommas: bool = true;

/** @param allOwn whether the anomalies file has all columns */
export function setColumns(columnCount: u32, allOwn: bool, delimiter: u32): void {
  columns = columnCount;
  areAllOwn = allOwn;
  hasCommas = delimiter == COMMA;
}

/** Look at the rows in [from, rows), until CANDIDATES is full; how far it came. */
export function detect(from: u32, rows: u32, bound: f64): u32 {
  let to: usize = 0;
  let done = from;
  for (let row: usize = ROWS + <usize> from * ROW_BYTES; done < rows; done++, row += ROW_BYTES) {
    const quotient = load<f64>(row, Row.QUOTIENT);
    if (quotient <= bound) continue;
    const start = <usize> load<u32>(row, Row.START);
    let bytes = <usize> load<u32>(row, Row.END) - start;
    if (to + HEAD_BYTES + bytes + 2 * columns + SLACK > CANDIDATES_BYTES) break;
    const at = CANDIDATES + to;
    const text = at + HEAD_BYTES;
    let isReady = true;
    if (hasCommas && isWritten(row)) copy(text, start, start + bytes);
    else if (writeOwn(row, text)) bytes = writtenEnd - text;
    else {
      copy(text, start, start + bytes);
      isReady = false;
    }
    store<f64>(at, quotient);
    store<u32>(at, load<u32>(row, Row.LINE), 8);
    store<u32>(at, <u32> bytes, 12);
    store<u32>(at, <u32> isReady, 16);
    to = (to + HEAD_BYTES + bytes + 7) & ~(<usize> 7);
  }
  store<u32>(Status.CANDIDATES, <u32> to);
  return done;
}

/** Whether a row's text is what the anomalies file says of its own columns. */
function isWritten(row: usize): bool {
  if (!areAllOwn) return false;
  const hasQuotes = load<u8>(row, Row.FLAGS) != 0;
  let start = <usize> load<u32>(row, Row.START);
  const separator = load<u32>(row, Row.SEPARATOR);
  for (let cell: u32 = 0; cell < columns; cell++) {
    const end = cell == columns - 1 ? <usize> load<u32>(row, Row.END) : separatorAt(separator + cell);
    if (start < end) {
      const isQuoted = hasQuotes && load<u8>(start) == QUOTE;
      const quotes = <usize> isQuoted;
      if (!isTrimmed(start + quotes, end - quotes)) return false;
      if (hasQuotes && needsQuotes(start + quotes, end - quotes) != isQuoted) return false;
    }
    start = end + 1;
  }
  return true;
}

let writtenEnd: usize = 0;

/** Write what the anomalies file says of a row's own columns, up to `writtenEnd`; false if that isn't plain to see. */
function writeOwn(row: usize, to: usize): bool {
  if (!areAllOwn) return false;
  const hasQuotes = load<u8>(row, Row.FLAGS) != 0;
  let out = to;
  let start = <usize> load<u32>(row, Row.START);
  const separator = load<u32>(row, Row.SEPARATOR);
  for (let cell: u32 = 0; cell < columns; cell++) {
    const end = cell == columns - 1 ? <usize> load<u32>(row, Row.END) : separatorAt(separator + cell);
    if (cell != 0) store<u8>(out++, COMMA as u8);
    const isQuoted = hasQuotes && start < end && load<u8>(start) == QUOTE;
    const textStart = trimmedStart(start + <usize> isQuoted, end - <usize> isQuoted);
    const textEnd = trimmedEnd(textStart, end - <usize> isQuoted);
    const isToQuote = needsQuotes(textStart, textEnd);
    if (isToQuote && !isQuoted && hasQuotes) return false; // perhaps for a quote in it, which is to be doubled
    if (isToQuote) store<u8>(out++, QUOTE as u8);
    out = copy(out, textStart, textEnd);
    if (isToQuote) store<u8>(out++, QUOTE as u8);
    start = end + 1;
  }
  writtenEnd = out;
  return true;
}
