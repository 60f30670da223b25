/**
 * Decides about one record: accepted, rejected and why, or skipped because it is no data.
 *
 * Works on bytes and reuses its objects: no string is made of a row that is accepted.
 */
import type { TaskOptions } from "../../domain/options.ts";
import { rejectMessage } from "../../domain/reject_message.ts";
import type { RejectCode, SkipKind } from "../../domain/report.ts";
import type { ReadColumn } from "./changes.ts";
import { isFormulaOverColumn } from "./formula.ts";
import type { Header } from "../header/header.ts";
import { comparedLabel } from "../header/label.ts";
import { type CellFault, NumberCell } from "../number/number.ts";
import type { NumberFormats } from "../number/number_format.ts";
import type { CsvRecord } from "../parse/record.ts";
import { SALES, type SalesField } from "../header/schema.ts";
import { isTotalsWord } from "./totals.ts";
import { decodeUtf8 } from "../text/utf8.ts";
import { trimmedEnd, trimmedStart } from "../text/white_space.ts";

export type Verdict =
  | "accepted"
  | "rejected"
  | Exclude<SkipKind, "blank" | "preamble" | "footnote">;

/** An accepted row; reused. The region is record.bytes[regionStart, regionEnd), trimmed. */
export interface SalesRow {
  regionStart: number;
  regionEnd: number;
  revenue: NumberCell;
  quantity: NumberCell;
  discount: NumberCell;
  revPerUnit: number;
}

/** Why a row was rejected: what a rejects file says about it. Several rows may share one. */
export interface Rejection {
  readonly code: RejectCode;
  readonly field: SalesField | "rev_per_unit" | "";
  /** Index of the cell that is shown, as it stands; null if `value` is shown. */
  readonly cell: number | null;
  readonly value: string;
  readonly message: string;
  /** The code of each faulty cell; `code` alone when the fault is of the row as a whole. */
  readonly codes: readonly RejectCode[];
  /** Whether the fault is of the record, so that its text is worth showing. */
  readonly ofRecord: boolean;
}

const LOWER_CASE = 0x20;
const HYPHEN = 0x2d;
const EQUALS = 0x3d;
const UNDERSCORE = 0x5f;
const ASCII_MAX = 0x7f;

interface SchemaColumn extends ReadColumn {
  /** Rejections for nothing but a fault of its cell, which are all alike; those that name the other decimal mark by themselves. */
  rejections: Map<CellFault | "other-mark", Rejection>;
}

/** Judges the records below one header. */
export class Cleaner {
  /** What `clean` last accepted. */
  readonly row: SalesRow;
  /** Whether a cell of the record that was judged last had to be changed: see `Changes.add`. */
  hasChanges = false;
  /** The schema's columns in the order of the file, with the cells of what `clean` last accepted. */
  get columns(): readonly ReadColumn[] {
    return this.#columns;
  }
  /** What `clean` last rejected. */
  get rejection(): Rejection {
    if (this.#rejection === null) throw new Error("no record was rejected yet");
    return this.#rejection;
  }
  #rejection: Rejection | null = null;
  readonly #header: Header;
  readonly #keepTotals: boolean;
  /** In the order of the file. */
  readonly #columns: readonly SchemaColumn[];
  /** Their labels in compared form, made when a record may be the header again: each segment of a file has a cleaner of its own. */
  #labels: readonly string[] | null = null;
  /** The faults of the record in work, by schema column. */
  readonly #faults: (CellFault | null)[];

  /** @param formats how the numbers of each column are written */
  constructor(
    header: Header,
    options: Pick<TaskOptions, "keep_totals">,
    formats: NumberFormats,
  ) {
    this.row = {
      regionStart: 0,
      regionEnd: 0,
      revenue: new NumberCell(formats.revenue),
      quantity: new NumberCell(formats.quantity),
      discount: new NumberCell(formats.discount),
      revPerUnit: 0,
    };
    this.#header = header;
    this.#keepTotals = options.keep_totals;
    const { revenue, quantity, discount } = this.row;
    const numbers = { revenue, quantity, discount };
    this.#columns = SALES.flatMap(({ name, type }, field): SchemaColumn[] => {
      const index = header.fields[name];
      if (index === null) return [];
      const number = type === "number" ? numbers[name] : null;
      return [{ index, field, name, number, rejections: new Map() }];
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
    const { regionStart, regionEnd } = this.row;
    if (!this.#keepTotals && isTotalsWord(record.bytes, regionStart, regionEnd)) return "totals";
    if (faulty > 0) return this.#isFormulas(record) ? "formula" : this.#rejectCells(faulty);
    return this.#judgeQuotient(record);
  }

  /** Read the schema's cells and count the faulty ones. */
  #readCells(record: CsvRecord): number {
    const { bytes, starts, ends } = record;
    let faulty = 0;
    this.hasChanges = false;
    for (let i = 0; i < this.#columns.length; i++) {
      const { index, name, number } = this.#columns[i];
      const start = trimmedStart(bytes, starts[index], ends[index]);
      const end = trimmedEnd(bytes, start, ends[index]);
      if (start > starts[index] || end < ends[index]) this.hasChanges = true;
      let fault: CellFault | null;
      if (number !== null) {
        number.read(bytes, start, end);
        fault = number.fault;
        if (number.taken !== 0) this.hasChanges = true;
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
    const isPart = (cells: readonly string[]) =>
      cells.every((cell, index) => comparedLabel(textOf(record, index)) === cell);
    const { columns, parts } = this.#header;
    const labels = this.#labels ??= this.#columns.map(({ index }) =>
      comparedLabel(columns[index].label)
    );
    return parts.some(isPart) ||
      this.#columns.every(({ index }, i) =>
        maybeLabel(record, index, labels[i]) && comparedLabel(textOf(record, index)) === labels[i]
      );
  }

  /** Whether the number cells of a faulty record are formulas, or missing. */
  #isFormulas(record: CsvRecord): boolean {
    let formulas = 0;
    for (let i = 0; i < this.#columns.length; i++) {
      const { index, number } = this.#columns[i];
      if (number === null || this.#faults[i] === "required-value") continue;
      if (this.#faults[i] !== "type-error") return false;
      const start = trimmedStart(record.bytes, record.starts[index], record.ends[index]);
      if (record.bytes[start] !== EQUALS) return false;
      if (!isFormulaOverColumn(textOf(record, index).trim())) return false;
      formulas++;
    }
    return formulas > 0;
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

  #rejectCells(faulty: number): Verdict {
    const first = this.#faults.findIndex((fault) => fault !== null);
    const code = this.#faults[first]!;
    const { index, name, number, rejections } = this.#columns[first];
    const hasOtherMark = code === "type-error" && number !== null && number.isUnderOtherMark;
    const kind = hasOtherMark ? "other-mark" : code;
    const known = faulty === 1 ? rejections.get(kind) : undefined;
    this.#rejection = known ?? {
      code,
      field: name,
      cell: index,
      value: "",
      message: rejectMessage(code, { field: name, mark: hasOtherMark ? number.mark : null }),
      codes: this.#faults.filter((fault) => fault !== null),
      ofRecord: false,
    };
    if (faulty === 1) rejections.set(kind, this.#rejection);
    return "rejected";
  }

  #rejectRecord(code: RejectCode, cellsFound = 0): Verdict {
    const message = rejectMessage(code, { cellsExpected: this.#header.columns.length, cellsFound });
    this.#rejection = {
      code,
      field: "",
      cell: null,
      value: "",
      message,
      codes: [code],
      ofRecord: true,
    };
    return "rejected";
  }

  #reject(code: RejectCode, field: Rejection["field"], cell: number | null, value = ""): Verdict {
    const message = rejectMessage(code, { field });
    this.#rejection = { code, field, cell, value, message, codes: [code], ofRecord: false };
    return "rejected";
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
