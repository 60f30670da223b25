/** A column of a file, as its header names it. */
import type { SalesField } from "./schema.ts";

/** One column of the file, in its order. */
export interface Column {
  /** Trimmed. Of a file without a header: the name of its field, or `column_` and its position. */
  label: string;
  /** The schema's field that it holds. */
  field: SalesField | null;
  /** `schema` and `kept` columns are the file's own; an `ignored` one stands in no artifact. */
  use: "schema" | "kept" | "ignored";
  /** How a schema column was found; null of the others. */
  by: "name" | "alias" | "option" | null;
}

/** Whether a column stands in the artifacts. */
export function isOwn(column: Column): boolean {
  return column.use !== "ignored";
}
