// Text of other encodings to UTF-8, as `../../text/decode.ts` defines it: change both.

import { SINGLE_BYTES, Status } from "./layout";

/** Bits of an entry of SINGLE_BYTES that say how many bytes of UTF-8 it holds. */
const LENGTH_SHIFT: u32 = 24;

/**
 * Write the bytes in [from, fromEnd) as UTF-8 to [to, toEnd), a character for each byte: ASCII, or what SINGLE_BYTES has for it. Where the first one stands
 * for which there was no room.
 */
export function transcodeBytes(from: usize, fromEnd: usize, to: usize, toEnd: usize): usize {
  const begin = to;
  while (from < fromEnd) {
    if (from + 16 <= fromEnd && to + 16 <= toEnd) {
      const bytes = v128.load(from);
      v128.store(to, bytes); // what isn't ASCII is written over
      const others = <u32> i8x16.bitmask(bytes);
      const ascii: usize = others == 0 ? 16 : <usize> ctz(others);
      from += ascii;
      to += ascii;
      if (others == 0) continue;
    }
    const byte: u32 = load<u8>(from);
    if (byte < 0x80) {
      if (to == toEnd) break;
      store<u8>(to++, <u8> byte);
    } else {
      const entry = load<u32>(SINGLE_BYTES + (<usize> (byte - 0x80) << 2));
      const length: usize = entry >> LENGTH_SHIFT;
      if (to + length > toEnd) break;
      if (to + 4 <= toEnd) store<u32>(to, entry); // what isn't its own is written over
      else for (let i: usize = 0; i < length; i++) store<u8>(to + i, <u8> (entry >> (<u32> i << 3)));
      to += length;
    }
    from++;
  }
  store<u32>(Status.TRANSCODED, <u32> (to - begin));
  return from;
}

/**
 * The same of units of 16 bits, of which two may be a character: a surrogate without its other half is written as the three bytes that no UTF-8 has. A character
 * of which the end is missing stays where it is, unless nothing follows: then a last odd byte becomes FF.
 */
export function transcodeUnits(
  from: usize,
  fromEnd: usize,
  to: usize,
  toEnd: usize,
  isHighFirst: bool,
  isLast: bool,
): usize {
  const begin = to;
  const lowFirst = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const order = isHighFirst ? i8x16(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14) : lowFirst;
  while (from + 2 <= fromEnd) {
    if (from + 32 <= fromEnd && to + 16 <= toEnd) {
      const first = v128.swizzle(v128.load(from), order);
      const second = v128.swizzle(v128.load(from, 16), order);
      v128.store(to, v128.narrow<i16>(first, second)); // as above
      const others = <u32> i8x16.bitmask(v128.narrow<i16>(notAscii(first), notAscii(second)));
      const ascii: usize = others == 0 ? 16 : <usize> ctz(others);
      from += ascii << 1;
      to += ascii;
      if (others == 0) continue;
    }
    let point = unitAt(from, isHighFirst);
    let units: usize = 1;
    if ((point & 0xfc00) == 0xd800) {
      if (from + 4 <= fromEnd) {
        const low = unitAt(from + 2, isHighFirst);
        if ((low & 0xfc00) == 0xdc00) {
          point = 0x10000 + ((point & 0x3ff) << 10 | (low & 0x3ff));
          units = 2;
        }
      } else if (!isLast) break;
    }
    const length = utf8Length(point);
    if (to + length > toEnd) break;
    writeUtf8(to, point, length);
    to += length;
    from += units << 1;
  }
  if (isLast && from + 1 == fromEnd && to < toEnd) {
    store<u8>(to++, 0xff);
    from++;
  }
  store<u32>(Status.TRANSCODED, <u32> (to - begin));
  return from;
}

/** Ones in all lanes that aren't ASCII. */
// @ts-ignore: decorator
@inline function notAscii(units: v128): v128 {
  return i16x8.gt_u(units, i16x8.splat(0x7f));
}

// @ts-ignore: decorator
@inline function unitAt(at: usize, isHighFirst: bool): u32 {
  const unit = load<u16>(at);
  return isHighFirst ? <u32> bswap<u16>(unit) : <u32> unit;
}

// @ts-ignore: decorator
@inline function utf8Length(point: u32): usize {
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

/** Write a code point, a surrogate too. */
function writeUtf8(to: usize, point: u32, length: usize): void {
  if (length == 1) {
    store<u8>(to, <u8> point);
    return;
  }
  for (let i = length - 1; i > 0; i--) {
    store<u8>(to + i, <u8> (0x80 | (point & 0x3f)));
    point >>= 6;
  }
  const mark: u32 = length == 2 ? 0xc0 : length == 3 ? 0xe0 : 0xf0;
  store<u8>(to, <u8> (mark | point));
}
