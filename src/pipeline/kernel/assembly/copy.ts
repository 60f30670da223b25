// Copying text: nearly all of it is a few bytes, for which `memory.copy`, a call out of WebAssembly, takes longer than all else.

/** What `copy` may read and write behind the end. */
// @ts-ignore: decorator
@inline export const SLACK: usize = 16;

/** Copy what stands in [start, end), and up to SLACK behind it. Where the copy ends. */
// @ts-ignore: decorator
@inline export function copy(to: usize, start: usize, end: usize): usize {
  const bytes = end - start;
  for (let at: usize = 0; at < bytes; at += 16) v128.store(to + at, v128.load(start + at));
  return to + bytes;
}
