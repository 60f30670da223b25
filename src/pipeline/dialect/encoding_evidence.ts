/**
 * Which encoding the first bytes of a file speak for.
 *
 * Strict UTF-8 comes first: it is hard to be valid by accident. UTF-16 shows by its byte order mark, or by a NUL in every
 * second byte of the labels. Windows-1252 is what is left when nothing above ASCII is a character of UTF-8 and nothing is
 * undefined in Windows-1252. A file with both, valid characters and invalid bytes, is UTF-8 with faults.
 *
 * Where everything else about a file is plain, that is too little to leave UTF-8: one damaged byte would turn a row that
 * must be rejected into one with a wrong letter. Then the bytes must also look like words (`isInWords`).
 */
import { isAscii } from "node:buffer";
import type { Encoding } from "../../domain/dialect.ts";
import { sequenceLength } from "../text/utf8.ts";

/** The labels of a header are within this, and their letters are ASCII for the most part. */
const LABEL_BYTES = 256;
const LETTERS_BELOW_C0 = [0x8a, 0x8c, 0x8e, 0x9a, 0x9c, 0x9e, 0x9f];
const UNDEFINED_IN_WINDOWS_1252 = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

/** Push the first bytes of a file in chunks of any size, then ask. */
export class EncodingEvidence {
  readonly #head = new Uint8Array(LABEL_BYTES);
  #headLength = 0;
  /** The beginning of a character whose rest hasn't come. */
  #carry = new Uint8Array(0);
  #characters = 0;
  #invalid = 0;
  #undefined = 0;
  /** Bytes above ASCII that would be letters of Windows-1252 beside an ASCII letter: `K\xF6ln`. */
  #lettersInWords = 0;
  #afterLetter = false;
  /** The byte before was such a letter at the beginning of a word, so far. */
  #mayBeginWord = false;

  push(chunk: Uint8Array): void {
    const head = chunk.subarray(0, LABEL_BYTES - this.#headLength);
    this.#head.set(head, this.#headLength);
    this.#headLength += head.length;
    let bytes = chunk;
    if (this.#carry.length > 0) {
      bytes = new Uint8Array(this.#carry.length + chunk.length);
      bytes.set(this.#carry);
      bytes.set(chunk, this.#carry.length);
    }
    const end = bytes.length;
    // Once for a chunk: asked for each run of a text with accents, it would read the rest again and again.
    const isAllAscii = isAscii(bytes);
    let at = 0;
    while (at < end) {
      if (bytes[at] < 0x80) {
        at = this.#passAscii(bytes, at, end, isAllAscii);
        continue;
      }
      if (at + lengthOf(bytes[at]) > end) break;
      at += this.#take(bytes, at, end);
    }
    this.#carry = bytes.slice(at);
  }

  /** Say that no byte follows. */
  end(): void {
    for (let at = 0; at < this.#carry.length;) {
      at += this.#take(this.#carry, at, this.#carry.length);
    }
    this.#carry = new Uint8Array(0);
  }

  /** What the bytes so far speak for. */
  get encoding(): Encoding {
    const head = this.#head.subarray(0, this.#headLength);
    if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
    if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
    const utf16 = utf16Without(head);
    if (utf16 !== null) return utf16;
    const isOther = this.#invalid > 0 && this.#characters === 0 && this.#undefined === 0;
    return isOther ? "windows-1252" : "utf-8";
  }

  /**
   * Whether the bytes that aren't UTF-8 are accents in words of Windows-1252: at least two, and no fewer than there are
   * other bytes above ASCII.
   */
  get isInWords(): boolean {
    return this.encoding === "windows-1252" && this.#lettersInWords >= 2 &&
      2 * this.#lettersInWords >= this.#invalid;
  }

  /** Only the first and the last byte of ASCII stand beside something else; most files are nothing but ASCII. */
  #passAscii(bytes: Uint8Array, start: number, end: number, isAllAscii: boolean): number {
    let at = start + 1;
    if (isAllAscii) at = end;
    while (at < end && bytes[at] < 0x80) at++;
    this.#noteLetter(isAsciiLetter(bytes[start]));
    if (at > start + 1) this.#noteLetter(isAsciiLetter(bytes[at - 1]));
    return at;
  }

  #noteLetter(isLetter: boolean): void {
    if (isLetter && this.#mayBeginWord) this.#lettersInWords++;
    this.#mayBeginWord = false;
    this.#afterLetter = isLetter;
  }

  #noteForeign(byte: number): void {
    const isLetter = isWindows1252Letter(byte);
    if (isLetter && this.#afterLetter) this.#lettersInWords++;
    this.#mayBeginWord = isLetter && !this.#afterLetter;
    this.#afterLetter = false;
  }

  #take(bytes: Uint8Array, at: number, end: number): number {
    const length = sequenceLength(bytes, at, end);
    if (length > 0) {
      this.#characters++;
      return length;
    }
    this.#invalid++;
    this.#noteForeign(bytes[at]);
    if (UNDEFINED_IN_WINDOWS_1252.includes(bytes[at])) this.#undefined++;
    return 1;
  }
}

function isAsciiLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** From 0xC0 on all but the two signs of arithmetic; below, the letters that Latin-1 lacks. */
function isWindows1252Letter(byte: number): boolean {
  if (byte >= 0xc0) return byte !== 0xd7 && byte !== 0xf7;
  return LETTERS_BELOW_C0.includes(byte);
}

/** How long the character is that a byte may begin. */
function lengthOf(first: number): number {
  if (first < 0xc2 || first > 0xf4) return 1;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/** UTF-16 without a byte order mark, if it is that. */
function utf16Without(head: Uint8Array): Encoding | null {
  const nuls = [0, 0];
  for (let at = 0; at < head.length; at++) if (head[at] === 0) nuls[at & 1]++;
  const [even, odd] = nuls;
  if (isHighByte(odd, even, head.length)) return "utf-16le";
  return isHighByte(even, odd, head.length) ? "utf-16be" : null;
}

/** Whether the NULs of every second byte show ASCII in UTF-16: many of them, and hardly any in the other bytes. */
function isHighByte(nuls: number, others: number, length: number): boolean {
  return nuls > 1 && 4 * nuls > length && 8 * others < nuls;
}
