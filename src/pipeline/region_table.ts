/**
 * The regions of a file, found by the bytes of a cell.
 *
 * A map of strings holds them all; JavaScript seeds its hashes, so no file can make them collide. In front of it stands
 * a small cache by a cheap hash of the bytes, because most rows ask for a region that was asked for just before,
 * and making a string costs more than all else that happens to a row.
 */
import { DecimalSum } from "./decimal_sum.ts";
import { decodeUtf8 } from "./utf8.ts";

export interface Region {
  readonly name: string;
  rows: number;
  readonly revenue: DecimalSum;
  readonly quantity: DecimalSum;
  readonly discount: DecimalSum;
}

interface CacheSlot {
  key: Uint8Array;
  region: Region;
}

/** Room for the 10,000 regions that a runner is sized for; some 150 B each. */
const CACHE_SLOTS = 1 << 14;
/** Longer names are not cached: 16,384 of the longest cells would be 4 GiB. */
const KEY_BYTES_MAX = 256;
/** Bytes that the hash looks at. */
const HASHED_BYTES_MAX = 32;

export class RegionTable {
  readonly #regions = new Map<string, Region>();
  readonly #cache: (CacheSlot | undefined)[] = new Array(CACHE_SLOTS);

  get size(): number {
    return this.#regions.size;
  }

  /** The region that is named by bytes[start, end); null if it would be one more than `regionsMax`. */
  find(bytes: Uint8Array, start: number, end: number, regionsMax: number): Region | null {
    const slot = hash(bytes, start, end) & (CACHE_SLOTS - 1);
    const cached = this.#cache[slot];
    if (cached !== undefined && isSame(cached.key, bytes, start, end)) return cached.region;
    const name = decodeUtf8(bytes, start, end);
    let region = this.#regions.get(name);
    if (region === undefined) {
      if (this.#regions.size >= regionsMax) return null;
      region = {
        name,
        rows: 0,
        revenue: new DecimalSum(),
        quantity: new DecimalSum(),
        discount: new DecimalSum(),
      };
      this.#regions.set(name, region);
    }
    if (end - start <= KEY_BYTES_MAX) {
      this.#cache[slot] = { key: bytes.slice(start, end), region };
    }
    return region;
  }

  /** All regions by name, in code-point order. */
  sorted(): Region[] {
    return [...this.#regions.values()].sort((a, b) => compareCodePoints(a.name, b.name));
  }
}

/** FNV-1a over the first bytes and the length: only speed hangs on it. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 ^ (end - start);
  const stop = Math.min(end, start + HASHED_BYTES_MAX);
  for (let at = start; at < stop; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
  return hash ^ (hash >>> 15);
}

function isSame(key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (key.length !== end - start) return false;
  for (let i = 0; i < key.length; i++) if (key[i] !== bytes[start + i]) return false;
  return true;
}

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
