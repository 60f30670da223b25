// Stage 2, clean: the cells of a batch of records to rows.
//
// `records.ts` says where the cells stand, by field; here one field after the other is read for all records, two at a time. Quotes around a cell are no
// matter, those within one are. A row is taken only if nothing about it needs judgement: no cell missing, numbers that `number.ts` reads, and a quantity that
// isn't 0. (Totals are told by their region: `regions.ts`.) So this file may refuse what it likes, but must never take what
// `../../clean/clean.ts` would reject, skip or read otherwise.
//
// A cell that isn't as nearly all are (a sign, more than eight bytes, a currency) is read by itself. White space around a cell, or a change that the report is
// to show, makes its row one to be read with care.

import { hundredth, readAmount, taken } from "./amounts";
import { hasQuote } from "./csv_cell";
import {
  BATCH_MAX,
  Changes,
  Field,
  POINT_TABLE_BYTES,
  POINT_TABLES,
  Row,
  ROW_BYTES,
  VALUES,
} from "./layout";
import {
  hasDecimalComma,
  HUNDREDS,
  INSIDE_8,
  OVER_NINE,
  PAIRS,
  POINTS,
  readNumber,
  SCALES_8,
  TEN_THOUSANDS,
  UNFIT,
  valueOf,
  ZEROS,
} from "./number";
import { QUOTE } from "./structure";
import { isTrimmed, trimmedEnd, trimmedStart } from "./text";

/** Of VALUES. */
const COLUMN_BYTES: usize = BATCH_MAX * 8;
/** Which of the numbers it is. */
const DISCOUNT: u32 = 2;

/** A bit of `Row.FLAGS` beside `Row.QUOTED`, which isn't left once the row is taken. */
const CAREFUL: u8 = 0x80;
/** Of all that a row's scales and flags say: whether it needs care. */
const ANY_CAREFUL: u32 = 0x80808080;

/** Bits of `Row.CHANGES`: those of fields that have a column of their own, and those that make a record odd. */
let changeFields: u32 = 0;
let changeStops: u32 = 0;
/** The bits of what `readAmount` takes off number 0, and off all numbers. */
const AMOUNT: u32 = Changes.CURRENCY | Changes.THOUSANDS | Changes.PERCENT;
const AMOUNTS: u32 = AMOUNT | (AMOUNT << 1) | (AMOUNT << 2);
/** A bit for each number from which some of that may be taken off without a stop: its cells are read as amounts at once. */
let amounts: u32 = 0;
/** `Row.CHANGES` of the row that is read with care. */
let changes: u32 = 0;

let areDiscountsPercentages: bool = false;

/** See `setCells`. */
let stride: usize = 0;
let regions: usize = 0;
let products: usize = 0;
let revenues: usize = 0;
let quantities: usize = 0;
let discounts: usize = 0;

/** Say whether all discounts are percentages, with a sign or without. */
export function setPercentages(areDiscounts: bool): void {
  areDiscountsPercentages = areDiscounts;
}

/** @param hasDiscount whether that field has a column of its own */
export function setFields(hasDiscount: bool): void {
  changeFields = (1 << Changes.COUNT) - 1;
  if (hasDiscount) return;
  changeFields ^= (Changes.TRIMMED << Field.DISCOUNT) |
    ((Changes.CURRENCY | Changes.THOUSANDS | Changes.DECIMAL_COMMA | Changes.PERCENT) << DISCOUNT);
}

/** From now on, a record with one of these changes is odd. */
export function stopAtChanged(stops: u32): void {
  changeStops = stops;
  amounts = 0;
  for (let number: u32 = 0; number <= DISCOUNT; number++) {
    if ((~stops >>> number) & AMOUNT) amounts |= 1 << number;
  }
}

/** Say where the cells of the rows to be read stand: those of the first, by field, and how far it is from one row's to those of the next. */
export function setCells(
  bytes: usize,
  region: usize,
  product: usize,
  revenue: usize,
  quantity: usize,
  discount: usize,
): void {
  stride = bytes;
  regions = region;
  products = product;
  revenues = revenue;
  quantities = quantity;
  discounts = discount;
}

/**
 * Read the cells of the rows [from, to), of which the first is the `index`th, as nearly all are written; whether some are to be read with care:
 * `nextCareful`.
 */
export function readColumns(from: usize, to: usize, index: usize): bool {
  return readAll(false, from, to, index);
}

/** The same of rows of which cells may stand in quotes. */
export function readQuotedColumns(from: usize, to: usize, index: usize): bool {
  return readAll(true, from, to, index);
}

// @ts-ignore: decorator
@inline function readAll(areQuoted: bool, from: usize, to: usize, index: usize): bool {
  const cells = index * stride;
  let needsCare = readTexts(areQuoted, from, to, cells);
  needsCare = readNumbers(areQuoted, 0, from, to, revenues + cells) || needsCare;
  needsCare = readNumbers(areQuoted, 1, from, to, quantities + cells) || needsCare;
  needsCare = readNumbers(areQuoted, 2, from, to, discounts + cells) || needsCare;
  if (hasDecimalComma) needsCare = noteCommas(from, to) || needsCare;
  if (areDiscountsPercentages) needsCare = divideDiscounts(from, to) || needsCare;
  return divideColumns(from, to) || needsCare;
}

/** Note decimal commas among the changes of rows; whether some of them are to be seen at once. */
function noteCommas(from: usize, to: usize): bool {
  let needsCare = false;
  for (let row = from; row < to; row += ROW_BYTES) {
    const before = load<u32>(row, Row.CHANGES);
    const noted = before | (commasOf(load<u32>(row, Row.SCALES) - hundredths(before)) & changeFields);
    store<u32>(row, noted, Row.CHANGES);
    if (noted & changeStops) {
      store<u8>(row, load<u8>(row, Row.FLAGS) | CAREFUL, Row.FLAGS);
      needsCare = true;
    }
  }
  return needsCare;
}

/** Of the scales of a row's numbers, which have decimal commas if they have decimals: the changes that these are. */
// @ts-ignore: decorator
@inline function commasOf(scales: u32): u32 {
  return (Changes.DECIMAL_COMMA * <u32> ((scales & 0xff) != 0)) |
    ((Changes.DECIMAL_COMMA << 1) * <u32> ((scales & 0xff00) != 0)) |
    ((Changes.DECIMAL_COMMA << 2) * <u32> ((scales & 0xff0000) != 0));
}

/** The first of the rows [from, to) that is to be read with care; `to` if none is. */
export function nextCareful(from: usize, to: usize): usize {
  let row = from;
  while (row < to && (load<u32>(row, Row.SCALES) & ANY_CAREFUL) == 0 && load<i64>(row, Row.UNITS + 8) != 0) row += ROW_BYTES;
  return row;
}

/** Whether what `stopAtChanged` asks for was seen in the row that was refused. */
export function isStopped(): bool {
  return (changes & changeFields & changeStops) != 0;
}

// @ts-ignore: decorator
@inline function readTexts(areQuoted: bool, from: usize, to: usize, cells: usize): bool {
  const bytes = stride;
  let region = regions + cells;
  let product = products + cells;
  let needsCare = false;
  for (let row = from; row < to; row += ROW_BYTES) {
    const cell = cellIn(areQuoted, region);
    const start = startOf(cell);
    const end = endOf(cell);
    const other = cellIn(areQuoted, product);
    store<u64>(row, <u64> start | (<u64> (end - start) << 32), Row.REGION); // and `Row.REGION_BYTES`
    if (
      ((inkDoubt(start, end) | inkDoubt(startOf(other), endOf(other))) < 0 &&
        !(isText(start, end) && isText(startOf(other), endOf(other)))) ||
      (areQuoted && (isEscaped(start, end) || isEscaped(startOf(other), endOf(other))))
    ) {
      store<u8>(row, load<u8>(row, Row.FLAGS) | CAREFUL, Row.FLAGS);
      needsCare = true;
    }
    region += bytes;
    product += bytes;
  }
  return needsCare;
}

/** Whether the text in [start, end) stands in quotes, and has quotes in it, which are to be undone. */
// @ts-ignore: decorator
@inline function isEscaped(start: usize, end: usize): bool {
  return load<u8>(start - 1) == QUOTE && hasQuote(start, end);
}

/** Whether the text in [start, end) isn't empty and has no white space around it. */
function isText(start: usize, end: usize): bool {
  return start != end && isTrimmed(start, end);
}

/** Negative if the text in [start, end) may be empty or have white space around it: `isInk` of its ends, without asking twice. */
// @ts-ignore: decorator
@inline function inkDoubt(start: usize, end: usize): i32 {
  // As signed bytes, those beyond ASCII are negative.
  return (<i32> load<i8>(start) - 0x21) | (<i32> load<i8>(end - 1) - 0x21) | <i32> (end - start - 1);
}

/** Whether one of them is no number that fits. @param number 0 for the revenue, 1 for the quantity, 2 for the discount */
// @ts-ignore: decorator
@inline function readNumbers(areQuoted: bool, number: usize, from: usize, to: usize, cells: usize): bool {
  const bytes = stride;
  const unitsAt: usize = Row.UNITS + (number << 3);
  const scaleAt: usize = Row.SCALES + number;
  const zeros = v128.load(ZEROS);
  const overNine = v128.load(OVER_NINE);
  const pointBytes = v128.load(POINTS);
  const pairFactors = v128.load(PAIRS);
  const hundreds = v128.load(HUNDREDS);
  const tenThousands = v128.load(TEN_THOUSANDS);
  let value: usize = VALUES + number * COLUMN_BYTES;
  let cell = cells;
  let row = from;
  let areAllRead = true;
  for (; row + ROW_BYTES < to; row += 2 * ROW_BYTES, cell += 2 * bytes, value += 16) {
    const a = cellIn(areQuoted, cell);
    const b = cellIn(areQuoted, cell + bytes);
    const aEnd = endOf(a);
    const bEnd = endOf(b);
    const aBytes = aEnd - startOf(a);
    const bBytes = bEnd - startOf(b);
    if (((aBytes - 1) | (bBytes - 1)) < 8) {
      let digits = v128.load64_lane(bEnd - 8, v128.load64_zero(aEnd - 8), 1);
      const inside = v128.load64_lane(INSIDE_8 + (bBytes << 3), v128.load64_zero(INSIDE_8 + (aBytes << 3)), 1);
      digits = v128.and(v128.sub<u8>(digits, zeros), inside);
      const points = <u32> i8x16.bitmask(i8x16.eq(digits, pointBytes));
      const aPoints = <usize> (points & 0xff);
      const bPoints = <usize> (points >>> 8);
      let powers = pointBytes; // any vector: there are none without points
      if (points) {
        const aTable = v128.load(POINT_TABLES + (aPoints << 4));
        const bTable = v128.load(POINT_TABLES + POINT_TABLE_BYTES + (bPoints << 4));
        digits = v128.swizzle(digits, i64x2.shuffle(aTable, bTable, 0, 2));
        powers = i64x2.shuffle(aTable, bTable, 1, 3);
      }
      if (i8x16.bitmask(v128.add_sat<u8>(digits, overNine)) == 0) {
        // Of each two digits the first, which stands in the low byte, ten times.
        const pairs = i16x8.shr_u(i16x8.mul(digits, pairFactors), 8);
        const fours = i32x4.dot_i16x8_s(pairs, hundreds);
        const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_u(fours, fours), tenThousands);
        const both = i64x2.extract_lane(eights, 0);
        store<i64>(row + unitsAt, both & 0xffffffff);
        store<i64>(row + ROW_BYTES + unitsAt, both >>> 32);
        if (points) { // else they are 0 as they were
          store<u8>(row + scaleAt, load<u8>(SCALES_8 + aPoints));
          store<u8>(row + ROW_BYTES + scaleAt, load<u8>(SCALES_8 + bPoints));
        }
        if (number < 2) {
          let values = f64x2.convert_low_i32x4_s(eights);
          if (points) values = f64x2.div(values, powers);
          v128.store(value, values);
        }
        continue;
      }
    }
    store<u8>(row + scaleAt, <u8> UNFIT);
    store<u8>(row + ROW_BYTES + scaleAt, <u8> UNFIT);
    areAllRead = false;
  }
  const needsCare = !areAllRead && readRest(areQuoted, number, from, row, cells);
  return (row < to && !readAlone(row, number, cellIn(areQuoted, cell), value)) || needsCare;
}

/** Read the cells of a column one by one that weren't read with another; whether one of them is no number that fits. */
function readRest(areQuoted: bool, number: usize, from: usize, to: usize, cells: usize): bool {
  let needsCare = false;
  let cell = cells;
  let value: usize = VALUES + number * COLUMN_BYTES;
  for (let row = from; row < to; row += ROW_BYTES, cell += stride, value += 8) {
    if (load<u8>(row + number, Row.SCALES) != UNFIT) continue;
    needsCare = !readAlone(row, number, cellIn(areQuoted, cell), value) || needsCare;
  }
  return needsCare;
}

/** One cell of a column: whether it is a number that fits. One with something to be taken off that is to be seen at once doesn't. */
function readAlone(row: usize, number: usize, cell: u64, value: usize): bool {
  const unitsTo = row + Row.UNITS + (number << 3);
  let scale = readNumber(startOf(cell), endOf(cell), unitsTo);
  if (scale == UNFIT && mayBeAmounts(<u32> number)) {
    scale = readAmount(startOf(cell), endOf(cell), unitsTo);
    const noted = (taken << <u32> number) & changeFields;
    if (noted & changeStops) scale = UNFIT;
    if (scale != UNFIT) store<u32>(row, load<u32>(row, Row.CHANGES) | noted, Row.CHANGES);
  }
  store<u8>(row + number, <u8> scale, Row.SCALES);
  if (scale == UNFIT) return false;
  if (number < 2) store<f64>(value, valueOf(load<i64>(unitsTo), scale));
  return true;
}

/** Whether cells of a column are read as amounts at once; discounts aren't where all are percentages. */
// @ts-ignore: decorator
@inline function mayBeAmounts(number: u32): bool {
  return ((amounts >>> number) & 1) != 0 && (number != DISCOUNT || !areDiscountsPercentages);
}

/** Divide the discounts of rows by 100, by their scale, and note that; whether some rows are to be seen at once, or have too many decimals. */
function divideDiscounts(from: usize, to: usize): bool {
  const change = (Changes.PERCENT << DISCOUNT) & changeFields;
  const isShown = (change & changeStops) != 0;
  let needsCare = isShown;
  for (let row = from; row < to; row += ROW_BYTES) {
    const scale = hundredth(load<u8>(row + DISCOUNT, Row.SCALES));
    store<u8>(row + DISCOUNT, <u8> scale, Row.SCALES);
    store<u32>(row, load<u32>(row, Row.CHANGES) | change, Row.CHANGES);
    if (isShown) store<u8>(row, load<u8>(row, Row.FLAGS) | CAREFUL, Row.FLAGS);
    needsCare = needsCare || scale == UNFIT;
  }
  return needsCare;
}

/** The two decimals that each percentage of a row has beside those that are written, in the places of `Row.SCALES`. (PERCENT has the highest bits of `Changes`.) */
// @ts-ignore: decorator
@inline function hundredths(noted: u32): u32 {
  const percentages = noted / Changes.PERCENT;
  return ((percentages & 1) << 1) | ((percentages & 2) << 8) | ((percentages & 4) << 15);
}

/**
 * Revenue per unit; whether a quantity is 0. Else it is finite: at most 2^63 over 10^-18. (A dividend of -0 would be told from 0 by
 * nothing that is made of it.)
 */
function divideColumns(from: usize, to: usize): bool {
  const zero = f64x2.splat(0);
  let hasZero = zero;
  let value: usize = VALUES;
  let row = from;
  for (; row + ROW_BYTES < to; row += 2 * ROW_BYTES, value += 16) {
    const divisors = v128.load(value, COLUMN_BYTES);
    const quotients = f64x2.div(v128.load(value), divisors);
    hasZero = v128.or(hasZero, f64x2.eq(divisors, zero));
    store<f64>(row, f64x2.extract_lane(quotients, 0), Row.QUOTIENT);
    store<f64>(row, f64x2.extract_lane(quotients, 1), Row.QUOTIENT + ROW_BYTES);
  }
  if (row < to) {
    const divisor = load<f64>(value, COLUMN_BYTES);
    store<f64>(row, load<f64>(value) / divisor, Row.QUOTIENT);
    if (divisor == 0) return true;
  }
  return v128.any_true(hasZero);
}

/** Read a row of which a cell isn't as nearly all are, the `index`th; false if it isn't plain. */
export function readCarefully(row: usize, index: usize): bool {
  changes = load<u32>(row, Row.CHANGES) & AMOUNTS; // all else is found once more
  const flags = load<u8>(row, Row.FLAGS);
  const quoted = flags & Row.QUOTED;
  store<u8>(row, quoted, Row.FLAGS);
  const cell = index * stride;
  const areQuoted = quoted != 0;
  if ((flags & CAREFUL) != 0 && !trimTexts(row, cellIn(areQuoted, regions + cell), cellIn(areQuoted, products + cell))) return false;
  if (
    !readChanged(row, 0, cellIn(areQuoted, revenues + cell)) ||
    !readChanged(row, 1, cellIn(areQuoted, quantities + cell)) ||
    !readChanged(row, 2, cellIn(areQuoted, discounts + cell))
  ) return false;
  if (hasDecimalComma) changes |= commasOf(load<u32>(row, Row.SCALES) - hundredths(changes));
  const divisor = load<i64>(row, Row.UNITS + 8);
  if (divisor == 0 || isStopped()) return false;
  const dividend = valueOf(load<i64>(row, Row.UNITS), load<u8>(row, Row.SCALES));
  store<f64>(row, dividend / valueOf(divisor, load<u8>(row, Row.SCALES + 1)), Row.QUOTIENT);
  store<u32>(row, changes & changeFields, Row.CHANGES);
  return true;
}

/** Take the white space off the texts of a row; false if nothing is left of one, or if it has quotes that are to be undone. */
function trimTexts(row: usize, region: u64, product: u64): bool {
  if (isEscaped(startOf(region), endOf(region)) || isEscaped(startOf(product), endOf(product))) return false;
  const start = trimmedStart(startOf(region), endOf(region));
  const end = trimmedEnd(start, endOf(region));
  if (start == end) return false;
  if (start != startOf(region) || end != endOf(region)) changes |= Changes.TRIMMED << Field.REGION;
  store<u32>(row, <u32> start, Row.REGION);
  store<u32>(row, <u32> (end - start), Row.REGION_BYTES);
  const productStart = trimmedStart(startOf(product), endOf(product));
  if (productStart == endOf(product)) return false;
  if (productStart != startOf(product) || trimmedEnd(productStart, endOf(product)) != endOf(product)) {
    changes |= Changes.TRIMMED << Field.PRODUCT;
  }
  return true;
}

/** Read a number cell unless that is done, and note what was taken off it; false if it is no number even then. */
function readChanged(row: usize, number: u32, cell: u64): bool {
  const scaleTo = row + Row.SCALES + number;
  const isPercentage = number == DISCOUNT && areDiscountsPercentages;
  let noted: u32 = 0;
  if (load<u8>(scaleTo) == UNFIT) {
    const unitsTo = row + Row.UNITS + (number << 3);
    const start = trimmedStart(startOf(cell), endOf(cell));
    const end = trimmedEnd(start, endOf(cell));
    let scale: u32 = UNFIT;
    if (start != startOf(cell) || end != endOf(cell)) {
      changes |= Changes.TRIMMED << (Field.REVENUE + number);
      scale = readNumber(start, end, unitsTo);
    }
    if (scale == UNFIT) {
      scale = readAmount(start, end, unitsTo);
      noted = taken;
    }
    if (isPercentage && (noted & Changes.PERCENT) == 0) scale = hundredth(scale);
    if (scale == UNFIT) return false;
    store<u8>(scaleTo, <u8> scale);
  }
  if (isPercentage) noted |= Changes.PERCENT;
  changes |= noted << number;
  return true;
}

/** The cell between the two separators at an address of the index, without the quotes around it. @param mayBeQuoted false: it has none */
// @ts-ignore: decorator
@inline function cellIn(mayBeQuoted: bool, at: usize): u64 {
  const cell = load<u64>(at);
  if (!mayBeQuoted) return cell;
  const quotes = <u64> (load<u8>(startOf(cell)) == QUOTE);
  return cell + quotes - (quotes << 32);
}

// @ts-ignore: decorator
@inline function startOf(cell: u64): usize {
  return <usize> cell + 1;
}

// @ts-ignore: decorator
@inline function endOf(cell: u64): usize {
  return <usize> (cell >>> 32);
}
