// Stage 2, clean: from the index to rows, in the order of the file, up to the first record that isn't plain.
//
// A record is plain if it has as many cells as the header, quotes only around whole cells, valid UTF-8, is within every limit, and has
// cells that `columns.ts` takes. This file finds where the cells of a batch of records stand, and has that one read them. Everything else is an
// odd record: the walk stops in front of it, and the TypeScript of the plain engine takes it.
//
// Odd records are of two kinds. Of a *faulty* one it is known where its cells are, and only what they say needs judgement: if it is told to, the
// walk notes its place among the rows and goes on. The other stages pass it (its region has no bytes, its quotient is -Infinity).
//
// Invariants between two calls: `recordStart` is the first byte of a record; `separator` and `line` are the first of their
// lists from there on, `special` likewise; the separator before `separator` stands right before `recordStart`.

import { cellAt, ESCAPED, isStopped, nextCareful, readCarefully, readColumns, setFields } from "./columns";
import {
  BATCH_MAX,
  CELL_BYTES,
  CELLS,
  COLUMN_MAP,
  FAULTY,
  Field,
  INNER_LINES,
  LINES,
  Row,
  ROW_BYTES,
  ROWS,
  ROWS_MAX,
  SEPARATORS,
  SPECIALS,
  Status,
} from "./layout";
import {
  buildIndex,
  CR,
  END,
  hasReturns,
  indexEnd,
  indexStart,
  innerEnd,
  isBroken,
  isDoubtful,
  QUOTE,
  separatorAt,
} from "./structure";
import { isUtf8 } from "./text";

/** Why `decode` returned. `../kernel.ts` has the same numbers. */
export const NEEDS_BYTES: i32 = 0;
export const ODD_RECORD: i32 = 1;
export const AT_STOP: i32 = 2;
export const ROWS_FULL: i32 = 3;
/** Within this file: the record is listed. */
const LISTED: i32 = 4;

/** So many passed rows are worth a batch of their own. */
const PASSED_ENOUGH: usize = 16;
/** Up to a quote that is further away many records can be passed. */
const FAR_BYTES: u32 = 256;

let columns: u32 = 0;
let recordBytesMax: usize = 0;
let recordLinesMax: u32 = 0;
/** Of each schema column: where in the list its separators stand, in bytes behind those of the record. */
let regionAt: usize = 0;
let productAt: usize = 0;
let revenueAt: usize = 0;
let quantityAt: usize = 0;
let discountAt: usize = 0;
/** The last one of them. */
let lastField: u32 = 0;

/** Whether faulty records are noted, and how many are. */
let notesFaulty: bool = false;
let faulty: usize = 0;

/** Whether a row of the batch in work has schema cells with quotes that are to be undone. */
let hasEscapes: bool = false;

let recordStart: usize = 0;
let separator: u32 = 1;
let line: usize = LINES;
let special: usize = SPECIALS;
let inner: usize = INNER_LINES;
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
  lastField = 0;
  for (let field: usize = 0; field < Field.COUNT; field++) {
    lastField = max(lastField, load<u32>(COLUMN_MAP + (field << 2)));
  }
  setFields(discountAt != quantityAt);
}

/** Index [from, to), where a record begins at `from`. */
export function index(from: usize, to: usize): void {
  buildIndex(from, to);
  recordStart = from;
  separator = 1;
  line = LINES;
  special = SPECIALS;
  inner = INNER_LINES;
}

/** Go on at another record of the index. The lines in between aren't counted: see `setLine`. */
export function resume(at: usize): void {
  if (at < recordStart) {
    line = LINES;
    special = SPECIALS;
    inner = INNER_LINES;
  }
  moveTo(at);
  // The index may end before, or take for one record what was judged otherwise.
  const start = line == LINES ? indexStart : separatorAt(load<u32>(line - 4)) + 1;
  if (start != at) index(at, indexEnd);
}

/** Move the pointers into the lists on, up to a record. */
function moveTo(at: usize): void {
  while (separatorAt(load<u32>(line)) < at) line += 4;
  while (load<u32>(special) < <u32> at) special += 4;
  while (load<u32>(inner) < <u32> at) inner += 4;
  separator = line == LINES ? 1 : load<u32>(line - 4) + 1;
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
  let why = LISTED;
  while (why == LISTED) {
    const batch = row;
    const batchEnd = min(batch + BATCH_MAX * ROW_BYTES, full);
    const batchLine = line;
    const batchSpecial = special;
    const batchInner = inner;
    const before = SEPARATORS + (<usize> separator << 2) - 4;
    row = passRecords(batch, batchEnd, stop);
    const isListed = row < batchEnd && row - batch < PASSED_ENOUGH * ROW_BYTES;
    let needsCare = false;
    if (!isListed) needsCare = readPassed(batch, row, before);
    else {
      listPassed(batch, row, before);
      hasEscapes = false;
      let cell = CELLS + (row - batch) / ROW_BYTES * CELL_BYTES;
      while (row < batchEnd) {
        const mark = special;
        why = listRecord(row, cell, stop);
        if (why != LISTED) break;
        row += ROW_BYTES;
        cell += CELL_BYTES;
        // Behind a record with quotes, the next may be passed again.
        if (special != mark && load<u32>(special) - <u32> recordStart > FAR_BYTES) break;
      }
      needsCare = readCells(batch, row) || hasEscapes;
    }
    if (needsCare) {
      const taken = takeOrNote(batch, row, isListed ? 0 : before);
      if (taken < row) {
        row = taken;
        line = batchLine;
        special = batchSpecial;
        inner = batchInner;
        moveTo(load<u32>(row, Row.START));
        linesPassed = load<u32>(row, Row.LINE);
        why = ODD_RECORD;
      }
    }
    if (row == full && why == LISTED) why = ROWS_FULL;
  }
  store<u32>(Status.ROWS_DECODED, <u32> ((row - ROWS) / ROW_BYTES));
  store<u32>(Status.POSITION, <u32> recordStart);
  store<u32>(Status.LINE, linesPassed);
  store<u32>(Status.FAULTY, <u32> faulty);
  return why;
}

/**
 * Make rows of the next records as long as their cells stand between separators: without quotes but behind the cells of the schema, and
 * without a carriage return at the end. Up to where.
 */
// @ts-ignore: decorator
@inline function passRecords(from: usize, to: usize, stop: usize): usize {
  if (isDoubtful) return from;
  let mark = load<u32>(special);
  // Asked of most indexes once, and then of none of their records.
  const mayStop = indexEnd > stop || hasReturns;
  const bytesMax = recordBytesMax;
  const cells = columns;
  let row = from;
  let start = recordStart;
  let sep = separator;
  let lf = line;
  let passed = linesPassed;
  for (; row < to; row += ROW_BYTES) {
    const last = load<u32>(lf);
    const end = separatorAt(last);
    if (last - sep + 1 != cells) break;
    if (end - start > bytesMax) break;
    if (mayStop && (start >= stop || load<u8>(end - 1) == CR)) break;
    let flags: u32 = 0;
    let lines: u32 = 1;
    if (mark < <u32> end) {
      if (mark < <u32> separatorAt(sep + lastField)) break;
      lines = passSpecials(end);
      if (lines == 0) break;
      mark = load<u32>(special);
      flags = Row.QUOTED;
    }
    place(row, start, end, sep, passed, flags);
    start = end + 1;
    sep = last + 1;
    lf += 4;
    passed += lines;
  }
  recordStart = start;
  separator = sep;
  line = lf;
  linesPassed = passed;
  return row;
}

/** Pass the specials of a record that ends at `end`, and its inner lines; how many lines it has, or 0 if it isn't plain and nothing is passed. */
// @ts-ignore: decorator
@inline function passSpecials(end: usize): u32 {
  let next = special;
  let at = load<u32>(next);
  let isLone = false;
  while (at < <u32> end) {
    isLone = isLone || load<u8>(at) == CR;
    next += 4;
    at = load<u32>(next);
  }
  let nextInner = inner;
  while (load<u32>(nextInner) < <u32> end) nextInner += 4;
  const lines = <u32> ((nextInner - inner) >>> 2) + 1;
  if (isLone || lines > recordLinesMax) return 0;
  special = next;
  inner = nextInner;
  return lines;
}

/** Read rows that were passed; their cells stand in the index, which is read from `before` on. */
// @ts-ignore: decorator
@inline function readPassed(from: usize, to: usize, before: usize): bool {
  return readColumns(
    from,
    to,
    <usize> columns << 2,
    before + regionAt,
    before + productAt,
    before + revenueAt,
    before + quantityAt,
    before + discountAt,
  );
}

/** Read rows of which the cells are listed. */
// @ts-ignore: decorator
@inline function readCells(from: usize, to: usize): bool {
  return readColumns(
    from,
    to,
    CELL_BYTES,
    cellAt(CELLS, Field.REGION),
    cellAt(CELLS, Field.PRODUCT),
    cellAt(CELLS, Field.REVENUE),
    cellAt(CELLS, Field.QUANTITY),
    cellAt(CELLS, Field.DISCOUNT),
  );
}

/** List the cells of rows that were passed. */
function listPassed(from: usize, to: usize, before: usize): void {
  let cell = CELLS;
  let at = before;
  for (let row = from; row < to; row += ROW_BYTES) {
    listCells(cell, at);
    cell += CELL_BYTES;
    at += <usize> columns << 2;
  }
}

/** List the cells of a record without quotes. */
// @ts-ignore: decorator
@inline function listCells(cell: usize, before: usize): void {
  store<u64>(cellAt(cell, Field.REGION), load<u64>(before + regionAt));
  store<u64>(cellAt(cell, Field.PRODUCT), load<u64>(before + productAt));
  store<u64>(cellAt(cell, Field.REVENUE), load<u64>(before + revenueAt));
  store<u64>(cellAt(cell, Field.QUANTITY), load<u64>(before + quantityAt));
  store<u64>(cellAt(cell, Field.DISCOUNT), load<u64>(before + discountAt));
}

/**
 * Take the rows [from, to) that need care one by one, or note them as faulty; how far it came.
 *
 * @param before where the index of the first row's cells is read from, if they aren't listed; else 0
 */
function takeOrNote(from: usize, to: usize, before: usize): usize {
  for (let row = nextCareful(from, to); row < to; row = nextCareful(row + ROW_BYTES, to)) {
    const index = (row - from) / ROW_BYTES;
    const cell = CELLS + index * CELL_BYTES;
    if (before != 0) listCells(cell, before + index * (<usize> columns << 2));
    if (!readCarefully(row, cell) && !noteFaulty(row)) return row;
  }
  return to;
}

/** Note that a row's record is faulty; false if that isn't wanted, or it isn't: what `stopAtChanged` asks for is to be seen at once. */
function noteFaulty(row: usize): bool {
  if (!notesFaulty || isStopped()) return false;
  store<u32>(FAULTY + (faulty++ << 2), <u32> ((row - ROWS) / ROW_BYTES));
  store<u32>(row, 0, Row.REGION_BYTES);
  store<f64>(row, -Infinity, Row.QUOTIENT);
  return true;
}

/** List the cells of the next record, and move on behind it; or say why not. */
function listRecord(row: usize, cell: usize, stop: usize): i32 {
  if (recordStart >= stop) return AT_STOP;
  const last = load<u32>(line);
  const end = separatorAt(last);
  if (end == END) return isBroken ? ODD_RECORD : unfinished();
  if (last - separator + 1 != columns || !isReadable(end)) return ODD_RECORD;
  const firstSpecial = special;
  let lines: u32 = 1;
  if (load<u32>(special) < <u32> end) {
    lines = passSpecials(end);
    if (lines == 0) return ODD_RECORD;
  }
  listCells(cell, SEPARATORS + (<usize> separator << 2) - 4);
  const hasReturn = load<u8>(end - 1) == CR;
  if (hasReturn) endCells(cell, end);
  const flags: u32 = special == firstSpecial ? 0 : takeQuotesOff(cell, firstSpecial);
  place(row, recordStart, end - <usize> hasReturn, separator, linesPassed, flags);
  separator = last + 1;
  line += 4;
  recordStart = end + 1;
  linesPassed += lines;
  return LISTED;
}

/** Of a record's listed cells, have those in quotes end within them; the flags of its row. @param specials those of the record */
function takeQuotesOff(cell: usize, specials: usize): u32 {
  let flags: u32 = Row.QUOTED;
  for (let field: u32 = 0; field < Field.COUNT; field++) {
    const at = cellAt(cell, field);
    const start = load<u32>(at) + 1;
    if (load<u8>(start) != QUOTE) continue;
    const close = load<u32>(at, 4) - 1;
    store<u32>(at, start);
    store<u32>(at, close, 4);
    let mark = specials;
    while (load<u32>(mark) <= start) mark += 4;
    if (load<u32>(mark) < close) {
      flags |= ESCAPED;
      hasEscapes = true;
    }
  }
  return flags;
}

/** Of a record's listed cells, have those that end with its line end before its carriage return. */
function endCells(cell: usize, lineEnd: usize): void {
  for (let field: u32 = 0; field < Field.COUNT; field++) {
    const at = cellAt(cell, field);
    if (load<u32>(at, 4) == <u32> lineEnd) store<u32>(at, <u32> (lineEnd - 1), 4);
  }
}

/** Say of a row where its record stands. */
// @ts-ignore: decorator
@inline function place(row: usize, start: usize, end: usize, first: u32, lines: u32, flags: u32): void {
  store<u64>(row, (<u64> flags << 24) | (<u64> start << 32), Row.SCALES); // and `Row.START`
  store<u64>(row, <u64> end | (<u64> first << 32), Row.END); // and `Row.SEPARATOR`
  store<u64>(row, lines, Row.LINE); // with 0 for `Row.CHANGES`
}

/** Whether the record in work, which ends at `end`, is within the limits and UTF-8. */
// @ts-ignore: decorator
@inline function isReadable(end: usize): bool {
  return end - recordStart <= recordBytesMax && (!isDoubtful || isUtf8(recordStart, end));
}

/** The index ends in mid-record. One with quotes that is past a limit already will never be plain. */
function unfinished(): i32 {
  if (load<u32>(special) == END) return NEEDS_BYTES;
  const isPast = indexEnd - recordStart > recordBytesMax ||
    innerEnd - inner >= (<usize> recordLinesMax << 2);
  return isPast ? ODD_RECORD : NEEDS_BYTES;
}
