/** UTF-8 as WHATWG reads it: no surrogates, no overlong forms, nothing above U+10FFFF. */

/** A byte order mark in mid-text is text, so it stays. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** The text of valid UTF-8 bytes. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return decoder.decode(bytes.subarray(start, end));
}

export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Length of the valid sequence that begins at `at` and lies before `end`; 0 if there is none. */
export function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at];
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  if (first < 0xe0) return at + 1 < end && isContinuation(bytes[at + 1]) ? 2 : 0;
  if (at + 1 >= end) return 0;
  const second = bytes[at + 1];
  if (!isSecond(first, second)) return 0;
  if (at + 2 >= end || !isContinuation(bytes[at + 2])) return 0;
  if (first < 0xf0) return 3;
  return at + 3 < end && isContinuation(bytes[at + 3]) ? 4 : 0;
}

/** Whether the bytes in [start, end) are valid UTF-8. */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  while (start < end) {
    if (bytes[start] < 0x80) {
      start++;
      continue;
    }
    const length = sequenceLength(bytes, start, end);
    if (length === 0) return false;
    start += length;
  }
  return true;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** Whether the second byte of three or four keeps the character out of overlong forms, surrogates and beyond Unicode. */
function isSecond(first: number, second: number): boolean {
  switch (first) {
    case 0xe0:
      return second >= 0xa0 && second <= 0xbf;
    case 0xed:
      return second >= 0x80 && second <= 0x9f;
    case 0xf0:
      return second >= 0x90 && second <= 0xbf;
    case 0xf4:
      return second >= 0x80 && second <= 0x8f;
    default:
      return isContinuation(second);
  }
}
