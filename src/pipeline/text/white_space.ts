/**
 * ECMAScript's `trim()` on UTF-8 bytes, so that no cell has to become a string first.
 *
 * White space is what `trim()` removes: TAB, VT, FF, space, NBSP, the byte order mark, all of Unicode's Space_Separator,
 * and the line ends LF, CR, U+2028, U+2029. A test compares this file with `trim()` for every code point.
 */

/** Length in bytes of the white space character that begins at `at`; 0 if none does before `end`. */
export function whiteSpaceLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at];
  if (first < 0x80) return isAsciiWhiteSpace(first) ? 1 : 0;
  if (first === 0xc2) return at + 1 < end && bytes[at + 1] === 0xa0 ? 2 : 0;
  return at + 2 < end && isWideWhiteSpace(first, bytes[at + 1], bytes[at + 2]) ? 3 : 0;
}

/** Where the text in [start, end) begins once trimmed; `end` if nothing is left. */
export function trimmedStart(bytes: Uint8Array, start: number, end: number): number {
  while (start < end) {
    const byte = bytes[start];
    if (byte > 0x20 && byte < 0x80) return start;
    const length = whiteSpaceLength(bytes, start, end);
    if (length === 0) return start;
    start += length;
  }
  return end;
}

/** Where the text in [start, end) ends once trimmed; `start` if nothing is left. */
export function trimmedEnd(bytes: Uint8Array, start: number, end: number): number {
  while (end > start) {
    const byte = bytes[end - 1];
    if (byte > 0x20 && byte < 0x80) return end;
    const length = lastWhiteSpaceLength(bytes, start, end);
    if (length === 0) return end;
    end -= length;
  }
  return start;
}

/** Length of the white space character that ends at `end`. */
function lastWhiteSpaceLength(bytes: Uint8Array, start: number, end: number): number {
  const last = bytes[end - 1];
  if (last < 0x80) return isAsciiWhiteSpace(last) ? 1 : 0;
  if (end - 2 >= start && bytes[end - 2] === 0xc2 && last === 0xa0) return 2;
  return end - 3 >= start && isWideWhiteSpace(bytes[end - 3], bytes[end - 2], last) ? 3 : 0;
}

function isAsciiWhiteSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/** White space of three bytes. */
function isWideWhiteSpace(a: number, b: number, c: number): boolean {
  switch (a) {
    case 0xe1:
      return b === 0x9a && c === 0x80; // U+1680
    case 0xe2:
      if (b === 0x81) return c === 0x9f; // U+205F
      // U+2000 to U+200A, U+2028, U+2029, U+202F
      return b === 0x80 && ((c >= 0x80 && c <= 0x8a) || c === 0xa8 || c === 0xa9 || c === 0xaf);
    case 0xe3:
      return b === 0x80 && c === 0x80; // U+3000
    case 0xef:
      return b === 0xbb && c === 0xbf; // U+FEFF
    default:
      return false;
  }
}
