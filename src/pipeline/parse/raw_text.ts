/** The text of a record that couldn't be read, as `_raw` shows it. */
import type { CsvRecord } from "./record.ts";
import { decodeUtf8, sequenceLength } from "../text/utf8.ts";

/** The text, invalid bytes as `\xHH`; a long one is cut to `bytesMax` between characters, and its length told. */
export function rawText(record: CsvRecord, bytesMax: number): string {
  const { text, textStart, textEnd, textBytes } = record;
  if (textBytes <= bytesMax) return escaped(text, textStart, textEnd);
  const cut = cutBetweenCharacters(text, textStart, textStart + bytesMax, textEnd);
  return `${escaped(text, textStart, cut)} … ${textBytes} bytes`;
}

/** `cut`, or up to three bytes before it if it would cut a valid character that ends before `end`. */
function cutBetweenCharacters(bytes: Uint8Array, start: number, cut: number, end: number): number {
  for (let at = cut - 1; at >= start && at >= cut - 3; at--) {
    const length = sequenceLength(bytes, at, end);
    if (length > 0) return at + length > cut ? at : cut;
  }
  return cut;
}

function escaped(bytes: Uint8Array, start: number, end: number): string {
  const parts: string[] = [];
  let validFrom = start;
  for (let at = start; at < end;) {
    const length = sequenceLength(bytes, at, end);
    if (length > 0) {
      at += length;
      continue;
    }
    if (at > validFrom) parts.push(decodeUtf8(bytes, validFrom, at));
    parts.push(`\\x${bytes[at].toString(16).toUpperCase().padStart(2, "0")}`);
    validFrom = ++at;
  }
  if (end > validFrom) parts.push(decodeUtf8(bytes, validFrom, end));
  return parts.join("");
}
