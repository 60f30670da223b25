// The regions in the order of their names' bytes, which is that of code points: pairs of a name's key (see `order.ts`) and its entry are
// dealt out by one byte of the key after the other, from the last to the first. Hardly any two have the same key: only those are
// compared by their names.

import { Status } from "./layout";
import { keyOf } from "./order";
import { allocate, Entry, EntryKind, nameOf } from "./regions";

/** u64 the key; u32 the entry. */
const PAIR_BYTES: usize = 16;
/** Values of a byte. */
const BYTES: usize = 256;

/** How many regions have rows: of others all were taken away. */
export function countRegions(): u32 {
  let count: u32 = 0;
  let entry = <usize> load<u32>(Status.FIRST_REGION);
  for (; entry != 0; entry = load<u32>(entry, Entry.NEXT)) count += <u32> hasRows(entry);
  return count;
}

// @ts-ignore: decorator
@inline function hasRows(entry: usize): bool {
  return load<u8>(entry, Entry.KIND) != EntryKind.TOTALS && load<u32>(entry, Entry.ROWS) != 0;
}

/** A list of the entries that have rows, in order; how many is in the status. It takes memory of the heap, once for each run. */
export function sortRegions(): usize {
  const most = <usize> load<u32>(Status.REGIONS);
  const pairs = allocate(most * PAIR_BYTES);
  const other = allocate(most * PAIR_BYTES);
  const places = allocate(BYTES * 4);
  const bytes = listPairs(pairs) - pairs;
  for (let shift: u64 = 0; shift < 64; shift += 16) {
    dealOut(pairs, bytes, other, shift, places);
    dealOut(other, bytes, pairs, shift + 8, places);
  }
  sortEqualKeys(pairs, pairs + bytes, other);
  const count = bytes / PAIR_BYTES;
  for (let i: usize = 0; i < count; i++) {
    store<u32>(other + (i << 2), load<u32>(pairs + i * PAIR_BYTES, 8));
  }
  store<u32>(Status.SORTED, <u32> count);
  return other;
}

/** Put the pairs of all regions that have rows at an address; where they end. */
function listPairs(to: usize): usize {
  let pair = to;
  let entry = <usize> load<u32>(Status.FIRST_REGION);
  for (; entry != 0; entry = load<u32>(entry, Entry.NEXT)) {
    if (!hasRows(entry)) continue;
    store<u64>(pair, keyOf(entry));
    store<u32>(pair, <u32> entry, 8);
    pair += PAIR_BYTES;
  }
  return pair;
}

/** Move pairs to another place, in the order of a byte of their keys, and where that is the same, in the order that they had. */
function dealOut(from: usize, bytes: usize, to: usize, shift: u64, places: usize): void {
  const end = from + bytes;
  memory.fill(places, 0, BYTES * 4);
  for (let pair = from; pair < end; pair += PAIR_BYTES) {
    const place = places + (<usize> ((load<u64>(pair) >>> shift) & 0xff) << 2);
    store<u32>(place, load<u32>(place) + <u32> PAIR_BYTES);
  }
  let next = to;
  for (let place = places; place < places + BYTES * 4; place += 4) {
    const room = load<u32>(place);
    store<u32>(place, <u32> next);
    next += room;
  }
  for (let pair = from; pair < end; pair += PAIR_BYTES) {
    const place = places + (<usize> ((load<u64>(pair) >>> shift) & 0xff) << 2);
    const at = <usize> load<u32>(place);
    v128.store(at, v128.load(pair));
    store<u32>(place, <u32> (at + PAIR_BYTES));
  }
}

/** Sort pairs of the same key, which stand next to each other, by their names. @param other as much room as they take */
function sortEqualKeys(start: usize, end: usize, other: usize): void {
  for (let pair = start; pair < end;) {
    let runEnd = pair + PAIR_BYTES;
    while (runEnd < end && load<u64>(runEnd) == load<u64>(pair)) runEnd += PAIR_BYTES;
    if (runEnd - pair > PAIR_BYTES) mergeSort(pair, runEnd, other);
    pair = runEnd;
  }
}

/** Sort pairs by their names. @param other as much room as they take */
function mergeSort(start: usize, end: usize, other: usize): void {
  const bytes = end - start;
  let from = start;
  let to = other;
  for (let width = PAIR_BYTES; width < bytes; width <<= 1) {
    for (let at: usize = 0; at < bytes; at += 2 * width) {
      merge(from, to, at, min(at + width, bytes), min(at + 2 * width, bytes));
    }
    const free = from;
    from = to;
    to = free;
  }
  if (from != start) memory.copy(start, from, bytes);
}

/** Merge the sorted pairs [start, middle) and [middle, end) behind one address to as far behind another. */
function merge(from: usize, to: usize, start: usize, middle: usize, end: usize): void {
  let a = start;
  let b = middle;
  for (let out = start; out < end; out += PAIR_BYTES) {
    if (b == end || (a < middle && isNameBefore(load<u32>(from + a, 8), load<u32>(from + b, 8)))) {
      v128.store(to + out, v128.load(from + a));
      a += PAIR_BYTES;
    } else {
      v128.store(to + out, v128.load(from + b));
      b += PAIR_BYTES;
    }
  }
}

function isNameBefore(a: usize, b: usize): bool {
  const aBytes = <usize> load<u32>(a, Entry.NAME_BYTES);
  const bBytes = <usize> load<u32>(b, Entry.NAME_BYTES);
  const order = memory.compare(nameOf(a), nameOf(b), min(aBytes, bBytes));
  return order != 0 ? order < 0 : aBytes < bBytes;
}
