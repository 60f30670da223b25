// The regions of a file: a hash table with open addressing of addresses of entries, which never move.
//
// An entry holds the first and the last eight bytes of its name as two integers, so that names up to sixteen bytes are compared
// without a loop, and all of it but a long name is one cache line. Memory grows with the number of regions, and with nothing else.
//
// The hash looks at every byte and is seeded by the input's own hash, so a file can't be made to collide.

import { HEAP, Row, ROW_BYTES, ROWS, Status, WARM, WARM_MAX } from "./layout";

/** An entry; `../kernel_aggregate.ts` reads it too. */
export namespace Entry {
  export const FIRST: usize = 0; // u64: the first eight bytes, or all, padded with zeros
  export const LAST: usize = 8; // u64: the last eight bytes, or 0
  export const NAME_BYTES: usize = 16; // u32
  export const ROWS: usize = 20; // u32
  export const SUMS: usize = 24; // 3 x i64: revenue, quantity, discount, each over 10^scale
  export const SCALES: usize = 48; // 3 x u8
  export const IS_TOTALS: usize = 51; // u8: no region but the word of a totals row, and counted nowhere
  export const NEXT: usize = 52; // u32: the entry that came after it, or 0
  export const HASH: usize = 56; // u32
  export const HAS_MORE: usize = 60; // u8: TypeScript keeps sums of it as well
  export const NAME: usize = 64;
}

const SLOTS_MIN: u32 = 4096;
/** Behind the heap may be written. */
const SLACK: usize = 16;
const PAGE_BYTES: usize = 65536;
/** Pages to grow by: growing one by one would be a system call for each few hundred regions. */
const PAGES_MIN: usize = 16;

let keepTotals: bool = false;
let seed: u64 = 1;
let slots: usize = 0;
let mask: u32 = 0;
/** Entries, and those of them that are regions. */
let used: u32 = 0;
let count: u32 = 0;
let heapEnd: usize = HEAP;
let lastEntry: usize = 0;

/** Forget all regions. */
export function resetRegions(newSeed: u64, totalsAreData: bool): void {
  keepTotals = totalsAreData;
  seed = newSeed | 1;
  heapEnd = HEAP;
  used = 0;
  count = 0;
  lastEntry = 0;
  makeSlots(SLOTS_MIN);
  store<u32>(Status.REGIONS, 0);
  store<u32>(Status.FIRST_REGION, 0);
}

/** The entry of the region named by so many bytes; 0 if it would be one more than `regionsMax`. */
// @ts-ignore: decorator
@inline export function regionOf(name: usize, bytes: usize, regionsMax: u32): usize {
  const first = firstOf(name, bytes);
  const last = lastOf(name, bytes);
  const hash = hashOf(name, bytes, first, last);
  const entry = <usize> load<u32>(slots + (<usize> (hash & mask) << 2));
  // A free slot leads to address 0, where no name has as many bytes.
  return load<u64>(entry, Entry.FIRST) == first && load<u64>(entry, Entry.LAST) == last &&
      load<u32>(entry, Entry.NAME_BYTES) == <u32> bytes && bytes <= 16
    ? entry
    : search(name, bytes, first, last, hash, regionsMax);
}

/** As `regionOf`. */
export function findRegion(name: usize, bytes: usize, regionsMax: u32): usize {
  return regionOf(name, bytes, regionsMax);
}

function search(
  name: usize,
  bytes: usize,
  first: u64,
  last: u64,
  hash: u32,
  regionsMax: u32,
): usize {
  let slot = hash & mask;
  while (true) {
    const entry = <usize> load<u32>(slots + (<usize> slot << 2));
    if (entry == 0) return add(name, bytes, first, last, hash, regionsMax);
    if (
      load<u64>(entry, Entry.FIRST) == first && load<u64>(entry, Entry.LAST) == last &&
      load<u32>(entry, Entry.NAME_BYTES) == <u32> bytes &&
      (bytes <= 16 || isSame(entry + Entry.NAME + 8, name + 8, bytes - 16))
    ) return entry;
    slot = (slot + 1) & mask;
  }
}

/** All of a short name, padded with zeros, or its first eight bytes. */
// @ts-ignore: decorator
@inline function firstOf(name: usize, bytes: usize): u64 {
  const first = load<u64>(name);
  return bytes >= 8 ? first : first & (((<u64> 1) << (<u64> bytes << 3)) - 1);
}

// @ts-ignore: decorator
@inline function lastOf(name: usize, bytes: usize): u64 {
  return bytes >= 8 ? load<u64>(name + bytes - 8) : 0;
}

// @ts-ignore: decorator
@inline function hashOf(name: usize, bytes: usize, first: u64, last: u64): u32 {
  let hash: u64 = (first ^ seed) * 0x9e3779b97f4a7c15;
  hash = (rotl(hash, 29) ^ last ^ <u64> bytes) * 0xbf58476d1ce4e5b9;
  if (bytes > 16) hash = hashMiddle(name + 8, name + bytes - 8, hash);
  // A product's low bits know only the low bits of its factors.
  return <u32> (((hash ^ (hash >>> 32)) * 0x94d049bb133111eb) >>> 32);
}

/** With so many slots the table has outgrown the processor's caches. */
const SLOTS_COLD: u32 = 1 << 15;
/** Whether entries should be warmed before they are asked for. */
export function isCold(): bool {
  return mask >= SLOTS_COLD;
}

/** Keeps the loads that only warm the caches. */
let warmth: u64 = 0;

/**
 * Have the entries of the regions of rows [from, to) come into the cache, at most WARM_MAX: each would be waited for on its own, but
 * loads that don't depend on each other are waited for together.
 */
export function warmRows(from: usize, to: usize): void {
  let count: usize = 0;
  for (let row = from; row < to; row += ROW_BYTES) {
    const name = <usize> load<u32>(row, Row.REGION);
    const bytes = <usize> load<u32>(row, Row.REGION_BYTES);
    warmSlot(count++, hashOf(name, bytes, firstOf(name, bytes), lastOf(name, bytes)));
  }
  warmListed(WARM, count);
}

/** Note the entry that stands first where a hash leads to. */
// @ts-ignore: decorator
@inline function warmSlot(i: usize, hash: u32): void {
  store<u32>(WARM + (i << 2), load<u32>(slots + (<usize> (hash & mask) << 2)));
}

/** Warm a list of so many entries. */
export function warmListed(list: usize, count: usize): void {
  let sum: u64 = 0;
  for (let i: usize = 0; i < count; i++) {
    const entry = <usize> load<u32>(list + (i << 2)); // of a free slot 0, which is no entry and may be read
    sum += load<u64>(entry) + load<u64>(entry, 56);
  }
  warmth = sum;
}

/** The same for exported entries, one after the other; where it came to. */
export function warmExported(from: usize, to: usize): usize {
  let count: usize = 0;
  let at = from;
  for (; at < to && count < <usize> WARM_MAX; count++, at += sizeOf(at)) warmSlot(count, load<u32>(at, Entry.HASH));
  warmListed(WARM, count);
  return at;
}

/** The bytes that an entry takes. */
// @ts-ignore: decorator
@inline export function sizeOf(entry: usize): usize {
  return (Entry.NAME + load<u32>(entry, Entry.NAME_BYTES) + 7) & ~(<usize> 7);
}

function hashMiddle(at: usize, end: usize, hash: u64): u64 {
  for (; at + 8 <= end; at += 8) hash = (rotl(hash, 29) ^ load<u64>(at)) * 0x9e3779b97f4a7c15;
  if (at < end) hash = (rotl(hash, 29) ^ load<u64>(end - 8)) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >>> 29);
}

function isSame(a: usize, b: usize, bytes: usize): bool {
  return memory.compare(a, b, bytes) == 0;
}

function add(
  name: usize,
  bytes: usize,
  first: u64,
  last: u64,
  hash: u32,
  regionsMax: u32,
): usize {
  const isTotals = isOfTotals(name, bytes);
  if (count >= regionsMax && !isTotals) return 0;
  if ((++used << 1) > mask) grow();
  const entry = allocate(Entry.NAME + bytes);
  for (let at: usize = 0; at < Entry.NAME; at += 16) v128.store(entry + at, i64x2.splat(0));
  store<u64>(entry, first, Entry.FIRST);
  store<u64>(entry, last, Entry.LAST);
  store<u32>(entry, <u32> bytes, Entry.NAME_BYTES);
  store<u32>(entry, hash, Entry.HASH);
  for (let at: usize = 0; at < bytes; at += 16) v128.store(entry + Entry.NAME + at, v128.load(name + at));
  if (lastEntry != 0) store<u32>(lastEntry, <u32> entry, Entry.NEXT);
  else store<u32>(Status.FIRST_REGION, <u32> entry);
  lastEntry = entry;
  place(entry);
  if (isTotals) store<u8>(entry, 1, Entry.IS_TOTALS);
  else store<u32>(Status.REGIONS, ++count);
  return entry;
}

function makeSlots(size: u32): void {
  slots = allocate(<usize> size << 2);
  memory.fill(slots, 0, <usize> size << 2);
  mask = size - 1;
}

function grow(): void {
  makeSlots((mask + 1) << 1);
  let entry = <usize> load<u32>(Status.FIRST_REGION);
  while (entry != 0) {
    place(entry);
    entry = load<u32>(entry, Entry.NEXT);
  }
}

function place(entry: usize): void {
  let slot = load<u32>(entry, Entry.HASH) & mask;
  while (load<u32>(slots + (<usize> slot << 2)) != 0) slot = (slot + 1) & mask;
  store<u32>(slots + (<usize> slot << 2), <u32> entry);
}

/** Memory of the heap, until the next reset. */
export function allocate(bytes: usize): usize {
  const at = heapEnd;
  heapEnd = (at + bytes + 7) & ~(<usize> 7);
  const missing = <isize> (heapEnd + SLACK) - <isize> (<usize> memory.size() * PAGE_BYTES);
  if (missing > 0) {
    const pages = (<usize> missing + PAGE_BYTES - 1) / PAGE_BYTES;
    if (memory.grow(<i32> max(pages, PAGES_MIN)) < 0) unreachable();
  }
  return at;
}

/** How many of the first rows stand before one of which the region is a totals word; all if such rows are data. */
export function rowsBeforeTotals(rows: u32): u32 {
  if (keepTotals) return rows;
  let done: u32 = 0;
  for (let row: usize = ROWS; done < rows; done++, row += ROW_BYTES) {
    const bytes = load<u32>(row, Row.REGION_BYTES);
    if (bytes - 5 <= 6 && isTotalsWord(load<u32>(row, Row.REGION), bytes)) break;
  }
  return done;
}

/** Whether a row with this region is a totals row. */
export function isOfTotals(name: usize, bytes: usize): bool {
  return !keepTotals && isTotalsWord(name, bytes);
}

const LOWER_CASE: u64 = 0x2020202020202020;

/** Whether a name is a totals word, in any case. */
function isTotalsWord(name: usize, bytes: usize): bool {
  // Or-ing the bit of lower case is right of letters only, so what isn't a letter is compared as it is.
  const head = load<u64>(name);
  if (bytes == 5) return (head | LOWER_CASE) << 24 == 0x6c61746f74000000; // total
  if (bytes == 6) return (head | LOWER_CASE) << 16 == 0x736c61746f740000; // totals
  if (bytes == 8) return (head | LOWER_CASE) == 0x6c61746f74627573; // subtotal
  if (bytes == 9) { // sub-total
    return (head | 0x2020202000202020) == 0x61746f742d627573 && (load<u8>(name, 8) | 0x20) == 0x6c;
  }
  return bytes == 11 && (head | 0x2020002020202020) == 0x6f7420646e617267 && // grand total
    ((<u64> load<u32>(name, 7)) | 0x20202020) == 0x6c61746f;
}
