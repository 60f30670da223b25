// Stage 3, aggregate: sums of long numbers, beside those in a region's entry.
//
// A sum in an entry has the largest scale that came by. Numbers with as many decimals as doubles that are printed in full would leave hardly
// any sum room in 64 bits. So they are summed apart, where a region has any: their whole units, and their fractions over 10^18. No sum is rounded
// here either.

import { LINE_BYTES, NUMBERS } from "./layout";
import { LONG_SCALE_MAX, powerOfTen } from "./number";
import { allocate, Entry, EntryKind } from "./regions";

/** A cache line with three i64 of whole units: revenue, quantity, discount; then three of fractions. `../kernel_aggregate.ts` reads it too. */
const FRACTIONS: usize = NUMBERS << 3;
/** Up to this scale a number is summed in the entry: sums have room for 922 million there. */
const ENTRY_SCALE_MAX: u32 = 10;

// @ts-ignore: decorator
@inline export function isLong(scale: u32): bool {
  return scale > ENTRY_SCALE_MAX;
}

/** Add a number, which has less than 10^8 whole units: nothing that reads a long one gives more. */
export function addLong(entry: usize, column: usize, units: i64, scale: u32): void {
  const over = powerOfTen(scale);
  const whole = units / over;
  addTo(longSumsOf(entry) + (column << 3), whole, (units - whole * over) * powerOfTen(LONG_SCALE_MAX - scale));
}

/** Add what another instance has summed up here. */
export function addLongSums(entry: usize, from: usize): void {
  const to = longSumsOf(entry);
  for (let column: usize = 0; column < NUMBERS; column++) {
    const at = column << 3;
    addTo(to + at, load<i64>(from + at), load<i64>(from + at, FRACTIONS));
  }
}

function addTo(at: usize, whole: i64, fraction: i64): void {
  const one = powerOfTen(LONG_SCALE_MAX);
  const sum = load<i64>(at, FRACTIONS) + fraction; // each is less than one, in either direction
  const carry = <i64> (sum >= one) - <i64> (sum <= -one);
  store<i64>(at, sum - carry * one, FRACTIONS);
  store<i64>(at, load<i64>(at) + whole + carry);
}

/** Where those of a region stand. */
// @ts-ignore: decorator
@inline function longSumsOf(entry: usize): usize {
  const at = <usize> load<u32>(entry, Entry.LONG_SUMS);
  return at != 0 ? at : newLongSums(entry);
}

function newLongSums(entry: usize): usize {
  const at = allocate(LINE_BYTES);
  for (let i: usize = 0; i < LINE_BYTES; i += 16) v128.store(at + i, i64x2.splat(0));
  store<u32>(entry, <u32> at, Entry.LONG_SUMS);
  store<u8>(entry, EntryKind.BEYOND, Entry.KIND);
  return at;
}
