/** Rows that sum up others, told by what stands in the place of their region. */
import { decodeUtf8 } from "../text/utf8.ts";

const TOTALS = new Set(["total", "totals", "grand total", "subtotal", "sub-total"]);
const TOTALS_BYTES_MIN = 5;
const TOTALS_BYTES_MAX = 11;
const LOWER_CASE = 0x20;
const LETTER_G = 0x67;
const LETTER_L = 0x6c;
const LETTER_S = 0x73;
const LETTER_T = 0x74;

/**
 * Whether a trimmed region, bytes[start, end), is one of the words for a totals row, in any case.
 *
 * ```ts
 * import { isTotalsWord } from "./totals.ts";
 * const word = new TextEncoder().encode("Grand TOTAL");
 * if (!isTotalsWord(word, 0, word.length) || isTotalsWord(word, 0, 5)) throw new Error("unexpected");
 * ```
 */
export function isTotalsWord(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length < TOTALS_BYTES_MIN || length > TOTALS_BYTES_MAX) return false;
  // Making a string is dear, so first look whether it begins and ends like one of these words.
  const first = bytes[start] | LOWER_CASE;
  const last = bytes[end - 1] | LOWER_CASE;
  if (first !== LETTER_T && first !== LETTER_G && first !== LETTER_S) return false;
  if (last !== LETTER_L && last !== LETTER_S) return false;
  return TOTALS.has(decodeUtf8(bytes, start, end).toLowerCase());
}
