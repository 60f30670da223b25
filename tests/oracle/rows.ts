/** What becomes of a record: semantics.md sections 3 to 5. */
import { type Decimal, type NumberCell, readNumber } from "./decimal.ts";
import type { NumberFormats } from "./decimal_marks.ts";
import { comparedForm, type Field, type Header } from "./header.ts";
import { plainNumber } from "./number_text.ts";
import { isColumnFormula } from "./lone_records.ts";
import type { FileRecord } from "./records.ts";

/** Codes of rejected rows, in the order in which counts list them. */
export const REJECT_CODES = [
  "unclosed-quote",
  "bad-quote",
  "line-too-long",
  "bad-encoding",
  "extra-cell",
  "missing-cell",
  "required-value",
  "type-error",
  "non-finite",
  "zero-quantity",
] as const;
export type RejectCode = (typeof REJECT_CODES)[number];

export const SKIP_KINDS = [
  "blank",
  "repeated-header",
  "totals",
  "preamble",
  "formula",
  "footnote",
] as const;
export type SkipKind = (typeof SKIP_KINDS)[number];

export interface Skipped {
  kind: "skipped";
  as: SkipKind;
}

export interface Rejected {
  kind: "rejected";
  code: RejectCode;
  field: string;
  value: string;
  message: string;
  /** The code of every fault, the row's own first. */
  faults: RejectCode[];
  raw: string;
}

export interface Accepted {
  kind: "accepted";
  region: string;
  revenue: Decimal;
  quantity: Decimal;
  /** Null without such a column. */
  discount: Decimal | null;
  revPerUnit: number;
  /** Of each number column: the kinds of change that made its cell a plain number. */
  taken: Partial<Record<Field, string[]>>;
  /** Of each number column: the currency of its cell; null of none. */
  currencies: Partial<Record<Field, string | null>>;
}

const MISSING_NUMBERS = ["", "na", "n/a", "#n/a", "null", "none", "nan", "-"];
const TOTALS = ["total", "totals", "grand total", "subtotal", "sub-total"];

/** Skips, rejects or accepts a record. */
export function judge(
  record: FileRecord,
  header: Header,
  keepTotals: boolean,
  formats: NumberFormats,
): Skipped | Rejected | Accepted {
  if (record.blank) return { kind: "skipped", as: "blank" };
  const recordFault = faultOfRecord(record, header.columns.length);
  if (recordFault !== null) {
    const [code, message] = recordFault;
    return {
      kind: "rejected",
      code,
      field: "",
      value: "",
      message,
      faults: [code],
      raw: record.raw,
    };
  }

  const cell = (field: Field) => record.cells[header.position[field]!]!;
  const schemaFields = header.columns.flatMap(({ field }) => field === null ? [] : [field]);
  const faulty = schemaFields.flatMap((field) => {
    const code = faultOfCell(field, cell(field).trim(), formats);
    return code === null ? [] : [{ field, code }];
  });
  const label = (field: Field) => header.columns[header.position[field]!].label;
  if (
    faulty.length > 0 &&
    schemaFields.every((field) => comparedForm(cell(field)) === comparedForm(label(field)))
  ) return { kind: "skipped", as: "repeated-header" };
  if (!keepTotals && TOTALS.includes(cell("region").trim().toLowerCase())) {
    return { kind: "skipped", as: "totals" };
  }
  const numberFields = schemaFields.filter((field) => field !== "region" && field !== "product");
  const numbers = numberFields.map((field) => cell(field).trim())
    .filter((text) => !MISSING_NUMBERS.includes(text.toLowerCase()));
  if (numbers.length > 0 && numbers.every(isColumnFormula)) {
    return { kind: "skipped", as: "formula" };
  }

  const reject = (code: RejectCode, field: string, value: string, faults = [code]): Rejected => {
    return {
      kind: "rejected",
      code,
      field,
      value,
      message: sentence(code, field, value, formats),
      faults,
      raw: "",
    };
  };
  if (faulty.length > 0) {
    const [{ code, field }] = faulty;
    return reject(code, field, cell(field), faulty.map((fault) => fault.code));
  }

  const number = (field: Field) =>
    readNumber(cell(field).trim(), formats.of[field]!) as Exclude<NumberCell, string>;
  const [revenue, quantity] = [number("revenue"), number("quantity")];
  if (quantity.double === 0) return reject("zero-quantity", "quantity", cell("quantity"));
  const revPerUnit = revenue.double / quantity.double;
  if (!Number.isFinite(revPerUnit)) {
    const value = `${cell("revenue").trim()}/${cell("quantity").trim()}`;
    return reject("non-finite", "rev_per_unit", value);
  }
  return {
    kind: "accepted",
    region: cell("region").trim(),
    revenue: revenue.decimal,
    quantity: quantity.decimal,
    discount: schemaFields.includes("discount") ? number("discount").decimal : null,
    revPerUnit,
    taken: Object.fromEntries(numberFields.map((field) => [field, number(field).taken])),
    currencies: Object.fromEntries(
      numberFields.map((field) => [
        field,
        plainNumber(cell(field).trim(), formats.of[field]!.mark)!.currency,
      ]),
    ),
  };
}

function faultOfRecord(record: FileRecord, expected: number): [RejectCode, string] | null {
  const found = record.cells.length;
  switch (record.fault) {
    case "unclosed-quote":
      return [record.fault, "A quoted cell is not closed."];
    case "bad-quote":
      return [record.fault, "Text follows a closing quote."];
    case "line-too-long":
      return [
        record.fault,
        "The record exceeds a limit (1 MiB, 1000 lines, 256 KiB a cell, 4096 cells).",
      ];
    case "bad-encoding":
      return [record.fault, "The record is not valid UTF-8."];
  }
  if (found === expected) return null;
  const code = found > expected ? "extra-cell" : "missing-cell";
  return [code, `Expected ${expected} cells, found ${found}.`];
}

function faultOfCell(
  field: Field,
  trimmed: string,
  formats: NumberFormats,
): RejectCode | null {
  if (field === "region" || field === "product") return trimmed === "" ? "required-value" : null;
  if (MISSING_NUMBERS.includes(trimmed.toLowerCase())) return "required-value";
  const number = readNumber(trimmed, formats.of[field]!);
  return typeof number === "string" ? number : null;
}

function sentence(code: RejectCode, field: string, value: string, formats: NumberFormats): string {
  switch (code) {
    case "required-value":
      return `A value is required in ${field}.`;
    case "type-error":
      return `${field} is not a number${otherMark(field as Field, value, formats)}`;
    case "non-finite":
      return `${field} is not a finite number.`;
    case "zero-quantity":
      return "quantity is zero, so revenue per unit is undefined.";
    default:
      throw new Error(`${code} is no fault of a cell`);
  }
}

/** The rest of a sentence about a cell that is no number, but would be one under the other mark. */
function otherMark(field: Field, value: string, formats: NumberFormats): string {
  if (formats.of[field]!.mark === ",") {
    return plainNumber(value.trim(), ".") === null
      ? "."
      : ` with a decimal comma. If it has a point, set decimal_mark[${field}]=.`;
  }
  return plainNumber(value.trim(), ",") === null
    ? "."
    : ` with a decimal point. If it has a comma, set decimal_mark[${field}]=,`;
}
