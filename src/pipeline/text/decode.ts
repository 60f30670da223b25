/**
 * Bytes of any encoding to UTF-8, in chunks of any size, with constant memory.
 *
 * What isn't valid stays visible: a lone surrogate becomes the three bytes that UTF-8 would have for it and mustn't, a
 * last odd byte becomes FF. The parser knows neither, so their record is `bad-encoding`, as in a file that is UTF-8.
 * A byte order mark becomes that of UTF-8, which the parser drops.
 */
import type { Encoding } from "../../domain/dialect.ts";

export interface Decoder {
  /** The next bytes as UTF-8; valid until the next call. */
  decode(chunk: Uint8Array): Uint8Array;
  /** What is left once no byte follows. */
  end(): Uint8Array;
}

/** A decoder at the beginning of a file. */
export function decoderOf(encoding: Encoding): Decoder {
  switch (encoding) {
    case "utf-8":
      return PASS;
    case "utf-16le":
      return new Utf16Decoder(0);
    case "utf-16be":
      return new Utf16Decoder(1);
    case "windows-1252":
      return new Windows1252Decoder();
  }
}

const NOTHING = new Uint8Array(0);
const PASS: Decoder = { decode: (chunk) => chunk, end: () => NOTHING };
/** A byte that no UTF-8 has. */
const INVALID = Uint8Array.of(0xff);
/** Of one unit of 16 bits; a pair of them takes four together. */
const UTF8_BYTES_MAX = 3;

class Utf16Decoder implements Decoder {
  /** Whether the high byte of a unit comes first: 1, else 0. */
  readonly #highFirst: 0 | 1;
  #buffer = NOTHING;
  /** The first byte of a unit whose second hasn't come, else -1. */
  #half = -1;
  /** A high surrogate whose low one hasn't come, else 0. */
  #high = 0;
  #length = 0;

  constructor(highFirst: 0 | 1) {
    this.#highFirst = highFirst;
  }

  decode(chunk: Uint8Array): Uint8Array {
    this.#begin((chunk.length >> 1) + 2);
    let at = 0;
    if (this.#half >= 0 && chunk.length > 0) {
      this.#unit(this.#half, chunk[at++]);
      this.#half = -1;
    }
    for (; at + 1 < chunk.length; at += 2) this.#unit(chunk[at], chunk[at + 1]);
    if (at < chunk.length) this.#half = chunk[at];
    return this.#buffer.subarray(0, this.#length);
  }

  end(): Uint8Array {
    this.#begin(2);
    this.#endSurrogate();
    if (this.#half >= 0) this.#buffer[this.#length++] = INVALID[0];
    this.#half = -1;
    return this.#buffer.subarray(0, this.#length);
  }

  #begin(units: number): void {
    this.#length = 0;
    const bytes = units * UTF8_BYTES_MAX;
    if (this.#buffer.length < bytes) this.#buffer = new Uint8Array(bytes);
  }

  #unit(first: number, second: number): void {
    const unit = this.#highFirst === 1 ? first << 8 | second : second << 8 | first;
    if (unit < 0x80 && this.#high === 0) {
      this.#buffer[this.#length++] = unit;
      return;
    }
    if ((unit & 0xfc00) === 0xdc00 && this.#high !== 0) {
      const point = 0x10000 + ((this.#high & 0x3ff) << 10 | unit & 0x3ff);
      this.#high = 0;
      this.#length = writeUtf8(this.#buffer, this.#length, point);
      return;
    }
    this.#endSurrogate();
    if ((unit & 0xfc00) === 0xd800) this.#high = unit;
    else this.#length = writeUtf8(this.#buffer, this.#length, unit);
  }

  /** A high surrogate without a low one behind it stands as it is. */
  #endSurrogate(): void {
    if (this.#high !== 0) this.#length = writeUtf8(this.#buffer, this.#length, this.#high);
    this.#high = 0;
  }
}

/** What 80 to 9F mean in Windows-1252, after WHATWG; those that mean nothing are control characters, as in Latin-1. */
const C1 = [
  ...[0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021],
  ...[0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d, 0x8f],
  ...[0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014],
  ...[0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d, 0x017e, 0x0178],
];

class Windows1252Decoder implements Decoder {
  #buffer = NOTHING;

  decode(chunk: Uint8Array): Uint8Array {
    const bytes = chunk.length * UTF8_BYTES_MAX;
    if (this.#buffer.length < bytes) this.#buffer = new Uint8Array(bytes);
    const buffer = this.#buffer;
    let length = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte < 0x80) buffer[length++] = byte;
      else length = writeUtf8(buffer, length, byte < 0xa0 ? C1[byte - 0x80] : byte);
    }
    return buffer.subarray(0, length);
  }

  end(): Uint8Array {
    return NOTHING;
  }
}

/** Write a code point, a surrogate too; where the next one goes. */
function writeUtf8(to: Uint8Array, at: number, point: number): number {
  if (point < 0x80) {
    to[at++] = point;
  } else if (point < 0x800) {
    to[at++] = 0xc0 | point >> 6;
    to[at++] = 0x80 | point & 0x3f;
  } else if (point < 0x10000) {
    to[at++] = 0xe0 | point >> 12;
    to[at++] = 0x80 | point >> 6 & 0x3f;
    to[at++] = 0x80 | point & 0x3f;
  } else {
    to[at++] = 0xf0 | point >> 18;
    to[at++] = 0x80 | point >> 12 & 0x3f;
    to[at++] = 0x80 | point >> 6 & 0x3f;
    to[at++] = 0x80 | point & 0x3f;
  }
  return at;
}
