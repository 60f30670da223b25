// The regions in the order of their names' bytes, which is that of code points: a merge sort of pairs of a name's key (see `order.ts`)
// and its entry, so that hardly any comparison has to look at the entry itself.

import { Status } from "./layout";
import { keyOf } from "./order";
import { allocate, Entry, nameOf } from "./regions";

/** u64 the key; u32 the entry. */
const PAIR_BYTES: usize = 16;
/** Pairs that are sorted in the cache; a power of four. */
const BLOCK_PAIRS: usize = 16384;

/** How many regions have rows: of others all were taken away. */
export function countRegions(): u32 {
  let count: u32 = 0;
  let entry = <usize> load<u32>(Status.FIRST_REGION);
  for (; entry != 0; entry = load<u32>(entry, Entry.NEXT)) count += <u32> hasRows(entry);
  return count;
}

// @ts-ignore: decorator
@inline function hasRows(entry: usize): bool {
  return !load<u8>(entry, Entry.IS_TOTALS) && load<u32>(entry, Entry.ROWS) != 0;
}

/** A list of the entries that have rows, in order; how many is in the status. It takes memory of the heap, once for each run. */
export function sortRegions(): usize {
  const most = <usize> load<u32>(Status.REGIONS);
  let from = allocate(most * PAIR_BYTES);
  let to = allocate(most * PAIR_BYTES);
  let count: usize = 0;
  let entry = <usize> load<u32>(Status.FIRST_REGION);
  for (; entry != 0; entry = load<u32>(entry, Entry.NEXT)) {
    if (!hasRows(entry)) continue;
    store<u64>(from + count * PAIR_BYTES, keyOf(entry));
    store<u32>(from + count * PAIR_BYTES, <u32> entry, 8);
    count++;
  }
  // First block by block, in the processor's cache, then all blocks.
  let width: usize = 1;
  for (let block: usize = 0; block < count; block += BLOCK_PAIRS) {
    const end = min(block + BLOCK_PAIRS, count);
    let other = to;
    let sorted = from;
    for (width = 1; width < BLOCK_PAIRS; width <<= 1) {
      mergeAll(sorted, other, block, end, width);
      const free = sorted;
      sorted = other;
      other = free;
    }
  }
  // An even number of times back and forth: the blocks are where they were.
  for (; width < count; width <<= 1) {
    mergeAll(from, to, 0, count, width);
    const other = from;
    from = to;
    to = other;
  }
  for (let i: usize = 0; i < count; i++) {
    store<u32>(to + (i << 2), load<u32>(from + i * PAIR_BYTES, 8));
  }
  store<u32>(Status.SORTED, <u32> count);
  return to;
}

/** Merge neighbours of sorted runs of so many pairs within [start, end). */
function mergeAll(from: usize, to: usize, start: usize, end: usize, width: usize): void {
  for (; start < end; start += 2 * width) {
    merge(from, to, start, min(start + width, end), min(start + 2 * width, end));
  }
}

/** Merge the sorted pairs [start, middle) and [middle, end). */
function merge(from: usize, to: usize, start: usize, middle: usize, end: usize): void {
  let a = from + start * PAIR_BYTES;
  const aEnd = from + middle * PAIR_BYTES;
  let b = aEnd;
  const bEnd = from + end * PAIR_BYTES;
  let out = to + start * PAIR_BYTES;
  for (; a < aEnd && b < bEnd; out += PAIR_BYTES) {
    // Without a branch: which of them comes first can't be foreseen.
    const first = load<u64>(a);
    const second = load<u64>(b);
    let takesB = <usize> (second < first);
    if (second == first) takesB = <usize> isNameBefore(load<u32>(b, 8), load<u32>(a, 8));
    v128.store(out, v128.load(a + ((b - a) & -takesB)));
    a += PAIR_BYTES * (takesB ^ 1);
    b += PAIR_BYTES * takesB;
  }
  for (; a < aEnd; a += PAIR_BYTES, out += PAIR_BYTES) v128.store(out, v128.load(a));
  for (; b < bEnd; b += PAIR_BYTES, out += PAIR_BYTES) v128.store(out, v128.load(b));
}

function isNameBefore(a: usize, b: usize): bool {
  const aBytes = <usize> load<u32>(a, Entry.NAME_BYTES);
  const bBytes = <usize> load<u32>(b, Entry.NAME_BYTES);
  const order = memory.compare(nameOf(a), nameOf(b), min(aBytes, bBytes));
  return order != 0 ? order < 0 : aBytes < bBytes;
}
