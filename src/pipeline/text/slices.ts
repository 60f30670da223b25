/** Parts of a chunk, so that one huge chunk costs no more memory than many small ones. */
export function* slices(chunk: Uint8Array, bytesMax: number): Generator<Uint8Array> {
  for (let at = 0; at < chunk.length; at += bytesMax) yield chunk.subarray(at, at + bytesMax);
}
