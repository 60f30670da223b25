// UTF-8 and white space, as `../../text/utf8.ts` and `../../text/white_space.ts` define them: change both, or records that the
// kernel takes are judged by other rules than those that it hands over.

import { UTF8_TABLES } from "./layout";

// UTF-8 is validated as John Keiser and Daniel Lemire do it ("Validating UTF-8 In Less Than One Instruction Per Byte", 2021): the high half of a byte, its low
// half, and the high half of the byte behind it are looked up in a table each, which says what might be wrong with the two; what all three say is wrong. Left are
// two bytes that both continue something: the second has to be where a first byte two or three before asks for a third or fourth one.

/** What may be wrong with two bytes, a bit each. */
const TOO_SHORT: u8 = 1; // a first byte is missing its second
const TOO_LONG: u8 = 2; // a second byte behind ASCII
const OVERLONG_3: u8 = 4;
const TOO_LARGE: u8 = 8;
const SURROGATE: u8 = 16;
const OVERLONG_2: u8 = 32;
const OVERLONG_4_OR_TOO_LARGE: u8 = 64;
const TWO_CONTINUATIONS: u8 = 128; // two bytes that continue something: wrong, or a third or fourth one
/** Wrong whatever the other four bits of the first are. */
const ANY: u8 = TOO_SHORT | TOO_LONG | TWO_CONTINUATIONS;

const FIRST_HIGH: usize = UTF8_TABLES;
const FIRST_LOW: usize = UTF8_TABLES + 16;
const SECOND_HIGH: usize = UTF8_TABLES + 32;
/** What the last three bytes of a block may be at most, if nothing is to follow them; of the others, anything. */
const LAST_MAX: usize = UTF8_TABLES + 48;

for (let bits: usize = 0; bits < 16; bits++) {
  let high: u8 = bits < 8 ? TOO_LONG : bits < 12 ? TWO_CONTINUATIONS : TOO_SHORT;
  if (bits == 12) high |= OVERLONG_2;
  if (bits == 14) high |= OVERLONG_3 | SURROGATE;
  if (bits == 15) high |= TOO_LARGE | OVERLONG_4_OR_TOO_LARGE;
  store<u8>(FIRST_HIGH + bits, high);
  let low = ANY;
  if (bits == 0) low |= OVERLONG_3 | OVERLONG_4_OR_TOO_LARGE;
  if (bits < 2) low |= OVERLONG_2;
  if (bits >= 4) low |= TOO_LARGE;
  if (bits >= 5) low |= OVERLONG_4_OR_TOO_LARGE;
  if (bits == 13) low |= SURROGATE;
  store<u8>(FIRST_LOW + bits, low);
  let second = TOO_SHORT;
  if (bits >= 8 && bits < 12) second = TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS;
  if (bits == 8) second |= OVERLONG_3 | OVERLONG_4_OR_TOO_LARGE;
  if (bits == 9) second |= OVERLONG_3 | TOO_LARGE;
  if (bits == 10 || bits == 11) second |= SURROGATE | TOO_LARGE;
  store<u8>(SECOND_HIGH + bits, second);
  store<u8>(LAST_MAX + bits, bits == 15 ? 0xbf : bits == 14 ? 0xdf : bits == 13 ? 0xef : 0xff);
}

/** Whether all bytes in [start, end) are valid UTF-8. Up to sixteen behind them are read. */
export function isUtf8(start: usize, end: usize): bool {
  const firstHigh = v128.load(FIRST_HIGH);
  const firstLow = v128.load(FIRST_LOW);
  const secondHigh = v128.load(SECOND_HIGH);
  const lastMax = v128.load(LAST_MAX);
  const lowBits = i8x16.splat(0x0f);
  let before = i8x16.splat(0);
  let wrong = before;
  // Bytes behind the end count as zeros, and there is at least one: so a character that is cut off there is found wrong.
  for (let at = start; at <= end; at += 16) {
    let bytes = v128.load(at);
    if (at + 16 > end) bytes = v128.and(bytes, firstLanes(end - at));
    if (i8x16.bitmask(bytes) == 0) wrong = v128.or(wrong, v128.sub_sat<u8>(before, lastMax));
    else {
      const one = v128.shuffle<u8>(before, bytes, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
      const two = v128.shuffle<u8>(before, bytes, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
      const three = v128.shuffle<u8>(before, bytes, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
      const pairs = v128.and(
        v128.and(v128.swizzle(firstHigh, i8x16.shr_u(one, 4)), v128.swizzle(firstLow, v128.and(one, lowBits))),
        v128.swizzle(secondHigh, i8x16.shr_u(bytes, 4)),
      );
      // The highest bit: whether this has to be a third or fourth byte.
      const asked = v128.or(
        v128.sub_sat<u8>(two, i8x16.splat(<i8> (0xe0 - 0x80))),
        v128.sub_sat<u8>(three, i8x16.splat(<i8> (0xf0 - 0x80))),
      );
      wrong = v128.or(wrong, v128.xor(pairs, v128.and(asked, i8x16.splat(<i8> 0x80))));
    }
    before = bytes;
  }
  return !v128.any_true(wrong);
}

/** Ones in so many lanes, zeros in the others. */
// @ts-ignore: decorator
@inline function firstLanes(count: usize): v128 {
  return i8x16.lt_u(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<i8> count));
}

/** Where the valid UTF-8 in [start, end) begins once trimmed. */
// @ts-ignore: decorator
@inline export function trimmedStart(start: usize, end: usize): usize {
  if (start < end && isInk(load<u8>(start))) return start;
  return passWhiteSpace(start, end);
}

/** Where the valid UTF-8 in [start, end) ends once trimmed; `start` is already. */
// @ts-ignore: decorator
@inline export function trimmedEnd(start: usize, end: usize): usize {
  if (start < end && isInk(load<u8>(end - 1))) return end;
  return dropWhiteSpace(start, end);
}

/** Whether the valid UTF-8 in [start, end) has no white space around it. */
export function isTrimmed(start: usize, end: usize): bool {
  return trimmedStart(start, end) == start && trimmedEnd(start, end) == end;
}

/** ASCII, and no white space. (The control characters below 0x20 that are none either are too rare to matter.) */
// @ts-ignore: decorator
@inline export function isInk(byte: u32): bool {
  return byte - 0x21 < 0x5f;
}

function passWhiteSpace(start: usize, end: usize): usize {
  while (start < end) {
    const byte: u32 = load<u8>(start);
    if (byte < 0x80) {
      if (!isAsciiWhiteSpace(byte)) return start;
      start++;
    } else if (byte == 0xc2) {
      if (start + 1 >= end || load<u8>(start, 1) != 0xa0) return start;
      start += 2;
    } else {
      if (start + 2 >= end || !isWide(start)) return start;
      start += 3;
    }
  }
  return end;
}

function dropWhiteSpace(start: usize, end: usize): usize {
  while (end > start) {
    const last: u32 = load<u8>(end - 1);
    if (last < 0x80) {
      if (!isAsciiWhiteSpace(last)) return end;
      end--;
    } else if (last == 0xa0 && end - start >= 2 && load<u8>(end - 2) == 0xc2) {
      end -= 2;
    } else {
      if (end - start < 3 || !isWide(end - 3)) return end;
      end -= 3;
    }
  }
  return start;
}

// @ts-ignore: decorator
@inline function isAsciiWhiteSpace(byte: u32): bool {
  return byte == 0x20 || byte - 0x09 < 5;
}

/** Whether the three bytes at `at` are a white space character. */
function isWide(at: usize): bool {
  const b: u32 = load<u8>(at, 1);
  const c: u32 = load<u8>(at, 2);
  switch (load<u8>(at)) {
    case 0xe1:
      return b == 0x9a && c == 0x80;
    case 0xe2:
      if (b == 0x81) return c == 0x9f;
      return b == 0x80 && ((c >= 0x80 && c <= 0x8a) || c == 0xa8 || c == 0xa9 || c == 0xaf);
    case 0xe3:
      return b == 0x80 && c == 0x80;
    case 0xef:
      return b == 0xbb && c == 0xbf;
    default:
      return false;
  }
}
