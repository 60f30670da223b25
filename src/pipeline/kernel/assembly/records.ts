// Stage 2, clean: from the index to rows, in the order of the file, up to the first record that isn't plain.
//
// A row is taken here only if nothing about it needs judgement: as many cells as the header, quotes only around whole cells,
// valid UTF-8, within every limit, no cell missing, numbers that `number.ts` reads, and a quantity that isn't 0. (Totals are told by
// their region: `regions.ts`.) Everything else is an odd record: the walk stops in front of it, and the TypeScript of the plain engine takes it.
// So this file may refuse what it likes, but must never take what `../../clean/clean.ts` would reject, skip or read otherwise.
//
// Odd records are of two kinds. Of a *faulty* one it is known where its cells are, and only what they say needs judgement: if it is told to, the
// walk notes its place among the rows and goes on. The other stages pass it (its region has no bytes, its quotient is -Infinity).
//
// Invariants between two calls: `recordStart` is the first byte of a record; `separator` and `line` are the first of their
// lists from there on, `special` likewise; the separator before `separator` stands right before `recordStart`.

import {
  CELLS,
  COLUMN_MAP,
  FAULTY,
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
import { readNumber, UNFIT, valueOf } from "./number";
import {
  buildIndex,
  CR,
  END,
  indexEnd,
  isDoubtful,
  LF,
  linesEnd,
  QUOTE,
  separatorAt,
} from "./structure";
import { isInk, isUtf8, trimmedEnd, trimmedStart } from "./text";

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
/** Of each schema column: where in the list its separators stand, in bytes behind those of the record. */
let regionAt: usize = 0;
let productAt: usize = 0;
let revenueAt: usize = 0;
let quantityAt: usize = 0;
let discountAt: usize = 0;
/** Where `decodeQuoted` leaves the quantity: of a file without discounts, that is read twice. */
let quantityCell: usize = 0;

/** Bits of `Row.TRIMMED`: those of fields that have a column, and those that make a record odd. */
let trimFields: u32 = 0;
let trimStops: u32 = 0;
/** `Row.TRIMMED` of the row in work. */
let trimmedCells: u32 = 0;

/** Whether faulty records are noted, and how many are. */
let notesFaulty: bool = false;
let faulty: usize = 0;

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
): void {
  columns = columnCount;
  recordBytesMax = bytesMax;
  recordLinesMax = linesMax;
  regionAt = load<u32>(COLUMN_MAP, Field.REGION * 4) << 2;
  productAt = load<u32>(COLUMN_MAP, Field.PRODUCT * 4) << 2;
  revenueAt = load<u32>(COLUMN_MAP, Field.REVENUE * 4) << 2;
  quantityAt = load<u32>(COLUMN_MAP, Field.QUANTITY * 4) << 2;
  discountAt = load<u32>(COLUMN_MAP, Field.DISCOUNT * 4) << 2;
  const map = COLUMN_MAP + 32;
  memory.fill(map, OTHER, columnCount);
  for (let field: u32 = 0; field < Field.COUNT; field++) {
    store<u8>(map + load<u32>(COLUMN_MAP + (<usize> field << 2)), <u8> field);
  }
  trimFields = (1 << Field.COUNT) - 1;
  if (discountAt == quantityAt) trimFields ^= 1 << Field.DISCOUNT;
  quantityCell = CELLS + (<usize> load<u8>(map + (quantityAt >>> 2)) << 3);
}

/** From now on, a trimmed cell of field f makes a record odd if bit f is set. */
export function stopAtTrimmed(fields: u32): void {
  trimStops = fields;
}

/** Index [from, to), where a record begins at `from`. */
export function index(from: usize, to: usize): void {
  buildIndex(from, to);
  recordStart = from;
  separator = 1;
  line = LINES;
  special = SPECIALS;
}

/** Go on at another record of the index. The lines in between aren't counted: see `setLine`. */
export function resume(at: usize): void {
  if (at < recordStart) {
    line = LINES;
    special = SPECIALS;
  }
  while (separatorAt(load<u32>(line)) < at) line += 4;
  separator = line == LINES ? 1 : load<u32>(line - 4) + 1;
  while (load<u32>(special) < <u32> at) special += 4;
  recordStart = at;
}

/** Set the number of line ends before the next record. */
export function setLine(lines: u32): void {
  linesPassed = lines;
}

/**
 * Decode records into ROWS, those that begin before `stop`, and say why it goes no further.
 *
 * @param withFaulty whether it notes faulty records in FAULTY instead of stopping in front of them
 */
export function decode(stop: usize, withFaulty: bool): i32 {
  notesFaulty = withFaulty;
  faulty = 0;
  let row: usize = ROWS;
  const full: usize = ROWS + <usize> ROWS_MAX * ROW_BYTES;
  let why = NEEDS_BYTES;
  while (true) {
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
      if (
        last - separator + 1 != columns || !isReadable(lineEnd) ||
        !(decodePlain(row, last, lineEnd) || noteFaulty(row))
      ) {
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
  store<u32>(Status.FAULTY, <u32> faulty);
  return why;
}

/** Whether the record in work, which ends at `end`, is within the limits and UTF-8. */
// @ts-ignore: decorator
@inline function isReadable(end: usize): bool {
  return end - recordStart <= recordBytesMax && (!isDoubtful || isUtf8(recordStart, end));
}

/** Note that the record in work is faulty; false if that isn't wanted, or it isn't: what `stopAtTrimmed` asks for is to be seen at once. */
function noteFaulty(row: usize): bool {
  if (!notesFaulty || (trimmedCells & trimFields & trimStops) != 0) return false;
  store<u32>(FAULTY + (faulty++ << 2), <u32> ((row - ROWS) / ROW_BYTES));
  store<u32>(row, <u32> recordStart, Row.REGION);
  store<u32>(row, 0, Row.REGION_BYTES);
  store<f64>(row, -Infinity, Row.QUOTIENT);
  store<u32>(row, 0, Row.SCALES); // with 0 for `Row.QUOTED`, which `decodeQuoted` sets
  store<u32>(row, <u32> recordStart, Row.START);
  store<u32>(row, separator, Row.SEPARATOR);
  store<u32>(row, linesPassed, Row.LINE);
  return true;
}

/** A record that is one line without quotes and has the right number of cells. */
// @ts-ignore: decorator
@inline function decodePlain(row: usize, last: u32, lineEnd: usize): bool {
  const hasReturn = load<u8>(lineEnd - 1) == CR;
  const end = lineEnd - <usize> hasReturn;
  // While its cells are read, the last one ends before the carriage return. (Without need for it nothing is stored: what is loaded with its
  // neighbours right after it was stored has to be waited for.)
  const lastAt = SEPARATORS + (<usize> last << 2);
  if (hasReturn) store<u32>(lastAt, <u32> end);
  const before = SEPARATORS + (<usize> separator << 2) - 4;
  const isTaken = decodeRow(
    row,
    load<u64>(before + regionAt),
    load<u64>(before + productAt),
    load<u64>(before + revenueAt),
    load<u64>(before + quantityAt),
    load<u64>(before + discountAt),
  );
  if (hasReturn) store<u32>(lastAt, <u32> lineEnd);
  store<u32>(row, <u32> end, Row.END);
  return isTaken;
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
  let hasEscapes = false; // in a schema column
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
      // A carriage return before the line feed is no part of the cell; any other one is among the specials.
      cellEnd = end - <usize> (end > at && load<u8>(end) == LF && load<u8>(end - 1) == CR);
    }
    const field = load<u8>(map + cell);
    if (field != OTHER) {
      hasEscapes = hasEscapes || isEscaped;
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
    cell != columns || lines > recordLinesMax || !isReadable(end) ||
    ((hasEscapes || !decodeCells(row)) && !noteFaulty(row))
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
  const isPast = indexEnd - recordStart > recordBytesMax ||
    linesEnd - line > (<usize> recordLinesMax << 2);
  return isPast ? ODD_RECORD : NEEDS_BYTES;
}

function decodeCells(row: usize): bool {
  return decodeRow(
    row,
    load<u64>(CELLS, Field.REGION * 8),
    load<u64>(CELLS, Field.PRODUCT * 8),
    load<u64>(CELLS, Field.REVENUE * 8),
    load<u64>(quantityCell),
    load<u64>(CELLS, Field.DISCOUNT * 8),
  );
}

/**
 * Five cells to a row; false if one of them isn't plain. A cell is given as the addresses of what stands before it (low
 * half) and behind it, as two neighbouring separators are.
 */
// @ts-ignore: decorator
@inline function decodeRow(
  row: usize,
  region: u64,
  product: u64,
  revenue: u64,
  quantity: u64,
  discount: u64,
): bool {
  trimmedCells = 0;
  let start = startOf(region);
  let end = endOf(region);
  if (start >= end || !isInk(load<u8>(start)) || !isInk(load<u8>(end - 1))) {
    const from = start;
    const to = end;
    start = trimmedStart(start, end);
    end = trimmedEnd(start, end);
    if (start == end) return false;
    if (start != from || end != to) trimmedCells = 1 << Field.REGION;
  }
  store<u32>(row, <u32> start, Row.REGION);
  store<u32>(row, <u32> (end - start), Row.REGION_BYTES);
  start = startOf(product);
  end = endOf(product);
  if (start >= end || !isInk(load<u8>(start)) || !isInk(load<u8>(end - 1))) {
    const trimmed = trimmedStart(start, end);
    if (trimmed == end) return false;
    if (trimmed != start || trimmedEnd(trimmed, end) != end) trimmedCells |= 1 << Field.PRODUCT;
  }
  const dividendScale = readCell(row, 0, revenue);
  const divisorScale = readCell(row, 1, quantity);
  const offScale = readCell(row, 2, discount);
  if ((dividendScale | divisorScale | offScale) == UNFIT) return false; // no scale has more than four bits
  const divisor = load<i64>(row, Row.UNITS + 8);
  if (divisor == 0) return false;
  const trimmed = trimmedCells & trimFields;
  if (trimmed & trimStops) return false;
  // Finite: at most 2^53 over 10^-16. A dividend of -0 would be told from 0 by nothing that is made of the quotient.
  const dividend = valueOf(load<i64>(row, Row.UNITS), dividendScale);
  store<f64>(row, dividend / valueOf(divisor, divisorScale), Row.QUOTIENT);
  // With 0 for `Row.QUOTED`, which `decodeQuoted` sets.
  store<u32>(row, dividendScale | (divisorScale << 8) | (offScale << 16), Row.SCALES);
  store<u8>(row, <u8> trimmed, Row.TRIMMED);
  store<u32>(row, <u32> recordStart, Row.START);
  store<u32>(row, separator, Row.SEPARATOR);
  store<u32>(row, linesPassed, Row.LINE);
  return true;
}

/** A number cell to a row: its scale, or UNFIT. */
// @ts-ignore: decorator
@inline function readCell(row: usize, number: usize, cell: u64): u32 {
  const unitsTo = row + Row.UNITS + (number << 3);
  const scale = readNumber(startOf(cell), endOf(cell), unitsTo);
  return scale == UNFIT ? readTrimmed(startOf(cell), endOf(cell), unitsTo, number) : scale;
}

function readTrimmed(start: usize, end: usize, unitsTo: usize, number: usize): u32 {
  const trimmed = trimmedStart(start, end);
  const trimmedTo = trimmedEnd(trimmed, end);
  if (trimmed == start && trimmedTo == end) return UNFIT;
  trimmedCells |= 1 << (Field.REVENUE + <u32> number);
  return readNumber(trimmed, trimmedTo, unitsTo);
}

// @ts-ignore: decorator
@inline function startOf(cell: u64): usize {
  return <usize> cell + 1;
}

// @ts-ignore: decorator
@inline function endOf(cell: u64): usize {
  return <usize> (cell >>> 32);
}
