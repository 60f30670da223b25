/**
 * The regions of a file, found by the bytes of a cell: a string is made once per region, not once per row.
 *
 * A hash table with open addressing, of indices into the list of regions. A region stands in one of the few
 * slots that its hash leads to; when those are taken, it goes into a map of strings. That is rare, unless a file is
 * made to collide: then all its regions are in the map, whose hashes JavaScript seeds.
 */
import { DecimalSum } from "../number/decimal_sum.ts";
import { decodeUtf8 } from "../text/utf8.ts";

export interface Region {
  readonly name: string;
  rows: number;
  readonly revenue: DecimalSum;
  readonly quantity: DecimalSum;
  readonly discount: DecimalSum;
}

const SLOTS_MIN = 1 << 10;
/** Slots that are looked at for one hash. */
const PROBES_MAX = 8;
/** Bytes that the hash looks at. */
const HASHED_BYTES_MAX = 64;
const FREE = -1;

export class RegionTable {
  readonly #regions: Region[] = [];
  /** The hash of each region, for when the table grows. */
  readonly #hashes: number[] = [];
  #slots = new Int32Array(SLOTS_MIN).fill(FREE);
  /** Regions that found no slot, by name. */
  readonly #crowdedOut = new Map<string, number>();

  get size(): number {
    return this.#regions.length;
  }

  /** The region that is named by bytes[start, end); null if it would be one more than `regionsMax`. */
  find(bytes: Uint8Array, start: number, end: number, regionsMax: number): Region | null {
    const hash = hashOf(bytes, start, end);
    const mask = this.#slots.length - 1;
    for (let probe = 0; probe < PROBES_MAX; probe++) {
      const index = this.#slots[(hash + probe) & mask];
      if (index === FREE) return this.#add(decodeUtf8(bytes, start, end), hash, regionsMax);
      const region = this.#regions[index];
      if (isText(region.name, bytes, start, end)) return region;
    }
    const name = decodeUtf8(bytes, start, end);
    const index = this.#crowdedOut.get(name);
    return index === undefined ? this.#add(name, hash, regionsMax) : this.#regions[index];
  }

  /** All regions by name, in code-point order. */
  sorted(): Region[] {
    return this.#regions.toSorted((a, b) => compareCodePoints(a.name, b.name));
  }

  #add(name: string, hash: number, regionsMax: number): Region | null {
    if (this.#regions.length >= regionsMax) return null;
    const region = {
      name,
      rows: 0,
      revenue: new DecimalSum(),
      quantity: new DecimalSum(),
      discount: new DecimalSum(),
    };
    this.#regions.push(region);
    this.#hashes.push(hash);
    if (2 * this.#regions.length > this.#slots.length) this.#grow();
    else this.#place(this.#regions.length - 1);
    return region;
  }

  #grow(): void {
    this.#slots = new Int32Array(2 * this.#slots.length).fill(FREE);
    this.#crowdedOut.clear();
    for (let index = 0; index < this.#regions.length; index++) this.#place(index);
  }

  #place(index: number): void {
    const mask = this.#slots.length - 1;
    for (let probe = 0; probe < PROBES_MAX; probe++) {
      const slot = (this.#hashes[index] + probe) & mask;
      if (this.#slots[slot] === FREE) {
        this.#slots[slot] = index;
        return;
      }
    }
    this.#crowdedOut.set(this.#regions[index].name, index);
  }
}

/** FNV-1a over the length and the first bytes. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 ^ (end - start);
  const stop = Math.min(end, start + HASHED_BYTES_MAX);
  for (let at = start; at < stop; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
  return hash ^ (hash >>> 15);
}

/** Whether the valid UTF-8 in bytes[start, end) is this text. */
function isText(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  const { length } = text;
  // A code unit takes one to three bytes.
  if (length > end - start) return false;
  let i = 0;
  let at = start;
  while (at < end && bytes[at] < 0x80) {
    if (i === length || text.charCodeAt(i) !== bytes[at]) return false;
    i++;
    at++;
  }
  while (at < end && i < length) {
    const codePoint = text.codePointAt(i)!;
    const size = codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    if (at + size > end || !isCodePoint(codePoint, size, bytes, at)) return false;
    i += codePoint < 0x10000 ? 1 : 2;
    at += size;
  }
  return at === end && i === length;
}

/** Whether the UTF-8 of a code point, `size` bytes, stands at `at`. */
function isCodePoint(codePoint: number, size: number, bytes: Uint8Array, at: number): boolean {
  for (let i = size - 1; i > 0; i--) {
    if (bytes[at + i] !== (0x80 | (codePoint & 0x3f))) return false;
    codePoint >>>= 6;
  }
  return bytes[at] === (size === 1 ? codePoint : LEAD_BITS[size] | codePoint);
}

/** The first byte of a sequence of so many bytes, its payload left out. */
const LEAD_BITS = [0, 0, 0xc0, 0xe0, 0xf0];

/** Order of code points, where `<` on strings has the order of UTF-16 code units: U+FFFD comes before U+1F600. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
