/** Makes a failing file small enough to be read. */

/** How often a smaller file is tried: enough for a few kilobytes, and an end in any case. */
const TRIALS_MAX = 2_000;

/** The bytes that are left when no span can be taken out without losing what makes the file fail. */
export async function shrunk(
  bytes: Uint8Array,
  fails: (bytes: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  let left = bytes;
  let trials = 0;
  for (let span = bytes.length >> 1; span >= 1; span = span >> 1) {
    for (let at = 0; at < left.length && trials < TRIALS_MAX;) {
      const smaller = Uint8Array.from([...left.subarray(0, at), ...left.subarray(at + span)]);
      trials += 1;
      if (await fails(smaller)) left = smaller;
      else at += span;
    }
  }
  return left;
}
