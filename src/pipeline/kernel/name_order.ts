/**
 * An order of names that the kernel can tell by one number each, and how it is cut into ranges of about as many names: made from a sample of
 * them. Any order is right, whatever names there are; a good sample makes it fast.
 */
import { BOUNDS_MAX, PREFIX_BYTES_MAX } from "./memory_layout.ts";

/** See `assembly/order.ts`. It can be sent to a thread. */
export interface NameOrder {
  /** What names begin with, more or less. */
  prefix: Uint8Array;
  /** Numbers between ranges, the smallest first; one less than there are ranges. */
  bounds: BigUint64Array;
}

/** @param ranges into how many it is cut */
export function nameOrder(sample: readonly Uint8Array[], ranges: number): NameOrder {
  const prefix = commonPrefix(sample);
  const keys = new BigUint64Array(sample.map((name) => keyOf(name, prefix.length))).sort();
  const count = Math.min(keys.length === 0 ? 0 : ranges - 1, BOUNDS_MAX);
  const bounds = Array.from(
    { length: count },
    (_, i) => keys[Math.floor((i + 1) * keys.length / (count + 1))],
  );
  return { prefix, bounds: new BigUint64Array(bounds) };
}

/** What all names begin with. */
function commonPrefix(names: readonly Uint8Array[]): Uint8Array {
  const [first = new Uint8Array()] = names;
  let length = Math.min(first.length, PREFIX_BYTES_MAX);
  for (const name of names) {
    let same = 0;
    while (same < length && name[same] === first[same]) same++;
    length = same;
  }
  return first.slice(0, length);
}

/** Eight bytes of a name, as a number that grows with them. */
function keyOf(name: Uint8Array, from: number): bigint {
  const bytes = new Uint8Array(8);
  bytes.set(name.subarray(from, from + 8));
  return new DataView(bytes.buffer).getBigUint64(0);
}
