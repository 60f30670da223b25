/** The beginning of a text, for showing it: enough to recognise it, however long it is. */
import { EXCERPT_CHARACTERS_MAX } from "../../domain/limits.ts";
import { decodeUtf8 } from "./utf8.ts";

const CHARACTER_BYTES_MAX = 4;

/** A text up to its hundredth character, with `…` behind if there are more. */
export function excerpt(text: string): string {
  if (text.length <= EXCERPT_CHARACTERS_MAX) return text;
  // A character has at most two code units: so much is enough to count to one too many.
  const characters = Array.from(text.slice(0, 2 * EXCERPT_CHARACTERS_MAX + 2));
  if (characters.length <= EXCERPT_CHARACTERS_MAX) return text;
  return `${characters.slice(0, EXCERPT_CHARACTERS_MAX).join("")}…`;
}

/** The same of the valid UTF-8 in bytes[start, end), of which no more is decoded than is needed. */
export function excerptOf(bytes: Uint8Array, start: number, end: number): string {
  // A character that this cuts stands behind the last one that is shown.
  const enough = start + CHARACTER_BYTES_MAX * (EXCERPT_CHARACTERS_MAX + 1);
  return excerpt(decodeUtf8(bytes, start, Math.min(end, enough)));
}
