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

import {
  isStopped,
  nextCareful,
  readCarefully,
  readColumns,
  readQuotedColumns,
  setCells,
  setFields,
} from "./columns";
import {
  BATCH_MAX,
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
  hasLoneReturns,
  hasReturns,
  indexEnd,
  indexStart,
  innerEnd,
  isBroken,
  isDoubtful,
  separatorAt,
  specialEnd,
} from "./structure";
import { isUtf8 } from "./text";

/** Why `decode` returned. `../kernel.ts` has the same numbers. */
export const NEEDS_BYTES: i32 = 0;
export const ODD_RECORD: i32 = 1;
export const AT_STOP: i32 = 2;
export const ROWS_FULL: i32 = 3;
/** Within this file: it goes further. */
const GOES_ON: i32 = 4;

/** So many rows without quotes are worth to be read by themselves. */
const UNQUOTED_ENOUGH: usize = 16;

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

/** Of the rows that were passed last: how many bytes of the index each takes, and whether cells of the schema may stand in quotes. */
let passedStride: usize = 0;
let arePassedQuoted: bool = false;

let recordStart: usize = 0;
let separator: u32 = 1;
let line: usize = LINES;
let special: usize = SPECIALS;
/** Of the record before: how many bytes its specials take in their list. */
let specialBytes: usize = 0;
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
  let why = GOES_ON;
  while (why == GOES_ON) {
    const batch = row;
    const batchLine = line;
    const batchSpecial = special;
    const batchInner = inner;
    const before = SEPARATORS + (<usize> separator << 2) - 4;
    row = passRecords(batch, min(batch + BATCH_MAX * ROW_BYTES, full), stop);
    if (row == batch) {
      why = whyNone(stop);
      break;
    }
    if (readPassed(batch, row, before)) {
      const taken = takeOrNote(batch, row);
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
    if (row == full && why == GOES_ON) why = ROWS_FULL;
  }
  store<u32>(Status.ROWS_DECODED, <u32> ((row - ROWS) / ROW_BYTES));
  store<u32>(Status.POSITION, <u32> recordStart);
  store<u32>(Status.LINE, linesPassed);
  store<u32>(Status.FAULTY, <u32> faulty);
  return why;
}

/**
 * Make rows of the next records, up to where it returns: in front of the first that has another line end than the first of them, more or fewer cells than
 * there are columns, something else by which it isn't plain, or its place behind `stop`.
 */
// @ts-ignore: decorator
@inline function passRecords(from: usize, to: usize, stop: usize): usize {
  let mark = load<u32>(special);
  // Asked of most indexes once, and then of none of their records.
  const mayStop = indexEnd > stop || hasReturns || isDoubtful;
  const bytesMax = recordBytesMax;
  let row = from;
  let start = recordStart;
  let sep = separator;
  let lf = line;
  let passed = linesPassed;
  const hasReturn = hasReturns && isReturn(separatorAt(load<u32>(lf)) - 1);
  const separators = columns + <u32> hasReturn;
  arePassedQuoted = false;
  for (; row < to; row += ROW_BYTES) {
    const last = load<u32>(lf);
    const end = separatorAt(last);
    if (last - sep + 1 != separators) break;
    if (end - start > bytesMax) break;
    if (mayStop && (start >= stop || isReturn(end - 1) != hasReturn || (isDoubtful && !isUtf8(start, end)))) break;
    let flags: u32 = 0;
    let lines: u32 = 1;
    if (mark < <u32> end) {
      if (mark < <u32> separatorAt(sep + lastField)) arePassedQuoted = true;
      lines = passSpecials(end);
      if (lines == 0) break;
      mark = load<u32>(special);
      flags = Row.QUOTED;
    }
    place(row, start, end - <usize> hasReturn, sep, passed, flags);
    start = end + 1;
    sep = last + 1;
    lf += 4;
    passed += lines;
  }
  recordStart = start;
  separator = sep;
  line = lf;
  linesPassed = passed;
  passedStride = <usize> separators << 2;
  return row;
}

/** Whether a carriage return stands at an address, which may be one before END. */
// @ts-ignore: decorator
@inline function isReturn(at: usize): bool {
  return at < indexEnd && load<u8>(at) == CR;
}

/** Pass the specials of a record that ends at `end`, and its inner lines; how many lines it has, or 0 if it isn't plain and nothing is passed. */
// @ts-ignore: decorator
@inline function passSpecials(end: usize): u32 {
  // Most records have as many as the one before.
  let next = special + specialBytes;
  if (hasLoneReturns || next > specialEnd || load<u32>(next) < <u32> end || load<u32>(next - 4) >= <u32> end) {
    next = specialBehind(end);
    if (next == 0) return 0;
    specialBytes = next - special;
  }
  let nextInner = inner;
  while (load<u32>(nextInner) < <u32> end) nextInner += 4;
  const lines = <u32> ((nextInner - inner) >>> 2) + 1;
  if (lines > recordLinesMax) return 0;
  special = next;
  inner = nextInner;
  return lines;
}

/** Where the first special behind a record is listed that ends at `end`; 0 if there is a carriage return among its own. */
function specialBehind(end: usize): usize {
  let next = special;
  let hasReturn = false;
  for (let at = load<u32>(next); at < <u32> end; at = load<u32>(next)) {
    hasReturn = hasReturn || load<u8>(at) == CR;
    next += 4;
  }
  return hasReturn ? 0 : next;
}

/** Read rows that were passed; their cells stand in the index, which is read from `before` on. */
// @ts-ignore: decorator
@inline function readPassed(from: usize, to: usize, before: usize): bool {
  setCells(
    passedStride,
    before + regionAt,
    before + productAt,
    before + revenueAt,
    before + quantityAt,
    before + discountAt,
  );
  return arePassedQuoted ? readMixed(from, to) : readColumns(from, to, 0);
}

/** Read rows of a batch of which some have quotes. */
function readMixed(from: usize, to: usize): bool {
  let needsCare = false;
  let index: usize = 0;
  let row = from;
  while (row < to) {
    const quotedEnd = unquotedFrom(row, to);
    if (quotedEnd > row) needsCare = readQuotedColumns(row, quotedEnd, index) || needsCare;
    index += (quotedEnd - row) / ROW_BYTES;
    row = quotedEnd;
    while (row < to && (load<u8>(row, Row.FLAGS) & Row.QUOTED) == 0) row += ROW_BYTES;
    if (row > quotedEnd) needsCare = readColumns(quotedEnd, row, index) || needsCare;
    index += (row - quotedEnd) / ROW_BYTES;
  }
  return needsCare;
}

/** From where on enough rows without quotes follow each other; `to` if they don't. */
function unquotedFrom(from: usize, to: usize): usize {
  let unquoted = from;
  for (let row = from; row < to; row += ROW_BYTES) {
    if (load<u8>(row, Row.FLAGS) & Row.QUOTED) unquoted = row + ROW_BYTES;
    else if (row - unquoted >= UNQUOTED_ENOUGH * ROW_BYTES) return unquoted;
  }
  return to;
}

/** Take the rows [from, to) that need care one by one, or note them as faulty; how far it came. */
function takeOrNote(from: usize, to: usize): usize {
  for (let row = nextCareful(from, to); row < to; row = nextCareful(row + ROW_BYTES, to)) {
    if (!readCarefully(row, (row - from) / ROW_BYTES) && !noteFaulty(row)) return row;
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

/** Why the next record isn't passed. */
function whyNone(stop: usize): i32 {
  if (recordStart >= stop) return AT_STOP;
  return separatorAt(load<u32>(line)) == END && !isBroken ? unfinished() : ODD_RECORD;
}

/** Say of a row where its record stands. */
// @ts-ignore: decorator
@inline function place(row: usize, start: usize, end: usize, first: u32, lines: u32, flags: u32): void {
  store<u64>(row, (<u64> flags << 24) | (<u64> start << 32), Row.SCALES); // and `Row.START`
  store<u64>(row, <u64> end | (<u64> first << 32), Row.END); // and `Row.SEPARATOR`
  store<u64>(row, lines, Row.LINE); // with 0 for `Row.CHANGES`
}

/** The index ends in mid-record. One with quotes that is past a limit already will never be plain. */
function unfinished(): i32 {
  if (load<u32>(special) == END) return NEEDS_BYTES;
  const isPast = indexEnd - recordStart > recordBytesMax ||
    innerEnd - inner >= (<usize> recordLinesMax << 2);
  return isPast ? ODD_RECORD : NEEDS_BYTES;
}
