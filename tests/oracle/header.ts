/** The header: semantics.md section 2. */
import type { FileRecord } from "./records.ts";

/** The fields of the schema `sales`. */
export const FIELDS = ["region", "product", "revenue", "quantity", "discount"] as const;
export type Field = (typeof FIELDS)[number];

/** One fault of a header; `field` is set where the fault is about a schema field. */
export interface HeaderFault {
  code: "empty-file" | "bad-header" | "missing-column" | "duplicate-column";
  field: Field | null;
}

export interface Column {
  label: string;
  field: Field | null;
  use: "schema" | "ignored" | "kept";
}

export interface Header {
  /** All columns, in the file's order. */
  columns: Column[];
  /** Where each schema field stands among them. */
  position: Record<Field, number>;
  line: number;
}

/** The form in which labels are compared. */
export function comparedForm(label: string): string {
  return label.toLowerCase().replace(/[_\-\s]+/g, " ").trim();
}

/** The header of a file, or all that is wrong with it. */
export function readHeader(record: FileRecord | undefined): Header | HeaderFault[] {
  if (record === undefined) return [{ code: "empty-file", field: null }];
  if (record.fault !== null) return [{ code: "bad-header", field: null }];

  const labels = record.cells.map((cell) => cell!.trim());
  const columns = labels.map((label): Column => {
    if (label.startsWith("_")) return { label, field: null, use: "ignored" };
    const field = FIELDS.find((name) => name === comparedForm(label)) ?? null;
    return { label, field, use: field === null ? "kept" : "schema" };
  });

  const faults: HeaderFault[] = [];
  const position: Partial<Record<Field, number>> = {};
  for (const field of FIELDS) {
    const times = columns.filter((column) => column.field === field).length;
    if (times === 0) faults.push({ code: "missing-column", field });
    if (times > 1) faults.push({ code: "duplicate-column", field });
    position[field] = columns.findIndex((column) => column.field === field);
  }
  if (faults.length > 0) return faults;
  return { columns, position: position as Record<Field, number>, line: record.line };
}
