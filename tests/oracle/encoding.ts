/** UTF-8 as WHATWG has it, byte by byte: semantics.md section 1, "Encoding". */

/** Bytes of the valid UTF-8 sequence that begins at `at`; 0 if none does (Unicode, table 3-7). */
export function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  const within = (index: number, low: number, high: number) =>
    index < bytes.length && bytes[index] >= low && bytes[index] <= high;
  const continues = (index: number) => within(index, 0x80, 0xbf);

  if (first <= 0x7f) return 1;
  if (first >= 0xc2 && first <= 0xdf) return continues(at + 1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const low = first === 0xe0 ? 0xa0 : 0x80; // no overlong forms
    const high = first === 0xed ? 0x9f : 0xbf; // no surrogates
    return within(at + 1, low, high) && continues(at + 2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const low = first === 0xf0 ? 0x90 : 0x80; // no overlong forms
    const high = first === 0xf4 ? 0x8f : 0xbf; // nothing above U+10FFFF
    return within(at + 1, low, high) && continues(at + 2) && continues(at + 3) ? 4 : 0;
  }
  return 0; // a continuation byte, C0, C1 or F5 to FF: never the beginning of a sequence
}

/** The text of the bytes; null if a byte of them isn't valid UTF-8. A byte order mark is text. */
export function decode(bytes: Uint8Array): string | null {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return null;
    text += character(bytes.subarray(at, at + length));
    at += length;
  }
  return text;
}

/** The text of the bytes, each byte that belongs to no valid sequence as `\xHH`. */
export function decodeEscaped(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      text += "\\x" + bytes[at].toString(16).toUpperCase().padStart(2, "0");
      at += 1;
    } else {
      text += character(bytes.subarray(at, at + length));
      at += length;
    }
  }
  return text;
}

/** How many of the first `most` bytes to keep, so that the end doesn't cut a valid sequence in two. */
export function wholeCharacters(bytes: Uint8Array, most: number): number {
  let at = 0;
  while (at < most) {
    const length = Math.max(1, sequenceLength(bytes, at));
    if (at + length > most) break;
    at += length;
  }
  return at;
}

/** The character of one valid sequence. */
function character(sequence: Uint8Array): string {
  if (sequence.length === 1) return String.fromCharCode(sequence[0]);
  const [first, ...rest] = sequence;
  const lead = [0, 0x7f, 0x1f, 0x0f, 0x07][sequence.length];
  return String.fromCodePoint(
    rest.reduce((point, byte) => point * 64 + (byte & 0x3f), first & lead),
  );
}
