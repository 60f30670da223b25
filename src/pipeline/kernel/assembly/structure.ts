// Stage 1, structure: where cells and records end, and which of them have quotes.
//
// 64 bytes at a time become one bit mask per kind of byte, and the masks become lists of addresses. Where there are quotes, a running
// exclusive or of their mask tells which bytes stand inside: what is listed as a separator is one.
//
// The index begins at a record, outside quotes, and holds as long as each quote opens a cell, closes one, is doubled in one that is quoted, or
// stands somewhere in a cell without quotes, where it is text. In front of a record in which a closing quote is followed by anything but the end of
// its cell the lists end, and `isBroken` says so.
//
// Blocks are whole: the last one may come to up to 63 bytes behind the index, and what it lists of them is taken off at the end. So nothing
// there may change what is listed before.
//
// The carriage return of a line end is a separator too, so that all cells of all records end at one; behind it the line feed ends a cell more, which is
// empty.
//
// Lists end with END, so that no loop over them needs a length.

import { INNER_LINES, LINES, MARKS, SEPARATORS, SPECIALS } from "./layout";
import { isUtf8 } from "./text";

export const COMMA: u32 = 0x2c;
export const LF: u32 = 0x0a;
export const CR: u32 = 0x0d;
export const QUOTE: u32 = 0x22;

/** Past every address. */
// @ts-ignore: decorator
@inline export const END: u32 = 0xffffffff;

// Read from memory, because V8 builds a literal vector anew at each use.
v128.store(MARKS, i8x16.splat(LF as i8), 16);
v128.store(MARKS, i8x16.splat(CR as i8), 32);
v128.store(MARKS, i8x16.splat(QUOTE as i8), 48);

/** Say which byte stands between two cells. */
export function setDelimiter(byte: u32): void {
  v128.store(MARKS, i8x16.splat(<i8> byte));
}

/** Whether the index holds bytes that may not be UTF-8: then each record must be looked at. */
export let isDoubtful: bool = false;
/** Whether the lists end because of what follows the last record in them. */
export let isBroken: bool = false;
/** Whether it may hold carriage returns: those right behind it count too. */
export let hasReturns: bool = false;
/** Whether some of them may have no line feed behind them. */
export let hasLoneReturns: bool = false;
/** Where the index begins, and where it ends. */
export let indexStart: usize = 0;
export let indexEnd: usize = 0;
/** Where the list of line feeds in quotes ends, and that of specials. */
export let innerEnd: usize = INNER_LINES;
export let specialEnd: usize = SPECIALS;

/** What `judgeQuotes` found in a block: quotes that are text, the bytes up to where the index breaks, and where that is. */
let literals: u64 = 0;
let sound: u64 = 0;
let brokenAt: usize = 0;

/** List what stands in [from, to); from is the start of a record. */
export function buildIndex(from: usize, to: usize): void {
  const delimiter = v128.load(MARKS);
  const lf = v128.load(MARKS, 16);
  const cr = v128.load(MARKS, 32);
  const quote = v128.load(MARKS, 48);
  // The separator before the first is the line end before `from`.
  store<u32>(SEPARATORS, <u32> (from - 1));
  let separator: usize = SEPARATORS + 4;
  let line: usize = LINES;
  let special: usize = SPECIALS;
  let inner: usize = INNER_LINES;
  let highBits: v128 = i64x2.splat(0);
  // Of the byte before the block: whether it is inside quotes (of all bits), ends a cell, or is a quote that closes (of the lowest).
  let isInside: u64 = 0;
  let wasEdge: u64 = 1;
  let hasClosed: u64 = 0;
  let lones: u64 = 0;
  isBroken = false;
  hasReturns = false;
  for (let at = from; at < to; at += 64) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    highBits = v128.or(highBits, v128.or(v128.or(a, b), v128.or(c, d)));
    let lineMask = bitsOf(i8x16.eq(a, lf), i8x16.eq(b, lf), i8x16.eq(c, lf), i8x16.eq(d, lf));
    let mask = lineMask |
      bitsOf(i8x16.eq(a, delimiter), i8x16.eq(b, delimiter), i8x16.eq(c, delimiter), i8x16.eq(d, delimiter));

    let lone: u64 = 0; // carriage returns without a line feed
    const aReturns = i8x16.eq(a, cr);
    const bReturns = i8x16.eq(b, cr);
    const cReturns = i8x16.eq(c, cr);
    const dReturns = i8x16.eq(d, cr);
    if (anyOf(aReturns, bReturns, cReturns, dReturns)) {
      hasReturns = true;
      const returns = bitsOf(aReturns, bReturns, cReturns, dReturns);
      // A return that is listed without need only makes its record an odd one; one that isn't, because what is behind the index looks like a
      // line feed, is in no whole record.
      lone = returns & ~((lineMask >>> 1) | ((<u64> (at + 64 < to && load<u8>(at, 64) == LF)) << 63));
      mask |= returns ^ lone;
      lones |= lone;
    }

    const aQuotes = i8x16.eq(a, quote);
    const bQuotes = i8x16.eq(b, quote);
    const cQuotes = i8x16.eq(c, quote);
    const dQuotes = i8x16.eq(d, quote);
    if ((<u64> anyOf(aQuotes, bQuotes, cQuotes, dQuotes) | isInside | hasClosed | lone) != 0) {
      let quotes = bitsOf(aQuotes, bQuotes, cQuotes, dQuotes);
      let inside = runningXor(quotes) ^ isInside;
      let opening = quotes & inside;
      let closing = quotes ^ opening;
      let behind = behindOf(closing, hasClosed);
      let outer = mask & ~inside;
      let listed = (opening & ~behind) | lone;
      if (strayOf(opening, closing, outer, wasEdge) | (behind & ~(opening | outer | (lone & ~inside)))) {
        quotes = judgeQuotes(quotes, mask, lone, isInside, wasEdge, hasClosed, at);
        inside = runningXor(quotes) ^ isInside;
        opening = quotes & inside;
        closing = quotes ^ opening;
        behind = behindOf(closing, hasClosed);
        outer = mask & ~inside & sound;
        listed = ((opening & ~behind) | literals | lone) & sound;
        lineMask &= sound;
      }
      wasEdge = (outer | closing) >>> 63;
      hasClosed = closing >>> 63;
      isInside = <u64> (<i64> inside >> 63);
      special = listFew(special, listed, <u32> at);
      inner = listRare(inner, lineMask & inside, <u32> at);
      line = listOrdinals(line, lineMask & ~inside, outer, <u32> ((separator - SEPARATORS) >>> 2));
      separator = listFew(separator, outer, <u32> at);
      if (isBroken) break;
    } else {
      wasEdge = mask >>> 63;
      line = listOrdinals(line, lineMask, mask, <u32> ((separator - SEPARATORS) >>> 2));
      separator = list(separator, mask, <u32> at);
    }
  }
  // What the last block found behind the index. (Bytes beyond ASCII there have `isUtf8` asked in vain at worst.)
  while (line > LINES && separatorAt(load<u32>(line - 4)) >= to) line -= 4;
  while (load<u32>(separator - 4) >= <u32> to) separator -= 4;
  while (special > SPECIALS && load<u32>(special - 4) >= <u32> to) special -= 4;
  while (inner > INNER_LINES && load<u32>(inner - 4) >= <u32> to) inner -= 4;
  if (isBroken && brokenAt >= to) isBroken = false;
  store<u32>(separator, END);
  store<u32>(line, <u32> ((separator - SEPARATORS) >>> 2)); // of which the address is END
  store<u32>(special, END);
  store<u32>(inner, END);
  indexStart = from;
  indexEnd = to;
  innerEnd = inner;
  specialEnd = special;
  hasLoneReturns = lones != 0;
  isDoubtful = false;
  if (i8x16.bitmask(highBits)) {
    // Up to the last line end: what follows may be cut in mid-character, and no whole record lies there.
    const last = line == LINES ? from : separatorAt(load<u32>(line - 4));
    isDoubtful = !isUtf8(from, last);
  }
}

/** Quotes that open where no cell begins. */
// @ts-ignore: decorator
@inline function strayOf(opening: u64, closing: u64, outer: u64, wasEdge: u64): u64 {
  return opening & ~(((outer | closing) << 1) | wasEdge);
}

/** The bytes right behind a quote that closes: there its cell ends, or another quote doubles it, or the index breaks. */
// @ts-ignore: decorator
@inline function behindOf(closing: u64, hasClosed: u64): u64 {
  return (closing << 1) | hasClosed;
}

/**
 * Find out which quotes of a block are text, and where the index breaks: sets `literals`, `sound`, `brokenAt` and `isBroken`. Returns the other quotes.
 */
function judgeQuotes(
  quotes: u64,
  mask: u64,
  lone: u64,
  isInside: u64,
  wasEdge: u64,
  hasClosed: u64,
  at: usize,
): u64 {
  literals = 0;
  sound = ~(<u64> 0);
  while (true) {
    const inside = runningXor(quotes) ^ isInside;
    const opening = quotes & inside;
    const closing = quotes & ~inside;
    const stray = strayOf(opening, closing, mask & ~inside, wasEdge);
    const wrong = behindOf(closing, hasClosed) & ~(opening | ((mask | lone) & ~inside));
    const first = (stray | wrong) & (0 - (stray | wrong));
    if (first == 0) return quotes;
    if (wrong & first) {
      isBroken = true;
      brokenAt = at + <usize> ctz(first);
      sound = first - 1;
      return quotes;
    }
    // A quote within a cell without quotes is text.
    quotes ^= first;
    literals |= first;
  }
}

/** Of each bit whether the number of bits up to it, itself included, is odd. */
// @ts-ignore: decorator
@inline function runningXor(bits: u64): u64 {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  return bits ^ (bits << 32);
}

/** The address of a separator. */
// @ts-ignore: decorator
@inline export function separatorAt(ordinal: u32): usize {
  return load<u32>(SEPARATORS + (<usize> ordinal << 2));
}

/** A bit for each of 64 bytes, each of which is all ones or zeros. */
// @ts-ignore: decorator
@inline function bitsOf(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = <u32> i8x16.bitmask(a) | (<u32> i8x16.bitmask(b) << 16);
  const high = <u32> i8x16.bitmask(c) | (<u32> i8x16.bitmask(d) << 16);
  return <u64> low | (<u64> high << 32);
}

/** Not 0 if any of these bytes, each all ones or zeros, is all ones. (`v128.any_true` becomes three instructions more.) */
// @ts-ignore: decorator
@inline function anyOf(a: v128, b: v128, c: v128, d: v128): u32 {
  return <u32> i8x16.bitmask(v128.or(v128.or(a, b), v128.or(c, d)));
}

// How many of a list are written before the next question decides more than how much is written: a loop that goes round one time more or
// less than the last one makes the processor start over. So these numbers are measured, each by itself, on files with and without quotes.

/** Append which bit of `mask` each bit of `lines` is, counted from `first`. */
// @ts-ignore: decorator
@inline function listOrdinals(to: usize, lines: u64, mask: u64, first: u32): usize {
  const count = <usize> popcnt(lines);
  let bits = lines;
  let out = to;
  do {
    store<u32>(out, first + <u32> popcnt(mask & ((bits & (0 - bits)) - 1)));
    bits &= bits - 1;
    out += 4;
  } while (bits);
  return to + (count << 2);
}

/** Times an u32: that in both halves of an u64. */
const TWICE: u64 = 0x0000000100000001;

/** Store the addresses of the two lowest bits in one go; of fewer, junk that the next call or END writes over. The other bits. */
// @ts-ignore: decorator
@inline function listTwo(to: usize, bits: u64, bases: u64): u64 {
  const others = bits & (bits - 1);
  store<u64>(to, bases + (ctz(bits) | (ctz(others) << 32)));
  return others & (others - 1);
}

/** Append the address of each bit; twelve at a time without a question, because most masks have fewer. */
// @ts-ignore: decorator
@inline function list(to: usize, mask: u64, base: u32): usize {
  const count = <usize> popcnt(mask);
  const bases = <u64> base * TWICE;
  let bits = mask;
  let out = to;
  do {
    bits = listTwo(out, bits, bases);
    bits = listTwo(out + 8, bits, bases);
    bits = listTwo(out + 16, bits, bases);
    bits = listTwo(out + 24, bits, bases);
    bits = listTwo(out + 32, bits, bases);
    bits = listTwo(out + 40, bits, bases);
    out += 48;
  } while (bits);
  return to + (count << 2);
}

/** The same for masks of which most have few bits. */
// @ts-ignore: decorator
@inline function listFew(to: usize, mask: u64, base: u32): usize {
  const count = <usize> popcnt(mask);
  const bases = <u64> base * TWICE;
  let bits = mask;
  let out = to;
  do {
    bits = listTwo(out, bits, bases);
    out += 8;
  } while (bits);
  return to + (count << 2);
}

/** The same for masks of which most have one bit or none. */
// @ts-ignore: decorator
@inline function listRare(to: usize, mask: u64, base: u32): usize {
  const count = <usize> popcnt(mask);
  let bits = mask;
  let out = to;
  do {
    store<u32>(out, base + <u32> ctz(bits));
    bits &= bits - 1;
    out += 4;
  } while (bits);
  return to + (count << 2);
}
