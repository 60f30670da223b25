// Stage 2, clean: from the index to rows, in the order of the file, up to the first record that isn't plain.
//
// A row is taken here only if nothing about it needs judgement: as many cells as the header, quotes only around whole cells,
// valid UTF-8, within every limit, no cell missing, numbers that `number.ts` reads, a quantity that isn't 0, and a region that isn't
// a totals word. Everything else is an odd record: the walk stops in front of it, and the TypeScript of the plain engine takes it.
// So this file may refuse what it likes, but must never take what `../../clean.ts` would reject, skip or read otherwise.
//
// Invariants between two calls: `recordStart` is the first byte of a record; `separator` and `line` are the first of their
// lists from there on, `special` likewise; the separator before `separator` stands right before `recordStart`.

import {
  CELLS,
  COLUMN_MAP,
  Field,
  LINES,
  Row,
  ROW_BYTES,
  ROWS,
  ROWS_MAX,
  SEPARATORS,
  SPECIALS,
  Status,
} from "./layout";
import { readNumber, scale, units, value } from "./number";
import {
  buildIndex,
  COMMA,
  CR,
  END,
  indexEnd,
  isDoubtful,
  LF,
  QUOTE,
  separatorAt,
} from "./structure";
import { isUtf8, trimmedEnd, trimmedStart } from "./text";

/** Why `decode` returned. `../kernel.ts` has the same numbers. */
export const NEEDS_BYTES: i32 = 0;
export const ODD_RECORD: i32 = 1;
export const AT_STOP: i32 = 2;
export const ROWS_FULL: i32 = 3;
/** Within this file: the record became a row. */
const TAKEN: i32 = 4;

/** No schema column. */
const OTHER: u8 = 255;

let columns: u32 = 0;
let recordBytesMax: usize = 0;
let recordLinesMax: u32 = 0;
let keepTotals: bool = false;

let recordStart: usize = 0;
let separator: u32 = 1;
let line: usize = LINES;
let special: usize = SPECIALS;
let linesPassed: u32 = 0;

/**
 * Say what a plain record is; the index of each schema column stands in COLUMN_MAP, in the order of Field.
 *
 * @param bytesMax a record up to this size is within the limits of records and of cells
 */
export function setHeader(
  columnCount: u32,
  bytesMax: u32,
  linesMax: u32,
  totalsAreData: bool,
): void {
  columns = columnCount;
  recordBytesMax = bytesMax;
  recordLinesMax = linesMax;
  keepTotals = totalsAreData;
  const map = COLUMN_MAP + 32;
  memory.fill(map, OTHER, columnCount);
  for (let field: u32 = 0; field < Field.COUNT; field++) {
    store<u8>(map + load<u32>(COLUMN_MAP + (<usize> field << 2)), <u8> field);
  }
}

/** Index [from, to), where a record begins at `from`. */
export function index(from: usize, to: usize): void {
  buildIndex(from, to);
  recordStart = from;
  separator = 1;
  line = LINES;
  special = SPECIALS;
}

/** Go on at a record further on in the index. The lines in between aren't counted: see `setLine`. */
export function resume(at: usize): void {
  while (separatorAt(load<u32>(line)) < at) line += 4;
  separator = line == LINES ? 1 : load<u32>(line - 4) + 1;
  while (load<u32>(special) < <u32> at) special += 4;
  recordStart = at;
}

/** Set the number of line ends before the next record. */
export function setLine(lines: u32): void {
  linesPassed = lines;
}

/** Decode records into ROWS, those that begin before `stop`, and say why it goes no further. */
export function decode(stop: usize): i32 {
  let row: usize = ROWS;
  const full: usize = ROWS + <usize> ROWS_MAX * ROW_BYTES;
  let why = NEEDS_BYTES;
  for (;;) {
    if (row == full) {
      why = ROWS_FULL;
      break;
    }
    if (recordStart >= stop) {
      why = AT_STOP;
      break;
    }
    const last = load<u32>(line);
    const lineEnd = separatorAt(last);
    if (lineEnd == END) break;
    if (load<u32>(special) > <u32> lineEnd) {
      // No quote: the line is the record.
      if (last - separator + 1 != columns || !decodePlain(row, lineEnd)) {
        why = ODD_RECORD;
        break;
      }
      separator = last + 1;
      line += 4;
      recordStart = lineEnd + 1;
      linesPassed++;
    } else {
      why = decodeQuoted(row);
      if (why != TAKEN) break;
      why = NEEDS_BYTES;
    }
    row += ROW_BYTES;
  }
  store<u32>(Status.ROWS_DECODED, <u32> ((row - ROWS) / ROW_BYTES));
  store<u32>(Status.POSITION, <u32> recordStart);
  store<u32>(Status.LINE, linesPassed);
  return why;
}

/** A record that is one line without quotes and has the right number of cells. */
// @ts-ignore: decorator
function decodePlain(row: usize, lineEnd: usize): bool {
  if (lineEnd - recordStart > recordBytesMax) return false;
  if (isDoubtful && !isUtf8(recordStart, lineEnd)) return false;
  // A carriage return before the line feed is white space to the last cell.
  for (let field: usize = 0; field < Field.COUNT; field++) {
    const at = separator + load<u32>(COLUMN_MAP + (field << 2));
    store<u64>(CELLS + (field << 3), load<u64>(SEPARATORS + (<usize> (at - 1) << 2)));
  }
  if (!decodeRow(row)) return false;
  store<u8>(row, 0, Row.QUOTED);
  store<u32>(row, <u32> (lineEnd - <usize> (load<u8>(lineEnd - 1) == CR)), Row.END);
  return true;
}

/** A record with quotes: walk its cells, passing what stands inside quotes. Nothing is moved on unless it is taken. */
function decodeQuoted(row: usize): i32 {
  const map = COLUMN_MAP + 32;
  let at = recordStart;
  let sep = separator;
  let lf = line;
  let mark = special;
  let cell: u32 = 0;
  let lines: u32 = 1;
  let end: usize = 0;
  let isOdd = false;
  for (;;) {
    if (cell == columns) return ODD_RECORD;
    let cellStart = at;
    let cellEnd: usize;
    let isEscaped = false;
    if (load<u8>(at) == QUOTE && load<u32>(mark) == <u32> at) {
      let close: u32;
      for (;;) {
        mark += 4;
        close = load<u32>(mark);
        if (close == END) return unfinished();
        if (load<u8>(close) == CR) return ODD_RECORD;
        if (load<u32>(mark, 4) != close + 1 || load<u8>(close, 1) != QUOTE) break;
        isEscaped = true;
        mark += 4;
      }
      mark += 4;
      cellStart = at + 1;
      cellEnd = close;
      end = close + 1;
      while (separatorAt(sep) < end) sep++;
      while (separatorAt(load<u32>(lf)) < end) {
        lf += 4;
        lines++;
      }
      if (end >= indexEnd) return unfinished();
      if (separatorAt(sep) != end) {
        if (load<u8>(end) != CR || separatorAt(sep) != end + 1 || load<u8>(end, 1) != LF) {
          return end + 1 >= indexEnd ? unfinished() : ODD_RECORD;
        }
        end++;
      }
    } else {
      end = separatorAt(sep);
      if (end == END) return unfinished();
      while (load<u32>(mark) < <u32> end) {
        if (load<u8>(load<u32>(mark)) == CR) return ODD_RECORD;
        mark += 4;
      }
      cellEnd = end;
    }
    const field = load<u8>(map + cell);
    if (field != OTHER) {
      isOdd = isOdd || isEscaped;
      // As the separators before and behind it, which is how `decodePlain` leaves them.
      store<u32>(CELLS + (<usize> field << 3), <u32> cellStart - 1);
      store<u32>(CELLS + (<usize> field << 3), <u32> cellEnd, 4);
    }
    cell++;
    sep++;
    at = end + 1;
    if (load<u8>(end) == LF) break;
  }
  if (
    isOdd || cell != columns || end - recordStart > recordBytesMax || lines > recordLinesMax ||
    (isDoubtful && !isUtf8(recordStart, end)) || !decodeRow(row)
  ) return ODD_RECORD;
  store<u8>(row, 1, Row.QUOTED);
  store<u32>(row, <u32> (end - <usize> (load<u8>(end - 1) == CR)), Row.END);
  separator = sep;
  line = lf + 4;
  special = mark;
  recordStart = at;
  linesPassed += lines;
  return TAKEN;
}

/** The index ends in mid-record. One that is past a limit already will never be plain. */
function unfinished(): i32 {
  return indexEnd - recordStart > recordBytesMax ? ODD_RECORD : NEEDS_BYTES;
}

/** The five cells in CELLS to a row; false if one of them isn't plain. */
// @ts-ignore: decorator
function decodeRow(row: usize): bool {
  const region = trimmedStart(cellStart(Field.REGION), cellEnd(Field.REGION));
  const regionEnd = trimmedEnd(region, cellEnd(Field.REGION));
  const regionBytes = regionEnd - region;
  if (regionBytes == 0 || (!keepTotals && isTotals(region, regionBytes))) return false;
  const product = trimmedStart(cellStart(Field.PRODUCT), cellEnd(Field.PRODUCT));
  if (product == cellEnd(Field.PRODUCT)) return false;
  if (!readCell(Field.REVENUE)) return false;
  const revenue = value;
  store<i64>(row, units, Row.UNITS);
  store<u8>(row, <u8> scale, Row.SCALES);
  if (!readCell(Field.QUANTITY) || value == 0) return false;
  // Finite: at most 2^53 over 10^-16.
  store<f64>(row, revenue / value, Row.QUOTIENT);
  store<i64>(row, units, Row.UNITS + 8);
  store<u8>(row, <u8> scale, Row.SCALES + 1);
  if (!readCell(Field.DISCOUNT)) return false;
  store<i64>(row, units, Row.UNITS + 16);
  store<u8>(row, <u8> scale, Row.SCALES + 2);
  store<u32>(row, <u32> region, Row.REGION);
  store<u32>(row, <u32> regionBytes, Row.REGION_BYTES);
  store<u32>(row, <u32> recordStart, Row.START);
  store<u32>(row, separator, Row.SEPARATOR);
  store<u32>(row, linesPassed, Row.LINE);
  return true;
}

// @ts-ignore: decorator
function readCell(field: usize): bool {
  const start = trimmedStart(cellStart(field), cellEnd(field));
  return readNumber(start, trimmedEnd(start, cellEnd(field)));
}

// @ts-ignore: decorator
function cellStart(field: usize): usize {
  return <usize> load<u32>(CELLS + (field << 3)) + 1;
}

// @ts-ignore: decorator
function cellEnd(field: usize): usize {
  return load<u32>(CELLS + (field << 3), 4);
}

/** Whether a trimmed region is a totals word, in any case. */
// @ts-ignore: decorator
function isTotals(start: usize, length: usize): bool {
  if (length - 5 > 6) return false;
  const first = load<u8>(start) | 0x20;
  if (first != 0x74 && first != 0x67 && first != 0x73) return false;
  return isTotalsWord(start, length);
}

const LOWER_CASE: u64 = 0x2020202020202020;

function isTotalsWord(start: usize, length: usize): bool {
  // Lower-casing by a bit is only right of letters, so what isn't a letter is compared as it is.
  const head = load<u64>(start);
  if (length < 8) {
    const letters = (head | LOWER_CASE) << (64 - (length << 3));
    if (length == 5) return letters == 0x6c61746f74000000; // total
    return length == 6 && letters == 0x736c61746f740000; // totals
  }
  if (length == 8) return (head | LOWER_CASE) == 0x6c61746f74627573; // subtotal
  const tail = load<u64>(start + length - 8);
  if (length == 9) { // sub-total
    return (head | 0x2020202000202020) == 0x61746f742d627573 &&
      (tail | 0x2020202020002020) == 0x6c61746f742d6275;
  }
  // grand total
  return length == 11 && (head | 0x2020002020202020) == 0x6f7420646e617267 &&
    (tail | 0x2020202020002020) == 0x6c61746f7420646e;
}
