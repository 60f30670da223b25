/** What becomes of a record: semantics.md sections 3 to 5. */
import { type Decimal, type NumberCell, readNumber } from "./decimal.ts";
import { comparedForm, type Field, type Header } from "./header.ts";
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

export const SKIP_KINDS = ["blank", "repeated-header", "totals"] as const;
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
}

const MISSING_NUMBERS = ["", "na", "n/a", "#n/a", "null", "none", "nan", "-"];
const TOTALS = ["total", "totals", "grand total", "subtotal", "sub-total"];

/** Skips, rejects or accepts a record. */
export function judge(
  record: FileRecord,
  header: Header,
  keepTotals: boolean,
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
    const code = faultOfCell(field, cell(field).trim());
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

  const reject = (code: RejectCode, field: string, value: string, faults = [code]): Rejected => {
    return {
      kind: "rejected",
      code,
      field,
      value,
      message: sentence(code, field),
      faults,
      raw: "",
    };
  };
  if (faulty.length > 0) {
    const [{ code, field }] = faulty;
    return reject(code, field, cell(field), faulty.map((fault) => fault.code));
  }

  const number = (field: Field) => readNumber(cell(field).trim()) as Exclude<NumberCell, string>;
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

function faultOfCell(field: Field, trimmed: string): RejectCode | null {
  if (field === "region" || field === "product") return trimmed === "" ? "required-value" : null;
  if (MISSING_NUMBERS.includes(trimmed.toLowerCase())) return "required-value";
  const number = readNumber(trimmed);
  return typeof number === "string" ? number : null;
}

function sentence(code: RejectCode, field: string): string {
  switch (code) {
    case "required-value":
      return `A value is required in ${field}.`;
    case "type-error":
      return `${field} is not a number.`;
    case "non-finite":
      return `${field} is not a finite number.`;
    case "zero-quantity":
      return "quantity is zero, so revenue per unit is undefined.";
    default:
      throw new Error(`${code} is no fault of a cell`);
  }
}
