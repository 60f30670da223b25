// Stage 2, clean: a number cell that isn't a number as it stands, but one without what may be taken off: a currency, marks between groups of three
// digits, a percent sign.
//
// What `../../number/number_text.ts` takes off beside that is left to it, and so is a number with a plus or minus, unless nothing but a percent sign is to be taken off.

import { Changes, CURRENCY_FORM, UNSPACED } from "./layout";
import { LONG_SCALE_MAX, readGrouped, readNumber, UNFIT, ZERO } from "./number";

const PERCENT: u8 = 0x25;
const APOSTROPHE: u32 = 0x27;
const SPACE: u32 = 0x20;
/** U+00A0, U+202F and U+2019 as they stand in memory. */
const NO_BREAK_SPACE: u32 = 0xa0c2;
const NARROW_SPACE: u32 = 0xaf80e2;
const RIGHT_QUOTE: u32 = 0x9980e2;
/** Of as many bytes at most, a number without marks between its groups may be one that `readNumber` reads. */
const UNSPACED_MAX: usize = 32;

/** The currency, as the low bytes of an integer; at first one that is no text. */
let currency: u64 = ~(<u64> 0);
let currencyMask: u64 = ~(<u64> 0);
let currencyLength: usize = 8;
/** Whether it stands behind numbers, else in front. */
let isBehind: bool = false;

/** What `readAmount` took off, if it read a number: bits of `Changes` as if of number 0. */
export let taken: u32 = 0;

/** From now on, the first bytes of CURRENCY_FORM, one to eight, are taken off numbers. */
export function setCurrency(bytes: u32, behind: bool): void {
  currencyLength = bytes;
  currencyMask = ~(<u64> 0) >>> (64 - (<u64> bytes << 3));
  currency = load<u64>(CURRENCY_FORM) & currencyMask;
  isBehind = behind;
}

/** Read such a cell and store its units; its scale, or UNFIT: of one with white space around it too. */
export function readAmount(start: usize, end: usize, unitsTo: usize): u32 {
  const length = currencyLength;
  const behind = isBehind;
  const found = load<u64>(behind ? end - length : start) & currencyMask;
  const hasCurrency = found == currency && end - start > length;
  const from = hasCurrency && !behind ? start + length : start;
  const to = hasCurrency && behind ? end - length : end;
  const mark = hasCurrency ? Changes.CURRENCY : 0;
  taken = mark | Changes.THOUSANDS;
  let scale = readGrouped(from, to, unitsTo);
  if (scale != UNFIT) return scale;
  // Plus and minus aren't for this; nor is a point, which would belong to what stands before it if that is `kr`.
  if (hasCurrency && <u32> load<u8>(from) - ZERO <= 9) {
    scale = readNumber(from, to, unitsTo);
    if (scale != UNFIT) {
      taken = mark;
      return scale;
    }
  }
  const isPercentage = end > start && load<u8>(end - 1) == PERCENT;
  return isPercentage ? readPercentage(start, end - 1, unitsTo) : readSpaced(from, to, unitsTo);
}

/** The scale of the hundredth part of a number with this one; UNFIT if it has too many decimals, or if this is UNFIT. */
// @ts-ignore: decorator
@inline export function hundredth(scale: u32): u32 {
  return scale > LONG_SCALE_MAX - 2 ? UNFIT : scale + 2;
}

function readPercentage(start: usize, sign: usize, unitsTo: usize): u32 {
  let end = sign;
  for (let bytes = spaceBefore(start, end); bytes != 0; bytes = spaceBefore(start, end)) end -= bytes;
  taken = Changes.PERCENT;
  let scale = readNumber(start, end, unitsTo);
  if (scale == UNFIT) {
    taken |= Changes.THOUSANDS;
    scale = readGrouped(start, end, unitsTo);
    if (scale == UNFIT) scale = readSpaced(start, end, unitsTo);
  }
  return hundredth(scale);
}

/** The bytes of the space that ends at `end`; 0 of anything else. */
function spaceBefore(start: usize, end: usize): usize {
  if (end > start && load<u8>(end - 1) == SPACE) return 1;
  if (end >= start + 2 && load<u16>(end - 2) == NO_BREAK_SPACE) return 2;
  return end >= start + 3 && (load<u32>(end - 3) & 0xffffff) == NARROW_SPACE ? 3 : 0;
}

/** A number without a sign that has spaces or apostrophes, all the same, between groups of three digits. */
function readSpaced(start: usize, end: usize, unitsTo: usize): u32 {
  const unspaced = takeMarksOff(start, end);
  return unspaced == 0 ? UNFIT : readNumber(UNSPACED, unspaced, unitsTo);
}

/** Copy a number with spaces or apostrophes between its groups to UNSPACED, without these; where the copy ends, 0 if it isn't one. */
function takeMarksOff(start: usize, end: usize): usize {
  let at = start;
  while (at < end && isDigit(at)) at++;
  if (at == start || at > start + 3 || load<u8>(start) == ZERO) return 0;
  const bytes = at < end ? markAt(at) : 0;
  if (bytes == 0) return 0;
  const mask = <u32> 0xffffffff >>> (32 - (<u32> bytes << 3));
  const mark = load<u32>(at) & mask;
  let to = UNSPACED;
  store<u32>(to, load<u32>(start));
  to += at - start;
  while (at < end && (load<u32>(at) & mask) == mark) {
    at += bytes;
    if (at + 3 > end || to >= UNSPACED + UNSPACED_MAX || !isDigit(at) || !isDigit(at + 1) || !isDigit(at + 2)) return 0;
    store<u32>(to, load<u32>(at));
    at += 3;
    to += 3;
  }
  // What follows has to be decimals: a digit would make the last group too long, and of anything else `readNumber` takes only a point.
  if (at < end && isDigit(at)) return 0;
  while (at < end && to < UNSPACED + UNSPACED_MAX) store<u8>(to++, load<u8>(at++));
  return at == end ? to : 0;
}

/** The bytes of what may stand between groups and isn't for `readGrouped`; 0 of anything else. */
// @ts-ignore: decorator
@inline function markAt(at: usize): usize {
  const bytes = load<u32>(at);
  if ((bytes & 0xff) == SPACE || (bytes & 0xff) == APOSTROPHE) return 1;
  if ((bytes & 0xffff) == NO_BREAK_SPACE) return 2;
  return (bytes & 0xffffff) == NARROW_SPACE || (bytes & 0xffffff) == RIGHT_QUOTE ? 3 : 0;
}

// @ts-ignore: decorator
@inline function isDigit(at: usize): bool {
  return <u32> load<u8>(at) - ZERO <= 9;
}
