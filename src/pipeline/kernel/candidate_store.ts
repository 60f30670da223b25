/**
 * Where one thread keeps candidates over a run: the first in memory, the others in its scratch. So memory doesn't grow with the input,
 * and nothing is decoded twice for want of room but what scratch has no room for either.
 */
import type { Scratch } from "../run/scratch.ts";

/** A thousand candidates. */
const DESK_BYTES = 64 * 1024;

/** Some candidates, one after the other. */
export interface Part {
  /** How many bytes. */
  length: number;
  /** Null if they stand in scratch. */
  bytes: Uint8Array | null;
  /** Where in scratch. */
  position: number;
}

export class CandidateStore {
  readonly #scratch: Scratch | null;
  /** Of memory. */
  #freeBytes: number;
  #buffer = new Uint8Array();
  /** For what the one segment in work gathers before it is kept. */
  readonly desk = new Uint8Array(DESK_BYTES);

  /** @param memoryBytesMax what may be kept in memory */
  constructor(memoryBytesMax: number, scratch: Scratch | null = null) {
    this.#freeBytes = memoryBytesMax;
    this.#scratch = scratch;
  }

  /** Keep a copy; null if there is no room. */
  keep(found: Uint8Array): Part | null {
    const { length } = found;
    if (length <= this.#freeBytes) {
      this.#freeBytes -= length;
      return { length, bytes: found.slice(), position: 0 };
    }
    const position = this.#scratch?.append(found) ?? null;
    return position === null ? null : { length, bytes: null, position };
  }

  /** Its candidates; valid until the next are read. @throws {OperatingError} `input-unreadable` */
  read({ length, bytes, position }: Part): Uint8Array {
    if (bytes !== null) return bytes;
    if (this.#buffer.length < length) this.#buffer = new Uint8Array(length);
    const target = this.#buffer.subarray(0, length);
    this.#scratch!.read(position, target);
    return target;
  }

  /** Free the memory of parts that nobody will read. */
  forget(parts: readonly Part[]): void {
    for (const { length, bytes } of parts) if (bytes !== null) this.#freeBytes += length;
  }
}
