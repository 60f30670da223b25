/** The header: semantics.md section 2. */
import type { FileRecord } from "./records.ts";

/** The fields of the schema `sales`. */
export const FIELDS = ["region", "product", "revenue", "quantity", "discount"] as const;
export type Field = (typeof FIELDS)[number];

/** The page's table. */
export const ALIASES: Record<Field, string[]> = {
  region: ["territory", "market", "state", "branch"],
  product: ["product name", "item", "item type", "product line", "sku"],
  revenue: ["sales", "total", "total revenue", "amount"],
  quantity: ["qty", "units", "units sold", "quantity ordered"],
  discount: ["discount rate", "discount %"],
};

/** What a user may say about the header. */
export interface ColumnOptions {
  columns: Partial<Record<Field, string>>;
  header: "present" | "none";
  discount: "required" | "optional";
}

/** One fault of a header; `field` is set where the fault is about a schema field. */
export interface HeaderFault {
  code: "empty-file" | "bad-header" | "missing-column" | "duplicate-column" | "ambiguous-column";
  field: Field | null;
}

export interface Column {
  label: string;
  field: Field | null;
  use: "schema" | "ignored" | "kept";
  by?: "alias" | "option";
}

export interface Header {
  /** All columns, in the file's order. */
  columns: Column[];
  /** Where each schema field stands among them; not there: not in the file. */
  position: Partial<Record<Field, number>>;
  /** Null: the first record is data. */
  line: number | null;
}

/** The form in which labels are compared. */
export function comparedForm(label: string): string {
  return label.toLowerCase().replace(/[_\-\s]+/g, " ").trim();
}

/** The header of a file, or all that is wrong with it. */
export function readHeader(
  record: FileRecord | undefined,
  options: ColumnOptions,
): Header | HeaderFault[] {
  if (record === undefined) return [{ code: "empty-file", field: null }];
  if (record.fault !== null) return [{ code: "bad-header", field: null }];
  const labels = record.cells.map((cell) => cell!.trim());
  return options.header === "none"
    ? withoutHeader(labels.length, options)
    : withHeader(labels, record.line, options);
}

function withHeader(
  labels: string[],
  line: number,
  options: ColumnOptions,
): Header | HeaderFault[] {
  const columns = labels.map((label): Column => {
    return { label, field: null, use: label.startsWith("_") ? "ignored" : "kept" };
  });
  const own = (form: string) =>
    columns.filter(({ label, use }) => use !== "ignored" && comparedForm(label) === form);
  const faults: HeaderFault[] = [];

  for (const field of FIELDS) {
    const asked = options.columns[field];
    if (asked === undefined) continue;
    const named = own(comparedForm(asked));
    if (named.length === 0) faults.push({ code: "missing-column", field });
    if (named.length > 1) faults.push({ code: "duplicate-column", field });
    if (named.length === 1) Object.assign(named[0], { field, use: "schema", by: "option" });
  }
  const isFree = (column: Column) => column.by !== "option";
  for (const field of FIELDS) {
    if (options.columns[field] !== undefined) continue;
    const exact = own(field).filter(isFree);
    const alike = ALIASES[field].flatMap((alias) => own(alias)).filter(isFree);
    const candidates = exact.length > 0 ? exact : alike;
    if (candidates.length === 0 && !mayBeMissing(field, options)) {
      faults.push({ code: "missing-column", field });
    }
    if (candidates.length > 1) {
      const first = comparedForm(candidates[0].label);
      const alikeAll = candidates.every(({ label }) => comparedForm(label) === first);
      faults.push({ code: alikeAll ? "duplicate-column" : "ambiguous-column", field });
    }
    if (candidates.length === 1) {
      Object.assign(candidates[0], { field, use: "schema" });
      if (exact.length === 0) candidates[0].by = "alias";
    }
  }
  return faults.length > 0 ? faults : { columns, position: positions(columns), line };
}

function withoutHeader(width: number, options: ColumnOptions): Header | HeaderFault[] {
  const columns = Array.from({ length: width }, (_, index): Column => {
    return { label: `column_${index + 1}`, field: null, use: "kept" };
  });
  const faults: HeaderFault[] = [];
  for (const field of FIELDS) {
    const asked = options.columns[field];
    if (asked === undefined && mayBeMissing(field, options)) continue;
    const column = columns[Number(asked) - 1];
    if (column === undefined) faults.push({ code: "missing-column", field });
    else Object.assign(column, { label: field, field, use: "schema", by: "option" });
  }
  return faults.length > 0 ? faults : { columns, position: positions(columns), line: null };
}

function positions(columns: Column[]): Partial<Record<Field, number>> {
  return Object.fromEntries(
    columns.flatMap(({ field }, index) => field === null ? [] : [[field, index]]),
  );
}

function mayBeMissing(field: Field, { discount }: ColumnOptions): boolean {
  return field === "discount" && discount === "optional";
}
