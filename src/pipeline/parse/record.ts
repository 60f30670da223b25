/** What the parser finds: a record, or a blank line. */
import type { RECORD_REJECT_CODES } from "../../domain/report.ts";
import { isEscapable, type Syntax } from "./syntax.ts";
import { isUtf8 } from "../text/utf8.ts";

/** A fault that is known without the header. */
export type RecordFault = Exclude<
  (typeof RECORD_REJECT_CODES)[number],
  "extra-cell" | "missing-cell"
>;

/** Reused by the parser: valid until its next call. */
export interface CsvRecord {
  /** A line that is empty or only white space; then nothing but `line` and `offset` is meant. */
  blank: boolean;
  fault: RecordFault | null;
  /** The physical line on which it begins, from 1. */
  line: number;
  /** Its first byte, from 0, not counting a byte order mark. */
  offset: number;

  /** Cells that could be read. */
  cells: number;
  /** Cell i is bytes[starts[i], ends[i]), without its quotes and what escapes (`""` is `"`); not trimmed. */
  bytes: Uint8Array;
  starts: Int32Array;
  ends: Int32Array;

  /** The record as it stands in the file, without its last line end: text[textStart, textEnd) ... */
  text: Uint8Array;
  textStart: number;
  textEnd: number;
  /** ... and if this is more, then only a beginning that is long enough for `_raw` was kept. */
  textBytes: number;
  /** Whether the text is known to be what a CSV file says of the cells: commas between them, and no quotes. */
  isCsv?: boolean;
}

/** Give a record whose text isn't UTF-8 its fault, and empty the cells that can't be read for that reason. */
export function checkEncoding(record: CsvRecord): void {
  const { bytes, starts, ends } = record;
  if (record.fault === null) {
    if (isUtf8(record.text, record.textStart, record.textEnd)) return;
    record.fault = "bad-encoding";
  }
  for (let i = 0; i < record.cells; i++) {
    if (!isUtf8(bytes, starts[i], ends[i])) ends[i] = starts[i];
  }
}

/** Copy the cells to `target` without what escapes, so that doubled quotes become one; the text stays as it was. */
export function unescapeCells(record: CsvRecord, syntax: Syntax, target: Uint8Array): void {
  const { bytes, starts, ends, cells, textStart } = record;
  const { quote, escape } = syntax;
  let to = 0;
  for (let i = 0; i < cells; i++) {
    const start = to;
    const isQuoted = starts[i] > textStart && bytes[starts[i] - 1] === quote;
    for (let at = starts[i]; at < ends[i]; at++) {
      const isEscape = bytes[at] === escape && at + 1 < ends[i] &&
        isEscapable(bytes[at + 1], syntax);
      if (isEscape) at++;
      target[to++] = bytes[at];
      if (isQuoted && bytes[at] === quote && !isEscape) at++;
    }
    starts[i] = start;
    ends[i] = to;
  }
  record.bytes = target;
}
