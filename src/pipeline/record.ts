/** What the parser finds: a record, or a blank line. */
import type { RECORD_REJECT_CODES } from "../domain/report.ts";

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
  /** Cell i is bytes[starts[i], ends[i]), without its quotes and with `""` as `"`; not trimmed. */
  bytes: Uint8Array;
  starts: Int32Array;
  ends: Int32Array;

  /** The record as it stands in the file, without its last line end: text[textStart, textEnd) ... */
  text: Uint8Array;
  textStart: number;
  textEnd: number;
  /** ... and if this is more, then only a beginning that is long enough for `_raw` was kept. */
  textBytes: number;
}
