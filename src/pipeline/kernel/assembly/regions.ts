// The regions of a file: a hash table with open addressing of entries, which never move.
//
// Tables too large for the processor's caches are what all of this is made for: there a load that misses them costs more than a row. So an
// entry is one cache line, with its name in it unless that is long; and a slot holds six bits of the hash beside the entry, so that hardly
// ever an entry is looked at that isn't the one. Memory grows with the number of regions, and with nothing else.
//
// The hash looks at every byte and is seeded by the input's own hash, so a file can't be made to collide.

import {
  FAMILIAR,
  FAMILIAR_LOG,
  HEAP,
  LINE_BYTES,
  Row,
  ROW_BYTES,
  ROWS,
  Status,
  TEXT,
  WARM,
  WARM_MAX,
} from "./layout";

/** An entry, one cache line; `../kernel_aggregate.ts` reads it too. */
export namespace Entry {
  export const NAME: usize = 0; // the first sixteen bytes of the name, padded with zeros
  export const SUMS: usize = 16; // 3 x i64: revenue, quantity, discount, each over 10^scale
  export const ROWS: usize = 40; // u32: added with the sums as the low half of an i64, whose other half stays as it is: rows don't reach 2^32
  export const LONG_SUMS: usize = 44; // u32: where the sums of long numbers stand (`long_sums.ts`), or 0; of an exported entry, whether it has any
  export const NAME_BYTES: usize = 48; // u32
  export const HASH: usize = 52; // u32
  export const NEXT: usize = 56; // u32: the entry that came after it, or 0
  export const SCALES: usize = 60; // 3 x u8, not of long numbers
  export const KIND: usize = 63; // u8: see below
  export const LONG_NAME: usize = LINE_BYTES; // all of a name of more than sixteen bytes
}

/** `Entry.KIND` of a region (0), but for these. */
export namespace EntryKind {
  /** No region but the word of a totals row, and counted nowhere. */
  export const TOTALS: u8 = 1;
  /** A region with sums beyond its entry: of long numbers, or in TypeScript. */
  export const BEYOND: u8 = 2;
}

/** Bytes of a name that stand in the entry itself. */
export const SHORT_MAX: usize = 16;
/** Slots at first, and by how many times there are more when half of them are taken; both as powers of two. */
const SLOTS_MIN_LOG: u32 = 13;
const GROWTH_LOG: u32 = 2;
/** A slot: so many bits of the hash, then the entry's address in cache lines; 0 if it is free. */
const TAG_BITS: u32 = 6;
/** Behind the heap may be written. */
const SLACK: usize = 16;
const PAGE_BYTES: usize = 65536;
/** Pages to grow by: growing one by one would be a system call for each few hundred regions. */
const PAGES_MIN: usize = 16;

let keepTotals: bool = false;
let seed: u64 = 1;
let slots: usize = 0;
let slotsLog: u32 = 0;
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
  memory.fill(FAMILIAR, 0, FAMILIAR_BYTES << FAMILIAR_LOG);
  makeSlots(SLOTS_MIN_LOG);
  store<u32>(Status.REGIONS, 0);
  store<u32>(Status.FIRST_REGION, 0);
}

/** The entry of the region named by so many bytes; 0 if it would be one more than `regionsMax`. */
// @ts-ignore: decorator
@inline export function regionOf(name: usize, bytes: usize, regionsMax: u32): usize {
  const head = headOf(name, bytes);
  const hash = hashOf(name, bytes, head);
  const taken = load<u32>(slots + (<usize> slotOf(hash) << 2));
  const entry = entryIn(taken);
  // A free slot leads to address 0, where no name has as many bytes.
  return isTagged(taken, hash) && isNamed(entry, head, bytes) && bytes <= SHORT_MAX
    ? entry
    : search(name, bytes, head, hash, regionsMax);
}

/** Of a familiar region: the first eight bytes of its name, read so that they alone tell it apart; then how many these are, and its entry. */
const FAMILIAR_BYTES: usize = 16;
const FAMILIAR_NAME_MAX: usize = 8;

/** Whether there are so few regions that most rows have one which came by lately. */
export function areFew(): bool {
  return used <= 1 << FAMILIAR_LOG;
}

/**
 * As `regionOf`, for half its price where a name of at most eight bytes came by lately. Each such name has one place, which it may
 * have to share: whoever came last has it. Totals words never come by.
 */
// @ts-ignore: decorator
@inline export function familiarRegionOf(name: usize, bytes: usize, regionsMax: u32): usize {
  if (bytes - 1 >= FAMILIAR_NAME_MAX) return regionOf(name, bytes, regionsMax);
  const key = load<u64>(name) << (64 - (<u64> bytes << 3));
  const at = FAMILIAR + (<usize> ((key * 0x9e3779b97f4a7c15) >>> (64 - FAMILIAR_LOG)) << 4);
  if (load<u64>(at) != key) return becomeFamiliar(at, key, name, bytes, regionsMax);
  if (load<u32>(at, 8) != <u32> bytes) return becomeFamiliar(at, key, name, bytes, regionsMax);
  return load<u32>(at, 12);
}

function becomeFamiliar(at: usize, key: u64, name: usize, bytes: usize, regionsMax: u32): usize {
  const entry = regionOf(name, bytes, regionsMax);
  if (entry == 0 || load<u8>(entry, Entry.KIND) == EntryKind.TOTALS) return entry;
  store<u64>(at, key);
  store<u32>(at, <u32> bytes, 8);
  store<u32>(at, <u32> entry, 12);
  return entry;
}

/** As `regionOf`, of what `warmRows` or `warmExported` has warmed as its `i`th. */
// @ts-ignore: decorator
@inline export function warmedRegionOf(i: usize, name: usize, bytes: usize, regionsMax: u32): usize {
  const head = headOf(name, bytes);
  const entry = <usize> load<u32>(WARM + (i << 2));
  return isNamed(entry, head, bytes) && bytes <= SHORT_MAX
    ? entry
    : search(name, bytes, head, load<u32>(HASHES + (i << 2)), regionsMax);
}

/** As `regionOf`. */
export function findRegion(name: usize, bytes: usize, regionsMax: u32): usize {
  return regionOf(name, bytes, regionsMax);
}

function search(name: usize, bytes: usize, head: v128, hash: u32, regionsMax: u32): usize {
  let slot = slotOf(hash);
  while (true) {
    const taken = load<u32>(slots + (<usize> slot << 2));
    if (taken == 0) return add(name, bytes, head, hash, regionsMax);
    if (isTagged(taken, hash)) {
      const entry = entryIn(taken);
      if (
        isNamed(entry, head, bytes) &&
        (bytes <= SHORT_MAX || memory.compare(entry + Entry.LONG_NAME, name, bytes) == 0)
      ) return entry;
    }
    slot = (slot + 1) & mask;
  }
}

/** Whether the name in an entry has this head and so many bytes. */
// @ts-ignore: decorator
@inline function isNamed(entry: usize, head: v128, bytes: usize): bool {
  return !v128.any_true(v128.xor(v128.load(entry), head)) && load<u32>(entry, Entry.NAME_BYTES) == <u32> bytes;
}

/** The first sixteen bytes of a name, or all of it, padded with zeros. */
// @ts-ignore: decorator
@inline function headOf(name: usize, bytes: usize): v128 {
  const inside = i8x16.gt_s(
    i8x16.splat(<i8> min(bytes, SHORT_MAX)),
    i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
  );
  return v128.and(v128.load(name), inside);
}

// @ts-ignore: decorator
@inline function hashOf(name: usize, bytes: usize, head: v128): u32 {
  let hash = (<u64> i64x2.extract_lane(head, 0) ^ seed) * 0x9e3779b97f4a7c15;
  hash ^= <u64> bytes << 56;
  hash = (hash ^ (hash >>> 32) ^ <u64> i64x2.extract_lane(head, 1)) * 0xbf58476d1ce4e5b9;
  if (bytes > SHORT_MAX) hash = hashRest(name, bytes, hash);
  // Only a product's high bits know all bits of its factors.
  return <u32> (hash >>> 32);
}

// @ts-ignore: decorator
@inline function slotOf(hash: u32): u32 {
  return hash >>> (32 - slotsLog);
}

/** Whether what a taken slot leads to has, as far as that shows, this hash. */
// @ts-ignore: decorator
@inline function isTagged(taken: u32, hash: u32): bool {
  return (taken ^ (hash << (32 - TAG_BITS))) >>> (32 - TAG_BITS) == 0;
}

// @ts-ignore: decorator
@inline function entryIn(taken: u32): usize {
  return <usize> (taken << TAG_BITS);
}

/** With so many slots the table has outgrown the processor's caches. */
const SLOTS_COLD: u32 = 1 << 15;
/** Whether entries should be warmed before they are asked for. */
export function isCold(): bool {
  return mask >= SLOTS_COLD;
}

/** Behind the entries of warmed rows their hashes. */
const HASHES: usize = WARM + 4 * <usize> WARM_MAX;
/** What was loaded only to warm the caches goes here: the compiler leaves out loads of which nothing comes. */
const WARMTH: usize = HASHES + 4 * <usize> WARM_MAX;

/**
 * Have the entries of the regions of rows [from, to) come into the cache, at most WARM_MAX: each would be waited for on its own, but
 * loads that don't depend on each other are waited for together.
 */
export function warmRows(from: usize, to: usize): void {
  let count: usize = 0;
  for (let row = from; row < to; row += ROW_BYTES) {
    const name = <usize> load<u32>(row, Row.REGION);
    const bytes = <usize> load<u32>(row, Row.REGION_BYTES);
    noteHash(count++, hashOf(name, bytes, headOf(name, bytes)));
  }
  warmNoted(count);
}

/** The same for exported entries, one after the other; where it came to. */
export function warmExported(from: usize, to: usize): usize {
  let count: usize = 0;
  let at = from;
  for (; at < to && count < <usize> WARM_MAX; at += exportedSizeOf(at)) {
    noteHash(count++, load<u32>(at, Entry.HASH));
  }
  warmNoted(count);
  return at;
}

// @ts-ignore: decorator
@inline function noteHash(i: usize, hash: u32): void {
  store<u32>(WARM + (i << 2), hash);
}

/** Warm the slots and then the entries of the hashes that were noted. */
function warmNoted(count: usize): void {
  let sum: u64 = 0;
  for (let i: usize = 0; i < count; i++) {
    sum += load<u32>(slots + (<usize> slotOf(load<u32>(WARM + (i << 2))) << 2));
  }
  store<u64>(WARMTH, sum);
  for (let i: usize = 0; i < count; i++) {
    const hash = load<u32>(WARM + (i << 2));
    store<u32>(HASHES + (i << 2), hash);
    let slot = slotOf(hash);
    let taken = load<u32>(slots + (<usize> slot << 2));
    while (taken != 0 && !isTagged(taken, hash)) {
      slot = (slot + 1) & mask;
      taken = load<u32>(slots + (<usize> slot << 2));
    }
    store<u32>(WARM + (i << 2), <u32> entryIn(taken)); // of a free slot 0, which is no entry and may be read
  }
  warmListed(WARM, count);
}

/** Warm a list of so many entries. The loop is short, so that the processor sees many loads ahead. */
export function warmListed(list: usize, count: usize): void {
  let sum: u64 = 0;
  for (let i: usize = 0; i < count; i++) sum += load<u64>(load<u32>(list + (i << 2)));
  store<u64>(WARMTH, sum);
}

/** The bytes that an entry takes, without sums of long numbers. */
// @ts-ignore: decorator
@inline export function sizeOf(entry: usize): usize {
  return sizeFor(load<u32>(entry, Entry.NAME_BYTES));
}

/** The bytes that an exported entry takes: sums of long numbers stand right behind it. */
// @ts-ignore: decorator
@inline export function exportedSizeOf(entry: usize): usize {
  return sizeOf(entry) + (load<u32>(entry, Entry.LONG_SUMS) != 0 ? LINE_BYTES : 0);
}

// @ts-ignore: decorator
@inline function sizeFor(nameBytes: usize): usize {
  return nameBytes <= SHORT_MAX ? LINE_BYTES : toLines(Entry.LONG_NAME + nameBytes);
}

/** Where the name of an entry stands. */
// @ts-ignore: decorator
@inline export function nameOf(entry: usize): usize {
  return <usize> load<u32>(entry, Entry.NAME_BYTES) <= SHORT_MAX ? entry : entry + Entry.LONG_NAME;
}

/** What a long name has beyond its head. */
function hashRest(name: usize, bytes: usize, hash: u64): u64 {
  const end = name + bytes - 8;
  for (let at = name + SHORT_MAX; at < end; at += 8) hash = (rotl(hash, 29) ^ load<u64>(at)) * 0x9e3779b97f4a7c15;
  return (rotl(hash, 29) ^ load<u64>(end)) * 0xbf58476d1ce4e5b9;
}

function add(
  name: usize,
  bytes: usize,
  head: v128,
  hash: u32,
  regionsMax: u32,
): usize {
  const isTotals = isOfTotals(name, bytes);
  if (count >= regionsMax && !isTotals) return 0;
  if ((++used << 1) > mask) grow();
  const entry = allocate(sizeFor(bytes));
  v128.store(entry, head);
  for (let at: usize = 16; at < LINE_BYTES; at += 16) v128.store(entry + at, i64x2.splat(0));
  store<u32>(entry, <u32> bytes, Entry.NAME_BYTES);
  store<u32>(entry, hash, Entry.HASH);
  if (bytes > SHORT_MAX) memory.copy(entry + Entry.LONG_NAME, name, bytes);
  if (lastEntry != 0) store<u32>(lastEntry, <u32> entry, Entry.NEXT);
  else store<u32>(Status.FIRST_REGION, <u32> entry);
  lastEntry = entry;
  place(entry, hash);
  if (isTotals) store<u8>(entry, EntryKind.TOTALS, Entry.KIND);
  else store<u32>(Status.REGIONS, ++count);
  return entry;
}

function makeSlots(log: u32): void {
  const bytes = <usize> 4 << log;
  slots = allocate(bytes);
  memory.fill(slots, 0, bytes);
  slotsLog = log;
  mask = (1 << log) - 1;
}

function grow(): void {
  makeSlots(slotsLog + GROWTH_LOG);
  let entry = <usize> load<u32>(Status.FIRST_REGION);
  while (entry != 0) {
    place(entry, load<u32>(entry, Entry.HASH));
    entry = load<u32>(entry, Entry.NEXT);
  }
}

function place(entry: usize, hash: u32): void {
  let slot = slotOf(hash);
  while (load<u32>(slots + (<usize> slot << 2)) != 0) slot = (slot + 1) & mask;
  store<u32>(slots + (<usize> slot << 2), <u32> entry >>> TAG_BITS | hash << (32 - TAG_BITS));
}

// @ts-ignore: decorator
@inline function toLines(bytes: usize): usize {
  return (bytes + LINE_BYTES - 1) & ~(LINE_BYTES - 1);
}

/** List entries in TEXT, at most so many: as far as the hash goes, any. How many is in the status. */
export function sampleRegions(most: u32): void {
  let listed: u32 = 0;
  for (let slot: u32 = 0; slot <= mask && listed < most; slot++) {
    const taken = load<u32>(slots + (<usize> slot << 2));
    if (taken == 0) continue;
    store<u32>(TEXT + (<usize> listed << 2), <u32> entryIn(taken));
    listed++;
  }
  store<u32>(Status.SORTED, listed);
}

/** Memory of the heap, whole cache lines, until the next reset. */
export function allocate(bytes: usize): usize {
  const at = heapEnd;
  heapEnd = at + toLines(bytes);
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
