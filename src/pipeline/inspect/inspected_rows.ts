/** The first rows of a file, as a run would read them. */
import { EXCERPT_CHARACTERS_MAX } from "../../domain/limits.ts";
import type { RejectCode } from "../../domain/report.ts";
import { canonicalNumber } from "../number/canonical_number.ts";
import type { Cleaner, Rejection } from "../clean/clean.ts";
import { excerpt, excerptOf } from "../text/excerpt.ts";
import { rawText } from "../parse/raw_text.ts";
import type { CsvRecord } from "../parse/record.ts";
import { trimmedEnd, trimmedStart } from "../text/white_space.ts";

/** Why a row would be rejected, as the rejects file says it. */
export interface InspectedReject {
  code: RejectCode;
  field: string;
  value: string;
  message: string;
  /** Faulty cells. */
  errors: number;
  /** The beginning of the record's text; empty unless the record as a whole is at fault. */
  raw: string;
}

/** A row; long cells are cut. */
export interface InspectedRow {
  line: number;
  record: number;
  /** Of an accepted row clean: trimmed, numbers canonical. Of a rejected one as they stand, as many as could be read. */
  cells: string[];
  /** Null of an accepted row. */
  reject: InspectedReject | null;
}

/** So much of a text is enough to cut it to an excerpt. */
const RAW_BYTES_SHOWN_MAX = 4 * EXCERPT_CHARACTERS_MAX;

/** Collects rows until there are enough. */
export class InspectedRows {
  readonly shown: InspectedRow[] = [];
  readonly #rowsMax: number;

  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
  }

  /** Add an accepted row. @param cleaner as it read the record */
  accept(record: CsvRecord, number: number, cleaner: Cleaner): void {
    if (this.#isFull) return;
    const cells = cleanCells(record, cleaner);
    this.shown.push({ line: record.line, record: number, cells, reject: null });
  }

  reject(record: CsvRecord, number: number, rejection: Rejection): void {
    if (this.#isFull) return;
    const reject = rejectOf(record, rejection);
    this.shown.push({ line: record.line, record: number, cells: rawCells(record), reject });
  }

  get #isFull(): boolean {
    return this.shown.length === this.#rowsMax;
  }
}

function cleanCells(record: CsvRecord, cleaner: Cleaner): string[] {
  const { bytes, starts, ends } = record;
  return Array.from({ length: record.cells }, (_, i) => {
    const number = cleaner.columns.find(({ index }) => index === i)?.number ?? null;
    if (number !== null) return excerpt(canonicalNumber(number));
    const start = trimmedStart(bytes, starts[i], ends[i]);
    return excerptOf(bytes, start, trimmedEnd(bytes, start, ends[i]));
  });
}

function rawCells({ bytes, starts, ends, cells }: CsvRecord): string[] {
  return Array.from({ length: cells }, (_, i) => excerptOf(bytes, starts[i], ends[i]));
}

function rejectOf(record: CsvRecord, rejection: Rejection): InspectedReject {
  const { code, field, cell, value, message, codes, ofRecord } = rejection;
  const { bytes, starts, ends } = record;
  return {
    code,
    field,
    value: cell === null ? excerpt(value) : excerptOf(bytes, starts[cell], ends[cell]),
    message,
    errors: codes.length,
    raw: ofRecord ? excerpt(rawText(record, RAW_BYTES_SHOWN_MAX)) : "",
  };
}
