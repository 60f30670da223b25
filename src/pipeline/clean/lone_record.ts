/**
 * Records with a single cell that isn't empty, and how the text in it reads: as a note below a table, or as a title above one.
 *
 * What reads as neither may be a row after an accident (a file that was cut off ends in the middle of a region's name), so the
 * patterns ask for more than any text: semantics.md, section 3.
 */
import type { CsvRecord } from "../parse/record.ts";
import { decodeUtf8 } from "../text/utf8.ts";
import { trimmedEnd, trimmedStart } from "../text/white_space.ts";

const MARKED = /^(?:[*†‡§©¹²³]|#\s)/;
const LABELLED = /^\p{L}[\p{L}\p{M} .'-]{0,39}:/u;
const WORDED = new RegExp(
  "^(?:notes?|footnote|sources?|generated|exported|created|printed|produced|downloaded|updated|report|preliminary|" +
    "provisional|copyright|disclaimer|as of|end of|quelle|hinweis|stand|erstellt)\\s+[^\\s\\p{P}]",
  "u",
);
const PAGE = /^(?:page|seite)\s+[0-9]/;
const LETTER = /\p{L}/u;

/** The text of the only cell that isn't empty, trimmed; null if there are none or several. Costs little unless that is so. */
export function loneText(record: CsvRecord): string | null {
  const { bytes, starts, ends, cells } = record;
  let from = -1;
  let to = -1;
  for (let i = 0; i < cells; i++) {
    const start = trimmedStart(bytes, starts[i], ends[i]);
    if (start === ends[i]) continue;
    if (from >= 0) return null;
    from = start;
    to = trimmedEnd(bytes, start, ends[i]);
  }
  return from < 0 ? null : decodeUtf8(bytes, from, to);
}

/**
 * Whether a trimmed text reads as a note.
 *
 * ```ts
 * import { isNote } from "./lone_record.ts";
 * if (!isNote("Source: ERP export") || isNote("New York")) throw new Error("unexpected");
 * ```
 */
export function isNote(text: string): boolean {
  const lower = text.toLowerCase();
  const isLike = MARKED.test(text) || LABELLED.test(text) || WORDED.test(lower) || PAGE.test(lower);
  return isLike && LETTER.test(text);
}

/** Whether a trimmed text reads as a title: several words. */
export function isTitle(text: string): boolean {
  return /\s/.test(text) && LETTER.test(text);
}
