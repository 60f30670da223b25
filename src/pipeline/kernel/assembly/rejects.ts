// Reject: faulty records that are rejected for certain, as rows of the rejects file.
//
// Certain is what is wrong with a cell if it is missing, text without a digit, or a number but for a decimal comma; and that a record is a row
// if nothing else it could be (a header again, totals, formulas, a lone cell) is possible. All other records, those too that would be
// accepted, are for the plain engine. So this file may leave what it likes, but of what it takes it must say what `../../clean/clean.ts` does.
//
// A row has a *gap* where its line and the number of its record belong: a thread doesn't know how many stand before its part of the file.

import { copy, SLACK } from "./copy";
import { needsQuotes } from "./csv_cell";
import {
  FAULTY,
  FAULTY_CELLS,
  FAULTY_UNITS,
  Field,
  FILLED,
  Gap,
  GAPS,
  RejectColumn,
  REJECTS,
  REJECTS_BYTES,
  RejectText,
  Row,
  ROW_BYTES,
  ROWS,
  Status,
} from "./layout";
import { readNumber, UNFIT } from "./number";
import { writeInteger } from "./number_text";
import { isOfTotals } from "./regions";
import { COMMA, QUOTE, separatorAt } from "./structure";
import { trimmedEnd, trimmedStart } from "./text";

/** What a cell may be. The first are the kinds of faults, in the order of `../reject_texts.ts`. */
const MISSING: u32 = 0;
const NO_NUMBER: u32 = 1;
const OTHER_MARK: u32 = 2;
const ZERO_QUANTITY: u32 = 3;
const SOUND: u32 = 4;
const UNCERTAIN: u32 = 5;
const KINDS: usize = 4;

/** What a row has at most beside its record and the cell that is shown; and what copying writes behind it. */
const REASON_BYTES_MAX: usize = RejectText.BYTES + 4 + SLACK;
const PLUS: u32 = 0x2b;
const MINUS: u32 = 0x2d;
const ZERO: u32 = 0x30;
const UNDERSCORE: u32 = 0x5f;
const LOWER_CASE: u32 = 0x20;
const LETTER_I: u32 = 0x69;

/** Cells of each record. */
let columns: u32 = 0;

/** What `judge` came to: the schema's column of the first fault, and its kind; how many faults, and a byte of this for each kind. */
let faultyColumn: usize = 0;
let faultyKind: u32 = 0;
let faults: u32 = 0;
let faultsByKind: u32 = 0;

/** @param columnCount cells of each record; what else is to be known stands in RejectColumn and RejectText */
export function setRejects(columnCount: u32): void {
  columns = columnCount;
}

/**
 * Write rows of what FAULTY lists from `from` on, up to the first that isn't certain, isn't among the first rows of ROWS, or finds no
 * room; how many.
 *
 * @param records how many stand before the first
 * @param bytesBefore what to add to where gaps are
 */
export function reject(from: u32, rows: u32, records: u32, bytesBefore: u32): u32 {
  memory.fill(Status.REJECTED, 0, 2 * KINDS * 4);
  const listed = load<u32>(Status.FAULTY);
  const first = load<u32>(FAULTY + (<usize> from << 2));
  let to = REJECTS;
  let gap = GAPS;
  let i = from;
  for (; i < listed; i++) {
    const ordinal = load<u32>(FAULTY + (<usize> i << 2));
    if (ordinal >= rows) break;
    const row = ROWS + <usize> ordinal * ROW_BYTES;
    const start = <usize> load<u32>(row, Row.START);
    const bytes = <usize> load<u32>(row, Row.END) - start;
    // The record, and at worst all of it once more as the cell that is shown.
    if (to + 2 * bytes + REASON_BYTES_MAX > REJECTS + REJECTS_BYTES) break;
    findCells(row);
    if (!judge()) break;
    const end = copyRecord(row, to);
    if (end == 0) break;
    store<u32>(gap, bytesBefore + <u32> (end - REJECTS), Gap.AT);
    store<u32>(gap, load<u32>(row, Row.LINE) + 1, Gap.LINE);
    store<u32>(gap, records + ordinal - first + 1, Gap.RECORD);
    gap += Gap.BYTES;
    to = writeReason(end, start);
    countFaults();
  }
  store<u32>(Status.REJECTS, <u32> (to - REJECTS));
  return i - from;
}

/** Find the schema cells of a row's record. */
function findCells(row: usize): void {
  const count = <usize> load<u32>(RejectColumn.COUNT);
  for (let i: usize = 0; i < count; i++) {
    const column = load<u32>(RejectColumn.LIST + i * RejectColumn.BYTES, RejectColumn.INDEX);
    const start = startOf(row, column);
    const end = endOf(row, column);
    const isQuoted = <usize> (load<u8>(start) == QUOTE);
    store<u32>(FAULTY_CELLS + (i << 3), <u32> (start + isQuoted));
    store<u32>(FAULTY_CELLS + (i << 3), <u32> (end - isQuoted), 4);
  }
}

// @ts-ignore: decorator
@inline function startOf(row: usize, column: u32): usize {
  return column == 0 ? <usize> load<u32>(row, Row.START) : endOf(row, column - 1) + 1;
}

/** What isn't in the index is where the last cell ends if a carriage return stands before the line feed. */
// @ts-ignore: decorator
@inline function endOf(row: usize, column: u32): usize {
  return column == columns - 1 ? <usize> load<u32>(row, Row.END) : separatorAt(load<u32>(row, Row.SEPARATOR) + column);
}

/** Copy a row's record as a file of ours has it; where the copy ends, or 0 if a cell would need quotes that has none. */
function copyRecord(row: usize, to: usize): usize {
  const start = <usize> load<u32>(row, Row.START);
  if (!(load<u8>(row, Row.FLAGS) & Row.QUOTED)) return copy(to, start, load<u32>(row, Row.END));
  for (let column: u32 = 0; column < columns; column++) {
    const from = startOf(row, column);
    const end = endOf(row, column);
    if (load<u8>(from) == QUOTE) to = writeCell(to, from + 1, end - 1, true);
    else {
      if (needsQuotes(from, end)) return 0;
      to = writeCell(to, from, end, false);
    }
    store<u8>(to++, COMMA);
  }
  return to - 1;
}

/** Write the cell in [start, end), with the quotes around it if it needs them. */
function writeCell(to: usize, start: usize, end: usize, isQuoted: bool): usize {
  const keepsQuotes = <usize> (isQuoted && needsQuotes(start, end));
  return copy(to, start - keepsQuotes, end + keepsQuotes);
}

/** Judge the record of which the schema cells were found; false unless it is rejected for certain. */
function judge(): bool {
  const count = <usize> load<u32>(RejectColumn.COUNT);
  let isNoHeader = false;
  let filled: u32 = 0;
  let zeroColumn = count;
  faults = 0;
  faultsByKind = 0;
  for (let i: usize = 0; i < count; i++) {
    const column = RejectColumn.LIST + i * RejectColumn.BYTES;
    const field = load<u32>(column, RejectColumn.FIELD);
    const to = <usize> load<u32>(FAULTY_CELLS + (i << 3), 4);
    const start = trimmedStart(load<u32>(FAULTY_CELLS + (i << 3)), to);
    const end = trimmedEnd(start, to);
    isNoHeader = isNoHeader || isUnlike(load<u32>(column, RejectColumn.LETTER), start, end);
    if (start < end) filled++;
    let kind: u32;
    if (field >= Field.REVENUE) {
      kind = numberKind(start, end);
      if (field == Field.QUANTITY && kind == SOUND && load<i64>(FAULTY_UNITS) == 0) zeroColumn = i;
    } else {
      kind = start == end ? MISSING : SOUND;
      if (field == Field.REGION && isOfTotals(start, end - start)) return false;
    }
    if (kind == UNCERTAIN) return false;
    if (kind != SOUND) noteFault(i, kind);
  }
  if (faults == 0 && zeroColumn < count) noteFault(zeroColumn, ZERO_QUANTITY);
  return faults > 0 && isNoHeader && filled > 1;
}

function noteFault(column: usize, kind: u32): void {
  if (faults++ == 0) {
    faultyColumn = column;
    faultyKind = kind;
  }
  faultsByKind += 1 << (kind << 3);
}

/**
 * Whether the trimmed cell in [start, end) is for certain no label that, as labels are compared, begins with this letter. (Of a label that begins
 * with anything else the letter is 0, and nothing is certain.)
 */
function isUnlike(letter: u32, start: usize, end: usize): bool {
  if (letter == 0) return false;
  if (start == end) return true;
  const first: u32 = load<u8>(start);
  return first < 0x80 && first != MINUS && first != UNDERSCORE && (first | LOWER_CASE) != letter;
}

/** What the trimmed number cell in [start, end) is; the units of a sound one go to FAULTY_UNITS. */
function numberKind(start: usize, end: usize): u32 {
  if (start == end) return MISSING;
  if (readNumber(start, end, FAULTY_UNITS) != UNFIT) return SOUND;
  for (let at = start; at < end; at++) {
    if (isDigit(load<u8>(at))) return hasDecimalComma(start, end) ? OTHER_MARK : UNCERTAIN;
  }
  if (isMissingWord(start, end - start)) return MISSING;
  const first: u32 = load<u8>(start);
  // It may be a word of infinity.
  return first == PLUS || first == MINUS || (first | LOWER_CASE) == LETTER_I ? UNCERTAIN : NO_NUMBER;
}

// @ts-ignore: decorator
@inline function isDigit(byte: u32): bool {
  return byte - ZERO < 10;
}

/** Whether a cell is digits, a comma and digits, with or without a sign, and the comma can't mark thousands. */
function hasDecimalComma(start: usize, end: usize): bool {
  const first: u32 = load<u8>(start);
  const whole = start + <usize> (first == PLUS || first == MINUS);
  const comma = digitsEnd(whole, end);
  if (comma == whole || comma == end || load<u8>(comma) != COMMA) return false;
  const decimals = end - comma - 1;
  return decimals > 0 && decimals != 3 && digitsEnd(comma + 1, end) == end;
}

function digitsEnd(at: usize, end: usize): usize {
  while (at < end && isDigit(load<u8>(at))) at++;
  return at;
}

/** Whether a cell is one of the words for a missing number, in any case: `na` `n/a` `#n/a` `null` `none` `nan` `-`. */
function isMissingWord(start: usize, bytes: usize): bool {
  // Or-ing the bit of lower case is right of letters only, so what isn't a letter is compared as it is.
  const head = load<u32>(start);
  if (bytes == 1) return (head & 0xff) == MINUS;
  if (bytes == 2) return ((head | 0x2020) & 0xffff) == 0x616e;
  if (bytes == 3) {
    return ((head | 0x200020) & 0xffffff) == 0x612f6e || ((head | 0x202020) & 0xffffff) == 0x6e616e;
  }
  if (bytes != 4) return false;
  const word = head | 0x20202020;
  return word == 0x6c6c756e || word == 0x656e6f6e || (head | 0x20002000) == 0x612f6e23;
}

/** Write what stands behind the gap: what is wrong with the record that begins at `record`, and the cell that is shown. */
function writeReason(to: usize, record: usize): usize {
  const text = RejectText.LIST + (faultyColumn * KINDS + faultyKind) * RejectText.BYTES;
  const before = <usize> load<u8>(text, RejectText.BEFORE_BYTES);
  const after = <usize> load<u8>(text, RejectText.AFTER_BYTES);
  to = copy(to, text + RejectText.BEFORE, text + RejectText.BEFORE + before);
  const start = <usize> load<u32>(FAULTY_CELLS + (faultyColumn << 3));
  const end = <usize> load<u32>(FAULTY_CELLS + (faultyColumn << 3), 4);
  to = writeCell(to, start, end, start > record && load<u8>(start - 1) == QUOTE);
  to = copy(to, text + RejectText.AFTER, text + RejectText.AFTER + after);
  store<u8>(to, <u8> (ZERO + faults));
  store<u16>(to, 0x0a2c, 1); // with the empty text of the record
  return to + 3;
}

function countFaults(): void {
  const rows = Status.REJECTED + (<usize> faultyKind << 2);
  store<u32>(rows, load<u32>(rows) + 1);
  for (let kind: usize = 0; kind < KINDS; kind++) {
    const cells = Status.FAULTS + (kind << 2);
    store<u32>(cells, load<u32>(cells) + ((faultsByKind >>> <u32> (kind << 3)) & 0xff));
  }
}

/**
 * Copy so many bytes of REJECTS to FILLED, with what belongs in the first of GAPS; how many gaps these bytes have, up to the last of which
 * they are copied.
 *
 * @param bytesBefore what was added to where gaps are
 * @param lines what to add to each line
 * @param records what to add to the number of each record
 */
export function fillGaps(
  bytes: u32,
  gaps: u32,
  bytesBefore: u32,
  lines: u64,
  records: u64,
): u32 {
  let from = REJECTS;
  let to = FILLED;
  let done: u32 = 0;
  for (let gap = GAPS; done < gaps; done++, gap += Gap.BYTES) {
    const at = load<u32>(gap, Gap.AT) - bytesBefore;
    if (at > bytes) break;
    const end = REJECTS + <usize> at;
    to = copy(to, from, end);
    from = end;
    store<u8>(to, <u8> COMMA);
    to = writeInteger(to + 1, lines + <u64> load<u32>(gap, Gap.LINE));
    store<u8>(to, <u8> COMMA);
    to = writeInteger(to + 1, records + <u64> load<u32>(gap, Gap.RECORD));
  }
  store<u32>(Status.FILLED, <u32> (to - FILLED));
  return done;
}
