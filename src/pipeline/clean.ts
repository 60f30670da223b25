/**
 * Decides about one record: accepted, rejected and why, or skipped because it is no data.
 *
 * Works on bytes and reuses its objects: no string is made of a row that is accepted.
 */
import type { TaskOptions } from "../domain/options.ts";
import type { RejectCode, SkipKind } from "../domain/report.ts";
import type { Header } from "./header.ts";
import { comparedLabel } from "./label.ts";
import { type CellFault, NumberCell } from "./number.ts";
import type { CsvRecord } from "./record.ts";
import { rejectMessage } from "./reject_message.ts";
import { SALES, type SalesField } from "./schema.ts";
import { decodeUtf8 } from "./utf8.ts";
import { trimmedEnd, trimmedStart } from "./white_space.ts";

export type Verdict = "accepted" | "rejected" | Exclude<SkipKind, "blank" | "preamble">;

/** An accepted row; reused. The region is record.bytes[regionStart, regionEnd), trimmed. */
export interface SalesRow {
  regionStart: number;
  regionEnd: number;
  revenue: NumberCell;
  quantity: NumberCell;
  discount: NumberCell;
  revPerUnit: number;
}

/** Why a row was rejected: what a rejects file says about it. */
export interface Rejection {
  code: RejectCode;
  field: SalesField | "rev_per_unit" | "";
  /** Index of the cell that is shown, as it stands; null if `value` is shown. */
  cell: number | null;
  value: string;
  message: string;
  /** Faulty cells; 1 when the fault is of the row as a whole. */
  errors: number;
  /** Whether the fault is of the record, so that its text is worth showing. */
  ofRecord: boolean;
}

const TOTALS = new Set(["total", "totals", "grand total", "subtotal", "sub-total"]);
const TOTALS_BYTES_MIN = 5;
const TOTALS_BYTES_MAX = 11;
const LOWER_CASE = 0x20;
const HYPHEN = 0x2d;
const UNDERSCORE = 0x5f;
const ASCII_MAX = 0x7f;
const LETTER_G = 0x67;
const LETTER_L = 0x6c;
const LETTER_S = 0x73;
const LETTER_T = 0x74;

interface SchemaColumn {
  index: number;
  name: SalesField;
  /** In its compared form. */
  label: string;
  /** Null of text. */
  number: NumberCell | null;
}

/** Judges the records below one header. */
export class Cleaner {
  /** What `clean` last accepted. */
  readonly row: SalesRow = {
    regionStart: 0,
    regionEnd: 0,
    revenue: new NumberCell(),
    quantity: new NumberCell(),
    discount: new NumberCell(),
    revPerUnit: 0,
  };
  /** What `clean` last rejected. */
  get rejection(): Rejection {
    if (this.#rejection === null) throw new Error("no record was rejected yet");
    return this.#rejection;
  }
  /** Faulty cells by code, over all rejected rows; a fault of a whole row counts as one. */
  readonly errorsByCode = new Map<RejectCode, number>();

  #rejection: Rejection | null = null;
  readonly #header: Header;
  readonly #keepTotals: boolean;
  /** In the order of the file. */
  readonly #columns: readonly SchemaColumn[];
  /** The faults of the record in work, by schema column. */
  readonly #faults: (CellFault | null)[];

  constructor(header: Header, options: Pick<TaskOptions, "keep_totals">) {
    this.#header = header;
    this.#keepTotals = options.keep_totals;
    const { revenue, quantity, discount } = this.row;
    const numbers = { revenue, quantity, discount };
    this.#columns = SALES.flatMap(({ name, type }): SchemaColumn[] => {
      const index = header.fields[name];
      if (index === null) return [];
      const label = comparedLabel(header.columns[index].label);
      return [{ index, name, label, number: type === "number" ? numbers[name] : null }];
    }).sort((a, b) => a.index - b.index);
    this.#faults = this.#columns.map(() => null);
  }

  /** Judge a record that isn't blank. */
  clean(record: CsvRecord): Verdict {
    const expected = this.#header.columns.length;
    if (record.fault !== null) return this.#rejectRecord(record.fault);
    if (record.cells !== expected) {
      const code = record.cells > expected ? "extra-cell" : "missing-cell";
      return this.#rejectRecord(code, record.cells);
    }
    const faulty = this.#readCells(record);
    if (faulty > 0 && this.#isRepeatedHeader(record)) return "repeated-header";
    if (!this.#keepTotals && this.#isTotals(record)) return "totals";
    if (faulty > 0) return this.#rejectCells(faulty);
    return this.#judgeQuotient(record);
  }

  /** Read the schema's cells and count the faulty ones. */
  #readCells(record: CsvRecord): number {
    const { bytes, starts, ends } = record;
    let faulty = 0;
    for (let i = 0; i < this.#columns.length; i++) {
      const { index, name, number } = this.#columns[i];
      const start = trimmedStart(bytes, starts[index], ends[index]);
      const end = trimmedEnd(bytes, start, ends[index]);
      let fault: CellFault | null;
      if (number !== null) {
        number.read(bytes, start, end);
        fault = number.fault;
      } else {
        fault = start === end ? "required-value" : null;
        if (name === "region") {
          this.row.regionStart = start;
          this.row.regionEnd = end;
        }
      }
      this.#faults[i] = fault;
      if (fault !== null) faulty++;
    }
    return faulty;
  }

  #isRepeatedHeader(record: CsvRecord): boolean {
    return this.#columns.every(({ index, label }) =>
      maybeLabel(record, index, label) && comparedLabel(textOf(record, index)) === label
    );
  }

  #isTotals(record: CsvRecord): boolean {
    const { regionStart, regionEnd } = this.row;
    const length = regionEnd - regionStart;
    if (length < TOTALS_BYTES_MIN || length > TOTALS_BYTES_MAX) return false;
    // Making a string is dear, so first look whether it begins and ends like one of these words.
    const first = record.bytes[regionStart] | LOWER_CASE;
    const last = record.bytes[regionEnd - 1] | LOWER_CASE;
    if (first !== LETTER_T && first !== LETTER_G && first !== LETTER_S) return false;
    if (last !== LETTER_L && last !== LETTER_S) return false;
    return TOTALS.has(decodeUtf8(record.bytes, regionStart, regionEnd).toLowerCase());
  }

  #judgeQuotient(record: CsvRecord): Verdict {
    const { revenue, quantity } = this.row;
    const { fields } = this.#header;
    if (quantity.value === 0) {
      return this.#reject("zero-quantity", "quantity", fields.quantity);
    }
    this.row.revPerUnit = revenue.value / quantity.value;
    if (Number.isFinite(this.row.revPerUnit)) return "accepted";
    const dividend = textOf(record, fields.revenue).trim();
    const divisor = textOf(record, fields.quantity).trim();
    return this.#reject("non-finite", "rev_per_unit", null, `${dividend}/${divisor}`);
  }

  #rejectCells(errors: number): Verdict {
    let code: CellFault | null = null;
    let first = 0;
    for (let i = this.#faults.length - 1; i >= 0; i--) {
      const fault = this.#faults[i];
      if (fault === null) continue;
      this.#countError(fault);
      code = fault;
      first = i;
    }
    if (code === null) throw new Error("a record without a fault is no reject");
    const { index, name } = this.#columns[first];
    const message = rejectMessage(code, { field: name });
    this.#rejection = {
      code,
      field: name,
      cell: index,
      value: "",
      message,
      errors,
      ofRecord: false,
    };
    return "rejected";
  }

  #rejectRecord(code: RejectCode, cellsFound = 0): Verdict {
    this.#countError(code);
    const message = rejectMessage(code, { cellsExpected: this.#header.columns.length, cellsFound });
    this.#rejection = {
      code,
      field: "",
      cell: null,
      value: "",
      message,
      errors: 1,
      ofRecord: true,
    };
    return "rejected";
  }

  #reject(code: RejectCode, field: Rejection["field"], cell: number | null, value = ""): Verdict {
    this.#countError(code);
    const message = rejectMessage(code, { field });
    this.#rejection = { code, field, cell, value, message, errors: 1, ofRecord: false };
    return "rejected";
  }

  #countError(code: RejectCode): void {
    this.errorsByCode.set(code, (this.errorsByCode.get(code) ?? 0) + 1);
  }
}

/** Whether a cell may compare equal to a label in its compared form: cheap, and true of few cells that don't. */
function maybeLabel({ bytes, starts, ends }: CsvRecord, index: number, label: string): boolean {
  const start = trimmedStart(bytes, starts[index], ends[index]);
  // No character has more UTF-16 code units in lower case than it has bytes.
  if (ends[index] - start < label.length) return false;
  const first = bytes[start];
  const wanted = label.charCodeAt(0);
  return first === wanted || (first | LOWER_CASE) === wanted || first === HYPHEN ||
    first === UNDERSCORE || first > ASCII_MAX; // the Kelvin sign in lower case is k
}

/** A cell as it stands, unquoted and not trimmed. */
function textOf(record: CsvRecord, index: number): string {
  return decodeUtf8(record.bytes, record.starts[index], record.ends[index]);
}
