// The order of names as a number each: the eight bytes behind the beginning that a sample of all names had in common. It grows with the
// bytes of names, whatever they begin with; names of the same number are for `sort.ts` to tell apart.
//
// Bounds cut that order into ranges, which threads deal out among each other.

import { BOUNDS, PREFIX } from "./layout";
import { Entry, nameOf } from "./regions";

let prefixBytes: usize = 0;
/** Of the first eight bytes of names: which belong to the prefix, and what they are. */
let prefixMask: u64 = 0;
let prefixHead: u64 = 0;
let ranges: u32 = 1;
/** A power of two, from `ranges` on. */
let rangesRounded: u32 = 1;

/** Set the order: the prefix stands in PREFIX, the bounds in BOUNDS, the smallest first, with the largest u64 behind them as often as fits. */
export function setOrder(newPrefixBytes: usize, newRanges: u32): void {
  prefixBytes = newPrefixBytes;
  prefixMask = headMask(prefixBytes);
  prefixHead = load<u64>(PREFIX) & prefixMask;
  ranges = newRanges;
  rangesRounded = 1;
  while (rangesRounded < ranges) rangesRounded <<= 1;
}

/** Where the name of an entry stands in the order. */
// @ts-ignore: decorator
@inline export function keyOf(entry: usize): u64 {
  const bytes = <usize> load<u32>(entry, Entry.NAME_BYTES);
  const isAsSample = (load<u64>(entry) & prefixMask) == prefixHead && bytes >= prefixBytes;
  if (isAsSample && prefixBytes <= 8) {
    return bswap(load<u64>(nameOf(entry) + prefixBytes) & headMask(bytes - prefixBytes));
  }
  return keyAside(entry, bytes);
}

/** As many of the first bytes of a word. */
// @ts-ignore: decorator
@inline function headMask(bytes: usize): u64 {
  return bytes >= 8 ? -1 : ((<u64> 1) << (<u64> bytes << 3)) - 1;
}

/** Of a name with a longer prefix or another beginning. */
function keyAside(entry: usize, bytes: usize): u64 {
  const name = nameOf(entry);
  const order = memory.compare(name, PREFIX, min(bytes, prefixBytes));
  if (order != 0) return order < 0 ? 0 : u64.MAX_VALUE;
  if (bytes < prefixBytes) return 0;
  return bswap(load<u64>(name + prefixBytes) & headMask(bytes - prefixBytes));
}

/** Which range the name of an entry is in. */
export function rangeOf(entry: usize): u32 {
  const key = keyOf(entry);
  let range: u32 = 0;
  for (let step = rangesRounded >>> 1; step != 0; step >>>= 1) {
    const bound = load<u64>(BOUNDS + (<usize> (range + step - 1) << 3));
    range += step & -(<u32> (bound <= key));
  }
  return min(range, ranges - 1);
}

/** Where a range begins in a sorted list of so many entries; of the one behind the last, where the list ends. */
export function rangeStart(list: usize, count: u32, range: u32): u32 {
  if (range == 0) return 0;
  if (range == ranges) return count;
  const bound = load<u64>(BOUNDS + (<usize> (range - 1) << 3));
  let from: u32 = 0;
  let to = count;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (keyOf(load<u32>(list + (<usize> middle << 2))) < bound) from = middle + 1;
    else to = middle;
  }
  return from;
}
