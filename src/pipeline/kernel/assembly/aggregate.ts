// Stage 3, aggregate: rows to exact sums by region, and to the moments of revenue per unit.
//
// A sum is an i64 over 10^scale, at the largest scale that its region and column have had, long numbers aside (`long_sums.ts`). What leaves 64 bits, or
// can't be brought to that scale within them, is spilled: TypeScript adds it to a sum without limits. So no sum is ever rounded.

import {
  Changes,
  ENTRIES,
  LINE_BYTES,
  NUMBERS,
  Row,
  ROW_BYTES,
  ROWS,
  SPILL_BYTES,
  SPILLS,
  Status,
  TEXT,
  TEXT_BYTES_MAX,
  WARM_MAX,
} from "./layout";
import { addLong, addLongSums, isLong } from "./long_sums";
import { addMoment, removeMoment, resetMoments } from "./moments";
import { powerOfTen, roomFor } from "./number";
import { rangeOf } from "./order";
import {
  areFew,
  Entry,
  EntryKind,
  exportedSizeOf,
  familiarRegionOf,
  isCold,
  nameOf,
  regionOf,
  resetRegions,
  sizeOf,
  warmedRegionOf,
  warmExported,
  warmRows,
} from "./regions";

let spills: usize = 0;
let highest: f64 = -Infinity;

/** Forget everything; the seed is for the hash of regions. */
export function resetAggregate(seed: u64, totalsAreData: bool): void {
  resetRegions(seed, totalsAreData);
  resetMoments();
  highest = -Infinity;
  store<f64>(Status.HIGHEST, highest);
  store<u32>(Status.SPILLS, 0);
}

/**
 * Add the first rows of ROWS, up to one that would make one region too many or is a totals row; how many these are, faulty records
 * included, which are passed.
 */
export function aggregate(rows: u32, regionsMax: u32): u32 {
  return aggregateRows(rows, regionsMax, false);
}

/** The same, but take rows away that were added before; the highest stays. */
export function takeAway(rows: u32, regionsMax: u32): u32 {
  return aggregateRows(rows, regionsMax, true);
}

// @ts-ignore: decorator
@inline function aggregateRows(rows: u32, regionsMax: u32, isAway: bool): u32 {
  spills = 0;
  memory.fill(Status.CHANGED, 0, Changes.COUNT * 4);
  let most = highest;
  let added: u32 = 0;
  const end = ROWS + <usize> rows * ROW_BYTES;
  let row: usize = ROWS;
  while (row < end) {
    // Where to add is found first for some rows: where each store goes is known then, and no load has to wait for that.
    const batchEnd = min(row + <usize> WARM_MAX * ROW_BYTES, end);
    const foundEnd = findEntries(row, batchEnd, regionsMax);
    for (let at = ENTRIES; row < foundEnd; at += 4, row += ROW_BYTES) {
      const entry = <usize> load<u32>(at);
      if (entry == 0) continue; // a faulty record
      added++;
      const quotient = load<f64>(row, Row.QUOTIENT);
      if (isAway) {
        store<u32>(entry, load<u32>(entry, Entry.ROWS) - 1, Entry.ROWS);
        for (let column: usize = 0; column < NUMBERS; column++) {
          const units = load<i64>(row + (column << 3), Row.UNITS);
          addNumber(entry, column, -units, load<u8>(row + column, Row.SCALES));
        }
        removeMoment(quotient);
      } else {
        const counted = i64x2.replace_lane(v128.load(row, Row.UNITS + 16), 1, 1);
        if (!addAlike(entry, v128.load(row, Row.UNITS), counted, load<u32>(row, Row.SCALES))) {
          store<u32>(entry, load<u32>(entry, Entry.ROWS) + 1, Entry.ROWS);
          for (let column: usize = 0; column < NUMBERS; column++) {
            const units = load<i64>(row + (column << 3), Row.UNITS);
            addNumber(entry, column, units, load<u8>(row + column, Row.SCALES));
          }
        }
        addMoment(quotient);
        if (quotient > most) most = quotient;
      }
      const changes = load<u32>(row, Row.CHANGES);
      if (changes) countChanges(changes);
    }
    if (row < batchEnd) break;
  }
  highest = most;
  store<f64>(Status.HIGHEST, most);
  store<u32>(Status.SPILLS, <u32> spills);
  store<u32>(Status.ADDED, added);
  return <u32> ((row - ROWS) / ROW_BYTES);
}

/**
 * List the entries of the regions of rows [from, to) in ENTRIES, 0 for a faulty record, up to a row that would make one region too
 * many or is a totals row; how far it came.
 */
// @ts-ignore: decorator
@inline function findEntries(from: usize, to: usize, regionsMax: u32): usize {
  const isWarmed = isCold();
  const areFamiliar = areFew();
  if (isWarmed) warmRows(from, to);
  let row = from;
  for (let i: usize = 0; row < to; i++, row += ROW_BYTES) {
    const name = <usize> load<u32>(row, Row.REGION);
    const nameBytes = <usize> load<u32>(row, Row.REGION_BYTES);
    let entry: usize = 0;
    if (nameBytes != 0) {
      entry = areFamiliar
        ? familiarRegionOf(name, nameBytes, regionsMax)
        : isWarmed
        ? warmedRegionOf(i, name, nameBytes, regionsMax)
        : regionOf(name, nameBytes, regionsMax);
      if (entry == 0) break;
      if (load<u8>(entry, Entry.KIND) == EntryKind.TOTALS) break;
    }
    store<u32>(ENTRIES + (i << 2), <u32> entry);
  }
  return row;
}

/**
 * Add to all that an entry sums, if it is as nearly always: of the scales that the sums have (which no long number has), and with room in 64 bits. False if it
 * isn't.
 *
 * @param first revenue and quantity
 * @param second discount and rows
 */
// @ts-ignore: decorator
@inline function addAlike(entry: usize, first: v128, second: v128, scales: u32): bool {
  if ((load<u32>(entry, Entry.SCALES) ^ scales) << 8) return false; // the fourth byte is another matter
  const firstSums = v128.load(entry, Entry.SUMS);
  const secondSums = v128.load(entry, Entry.SUMS + 16);
  const nextFirst = i64x2.add(firstSums, first);
  const nextSecond = i64x2.add(secondSums, second);
  const overflows = v128.or(
    v128.and(v128.xor(firstSums, nextFirst), v128.xor(first, nextFirst)),
    v128.and(v128.xor(secondSums, nextSecond), v128.xor(second, nextSecond)),
  );
  if (i64x2.bitmask(overflows)) return false;
  v128.store(entry, nextFirst, Entry.SUMS);
  v128.store(entry, nextSecond, Entry.SUMS + 16);
  return true;
}

function countChanges(changes: u32): void {
  for (let bits = changes; bits; bits &= bits - 1) {
    const at = Status.CHANGED + (<usize> ctz(bits) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

// @ts-ignore: decorator
@inline function addNumber(entry: usize, column: usize, units: i64, scale: u8): void {
  if (isLong(scale)) addLong(entry, column, units, scale);
  else addUnits(entry, column, units, scale);
}

function addUnits(entry: usize, column: usize, units: i64, scale: u8): void {
  const at = entry + (column << 3);
  let mine = load<u8>(entry + column, Entry.SCALES);
  if (scale > mine) {
    raise(entry, column, scale);
    mine = scale;
  }
  let added = units;
  if (scale != mine) {
    const shift = <u32> (mine - scale);
    const room = roomFor(shift);
    if (units > room || units < -room) {
      spill(entry, column, units, scale);
      return;
    }
    added = units * powerOfTen(shift);
  }
  const sum = load<i64>(at, Entry.SUMS);
  const next = sum + added;
  if (((sum ^ next) & (added ^ next)) < 0) {
    spill(entry, column, sum, mine);
    store<i64>(at, added, Entry.SUMS);
  } else store<i64>(at, next, Entry.SUMS);
}

/** Bring a sum to a larger scale. */
function raise(entry: usize, column: usize, scale: u8): void {
  const at = entry + (column << 3);
  const sum = load<i64>(at, Entry.SUMS);
  const mine = load<u8>(entry + column, Entry.SCALES);
  const room = roomFor(scale - mine);
  if (sum <= room && sum >= -room) store<i64>(at, sum * powerOfTen(scale - mine), Entry.SUMS);
  else {
    spill(entry, column, sum, mine);
    store<i64>(at, 0, Entry.SUMS);
  }
  store<u8>(entry + column, scale, Entry.SCALES);
}

function spill(entry: usize, column: usize, units: i64, scale: u32): void {
  const at = SPILLS + spills++ * SPILL_BYTES;
  store<i64>(at, units);
  store<u32>(at, <u32> entry, 8);
  store<u32>(at, <u32> column, 12);
  store<u32>(at, scale, 16);
}

/**
 * Move the next regions with rows to TEXT, as the entries that they are, each with its long sums behind it, and say which comes after them: 0 if none. What was moved has no
 * rows any more.
 *
 * @param owner of the ranges that are moved: each `owners`th belongs to it
 */
export function exportRegions(from: usize, owner: u32, owners: u32): usize {
  let to = TEXT;
  let entry = from;
  while (entry != 0) {
    if (load<u32>(entry, Entry.ROWS) != 0 && rangeOf(entry) % owners == owner) {
      const bytes = sizeOf(entry);
      if (to + exportedSizeOf(entry) > TEXT + TEXT_BYTES_MAX) break;
      copyLine(to, entry);
      if (bytes > LINE_BYTES) memory.copy(to + LINE_BYTES, entry + LINE_BYTES, bytes - LINE_BYTES);
      const longSums = load<u32>(entry, Entry.LONG_SUMS);
      if (longSums != 0) copyLine(to + bytes, longSums);
      store<u32>(entry, 0, Entry.ROWS);
      to += exportedSizeOf(entry);
    }
    entry = load<u32>(entry, Entry.NEXT);
  }
  store<u32>(Status.EXPORTED, <u32> (to - TEXT));
  return entry;
}

// @ts-ignore: decorator
@inline function copyLine(to: usize, from: usize): void {
  for (let at: usize = 0; at < LINE_BYTES; at += 16) v128.store(to + at, v128.load(from + at));
}

/** Add regions that another instance exported, so many bytes in TEXT; false if there are too many. */
export function importRegions(bytes: usize, regionsMax: u32): bool {
  spills = 0;
  let warmTo = TEXT;
  let i: usize = 0;
  for (let from = TEXT; from < TEXT + bytes; from += exportedSizeOf(from), i++) {
    if (from == warmTo) {
      warmTo = warmExported(from, TEXT + bytes);
      i = 0;
    }
    const nameBytes = load<u32>(from, Entry.NAME_BYTES);
    const entry = warmedRegionOf(i, nameOf(from), nameBytes, regionsMax);
    if (entry == 0) return false;
    if (load<u32>(from, Entry.LONG_SUMS) != 0) addLongSums(entry, from + sizeOf(from));
    const first = v128.load(from, Entry.SUMS);
    const second = i64x2.replace_lane(v128.load(from, Entry.SUMS + 16), 1, <i64> load<u32>(from, Entry.ROWS));
    if (addAlike(entry, first, second, load<u32>(from, Entry.SCALES))) continue;
    store<u32>(entry, load<u32>(entry, Entry.ROWS) + load<u32>(from, Entry.ROWS), Entry.ROWS);
    for (let column: usize = 0; column < NUMBERS; column++) {
      const units = load<i64>(from + (column << 3), Entry.SUMS);
      addUnits(entry, column, units, load<u8>(from + column, Entry.SCALES));
    }
  }
  store<u32>(Status.SPILLS, <u32> spills);
  return true;
}
