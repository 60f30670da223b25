/**
 * Where the first record behind a position of the input begins: a guess.
 *
 * It begins behind a line end, unless that stands in quotes, which only the text before it can tell. But what follows
 * tells nearly as well: behind a true beginning rows can be decoded, and in the middle of quoted text they can't.
 */
import { LF } from "../text/ascii.ts";
import { type Kernel, ODD_RECORD } from "./kernel.ts";
import { WINDOW } from "./memory_layout.ts";
import type { WalkSizes } from "./record_walk.ts";
import type { TextReader } from "./text_reader.ts";

/** Line ends that are tried. */
const TRIES_MAX = 64;
/** So many rows without a doubt are no accident. */
const ROWS_ENOUGH = 4;
/** Records that begin within so many bytes are tried: decoding all of a piece would cost more than it tells. */
const TRIED_BYTES = 4_096;

/** The position, at least `from` > 0; null if there is no line end near. Uses the kernel's window. */
export function findRecordStart(
  kernel: Kernel,
  reader: TextReader,
  from: number,
  sizes: WalkSizes,
): number | null {
  // A record begins at `from` itself if a line end stands before it.
  reader.begin(from - reader.unitBytes);
  const window = kernel.bytes.subarray(WINDOW, WINDOW + sizes.pieceBytes);
  const length = reader.read(window, sizes.pieceBytes);
  const text = window.subarray(0, length);
  let first: number | null = null;
  let at = text.indexOf(LF) + 1;
  for (let tries = 0; at > 0 && tries < TRIES_MAX; tries++) {
    first ??= at;
    kernel.index(WINDOW + at, WINDOW + length);
    const why = kernel.decode(WINDOW + at + TRIED_BYTES, true);
    // Faulty records neither tell for it nor against it.
    const rows = kernel.rows - kernel.faulty;
    if (rows >= ROWS_ENOUGH || (rows > 0 && why !== ODD_RECORD)) {
      return reader.positionOf(at);
    }
    at = text.indexOf(LF, at) + 1;
  }
  // No row can be decoded (all amounts are in parentheses, say): line ends in quotes are rarer than others.
  return first === null ? null : reader.positionOf(first);
}
