// Stage 1, structure: where cells and records end, and which of them have quotes.
//
// 64 bytes at a time become one bit mask per kind of byte, and the masks become lists of addresses. Where there are quotes, a running
// exclusive or of their mask tells which bytes stand inside: what is listed as a separator is one.
//
// The index begins at a record, outside quotes, and holds as long as each quote opens a cell, closes one, is doubled in one that is quoted, or
// stands somewhere in a cell without quotes, where it is text. In front of a record in which a closing quote is followed by anything but the end of
// its cell the lists end, and `isBroken` says so.
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
/** Whether it holds carriage returns. */
export let hasReturns: bool = false;
/** Where the index begins, and where it ends. */
export let indexStart: usize = 0;
export let indexEnd: usize = 0;
/** Where the list of line feeds in quotes ends. */
export let innerEnd: usize = INNER_LINES;

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
  let allReturns: u64 = 0;
  isBroken = false;
  for (let at = from; at < to; at += 64) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    let lineMask = maskOf(a, b, c, d, lf);
    let mask = maskOf(a, b, c, d, delimiter) | lineMask;
    const left = to - at;
    const within: u64 = left < 64 ? ((<u64> 1) << left) - 1 : ~(<u64> 0);
    lineMask &= within;
    mask &= within;
    if (left >= 64) highBits = v128.or(highBits, v128.or(v128.or(a, b), v128.or(c, d)));
    else if (!isAscii(at, to)) highBits = i64x2.splat(-1);

    let quotes: u64 = 0;
    let returns: u64 = 0;
    let lone: u64 = 0; // of these, those without a line feed
    if (
      v128.any_true(v128.or(
        v128.or(either(a, quote, cr), either(b, quote, cr)),
        v128.or(either(c, quote, cr), either(d, quote, cr)),
      ))
    ) {
      quotes = maskOf(a, b, c, d, quote) & within;
      returns = maskOf(a, b, c, d, cr) & within;
      allReturns |= returns;
      // The byte after the last one is looked at in memory: at the very end of the index it may be anything, and then
      // a return that is listed without need only makes its record an odd one.
      lone = returns & ~((lineMask >>> 1) | ((<u64> (at + 64 < to && load<u8>(at, 64) == LF)) << 63));
    }
    if ((quotes | lone | isInside | hasClosed) != 0) {
      let literals: u64 = 0;
      let inside: u64 = 0;
      let opening: u64 = 0;
      let closing: u64 = 0;
      let sound = within;
      for (;;) {
        inside = runningXor(quotes) ^ isInside;
        opening = quotes & inside;
        closing = quotes & ~inside;
        const edges = (mask & ~inside) | closing;
        const stray = opening & ~((edges << 1) | wasEdge);
        const wrong = ((closing << 1) | hasClosed) & ~((mask | returns) & ~inside | opening) & within;
        if ((stray | wrong) == 0) {
          wasEdge = edges >>> 63;
          break;
        }
        const first = (stray | wrong) & (0 - (stray | wrong));
        if (wrong & first) {
          isBroken = true;
          sound = first - 1;
          break;
        }
        // A quote within a cell without quotes is text.
        quotes ^= first;
        literals |= first;
      }
      hasClosed = closing >>> 63;
      isInside = <u64> (<i64> inside >> 63);
      special = listFew(special, (opening | literals | lone) & sound, <u32> at);
      inner = listRare(inner, lineMask & inside & sound, <u32> at);
      mask &= ~inside & sound;
      lineMask &= ~inside & sound;
      line = listOrdinals(line, lineMask, mask, <u32> ((separator - SEPARATORS) >>> 2));
      separator = listFew(separator, mask, <u32> at);
      if (isBroken) break;
    } else {
      wasEdge = mask >>> 63;
      line = listOrdinals(line, lineMask, mask, <u32> ((separator - SEPARATORS) >>> 2));
      separator = list(separator, mask, <u32> at);
    }
  }
  store<u32>(separator, END);
  store<u32>(line, <u32> ((separator - SEPARATORS) >>> 2)); // of which the address is END
  store<u32>(special, END);
  store<u32>(inner, END);
  hasReturns = allReturns != 0;
  indexStart = from;
  indexEnd = to;
  innerEnd = inner;
  isDoubtful = false;
  if (i8x16.bitmask(highBits)) {
    // Up to the last line end: what follows may be cut in mid-character, and no whole record lies there.
    const last = line == LINES ? from : separatorAt(load<u32>(line - 4));
    isDoubtful = !isUtf8(from, last);
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

// @ts-ignore: decorator
@inline function maskOf(a: v128, b: v128, c: v128, d: v128, byte: v128): u64 {
  return <u64> <u32> i8x16.bitmask(i8x16.eq(a, byte)) |
    (<u64> <u32> i8x16.bitmask(i8x16.eq(b, byte)) << 16) |
    (<u64> <u32> i8x16.bitmask(i8x16.eq(c, byte)) << 32) |
    (<u64> <u32> i8x16.bitmask(i8x16.eq(d, byte)) << 48);
}

// @ts-ignore: decorator
@inline function either(bytes: v128, one: v128, other: v128): v128 {
  return v128.or(i8x16.eq(bytes, one), i8x16.eq(bytes, other));
}

function isAscii(start: usize, end: usize): bool {
  for (let at = start; at < end; at++) if (load<u8>(at) >= 0x80) return false;
  return true;
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

/** Append the address of each bit; twelve at a time without a question, because most masks have fewer. */
// @ts-ignore: decorator
@inline function list(to: usize, mask: u64, base: u32): usize {
  const count = <usize> popcnt(mask);
  let bits = mask;
  let out = to;
  do {
    store<u32>(out, base + <u32> ctz(bits));
    bits &= bits - 1;
    store<u32>(out, base + <u32> ctz(bits), 4);
    bits &= bits - 1;
    store<u32>(out, base + <u32> ctz(bits), 8);
    bits &= bits - 1;
    store<u32>(out, base + <u32> ctz(bits), 12);
    bits &= bits - 1;
    store<u32>(out, base + <u32> ctz(bits), 16);
    bits &= bits - 1;
    store<u32>(out, base + <u32> ctz(bits), 20);
    bits &= bits - 1;
    store<u32>(out, base + <u32> ctz(bits), 24);
    bits &= bits - 1;
    store<u32>(out, base + <u32> ctz(bits), 28);
    bits &= bits - 1;
    store<u32>(out, base + <u32> ctz(bits), 32);
    bits &= bits - 1;
    store<u32>(out, base + <u32> ctz(bits), 36);
    bits &= bits - 1;
    store<u32>(out, base + <u32> ctz(bits), 40);
    bits &= bits - 1;
    store<u32>(out, base + <u32> ctz(bits), 44);
    bits &= bits - 1;
    out += 48;
  } while (bits);
  return to + (count << 2);
}

/** The same for masks of which most have few bits. */
// @ts-ignore: decorator
@inline function listFew(to: usize, mask: u64, base: u32): usize {
  const count = <usize> popcnt(mask);
  let bits = mask;
  let out = to;
  do {
    store<u32>(out, base + <u32> ctz(bits));
    bits &= bits - 1;
    store<u32>(out, base + <u32> ctz(bits), 4);
    bits &= bits - 1;
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
