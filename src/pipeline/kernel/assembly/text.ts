// UTF-8 and white space, as `../../text/utf8.ts` and `../../text/white_space.ts` define them: change both, or records that the
// kernel takes are judged by other rules than those that it hands over.

/** Whether all bytes in [start, end) are valid UTF-8. */
export function isUtf8(start: usize, end: usize): bool {
  let at = start;
  while (at < end) {
    if (at + 16 <= end && !i8x16.bitmask(v128.load(at))) {
      at += 16;
      continue;
    }
    const first = load<u8>(at);
    if (first < 0x80) {
      at++;
      continue;
    }
    const length = sequenceLength(at, end, first);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

function sequenceLength(at: usize, end: usize, first: u32): usize {
  if (first < 0xc2 || first > 0xf4) return 0;
  if (first < 0xe0) return at + 1 < end && isContinuation(load<u8>(at, 1)) ? 2 : 0;
  if (at + 2 >= end) return 0;
  const second: u32 = load<u8>(at, 1);
  let least: u32 = 0x80;
  let most: u32 = 0xbf;
  if (first == 0xe0) least = 0xa0;
  else if (first == 0xed) most = 0x9f;
  else if (first == 0xf0) least = 0x90;
  else if (first == 0xf4) most = 0x8f;
  if (second < least || second > most || !isContinuation(load<u8>(at, 2))) return 0;
  if (first < 0xf0) return 3;
  return at + 3 < end && isContinuation(load<u8>(at, 3)) ? 4 : 0;
}

// @ts-ignore: decorator
@inline function isContinuation(byte: u32): bool {
  return (byte & 0xc0) == 0x80;
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
