/** The header: which column is which field, and what to say when one can't be told. */
import { InputError, type InputFault } from "../domain/errors.ts";
import { nearest } from "../domain/nearest.ts";
import { comparedLabel, isIgnoredLabel } from "./label.ts";
import type { CsvRecord } from "./record.ts";
import { rejectMessage } from "./reject_message.ts";
import { SALES, type SalesField } from "./schema.ts";
import { decodeUtf8 } from "./utf8.ts";

/** One column of the file, in its order. */
export interface Column {
  /** Trimmed. */
  label: string;
  /** The schema's field that it holds. */
  field: SalesField | null;
  /** `schema` and `kept` columns are the file's own; an `ignored` one stands in no artifact. */
  use: "schema" | "kept" | "ignored";
}

export interface Header {
  /** The physical line on which it begins. */
  line: number;
  columns: readonly Column[];
  /** Index of each field's column. */
  fields: Readonly<Record<SalesField, number>>;
}

/** What is shown of a header in an error: enough to recognise the file, not a screenful. */
const LABELS_SHOWN_MAX = 20;
const LABEL_LENGTH_SHOWN_MAX = 40;

/**
 * The header in the first record that isn't blank.
 *
 * @throws {InputError} `bad-header`, or `missing-column` and `duplicate-column` for each field concerned
 */
export function readHeader(record: CsvRecord): Header {
  const { line } = record;
  if (record.fault !== null) {
    const reason = rejectMessage(record.fault);
    throw new InputError([{
      code: "bad-header",
      detail: `The header, on line ${line}, can't be read. ${reason}`,
      line,
    }]);
  }
  const labels: string[] = [];
  for (let i = 0; i < record.cells; i++) {
    labels.push(decodeUtf8(record.bytes, record.starts[i], record.ends[i]).trim());
  }
  const found = new Map<string, number[]>();
  labels.forEach((label, index) => {
    if (isIgnoredLabel(label)) return;
    const compared = comparedLabel(label);
    const indices = found.get(compared);
    if (indices === undefined) found.set(compared, [index]);
    else indices.push(index);
  });
  const faults: InputFault[] = [];
  const fieldOf = new Map<number, SalesField>();
  const fields = {} as Record<SalesField, number>;
  for (const { name } of SALES) {
    const indices = found.get(name) ?? [];
    if (indices.length === 0) faults.push(missingColumn(name, labels, line));
    if (indices.length > 1) faults.push(duplicateColumn(name, labels, indices, line));
    fields[name] = indices[0];
    fieldOf.set(indices[0], name);
  }
  if (faults.length > 0) throw new InputError(faults);
  const columns = labels.map((label, index): Column => {
    if (isIgnoredLabel(label)) return { label, field: null, use: "ignored" };
    const field = fieldOf.get(index) ?? null;
    return { label, field, use: field === null ? "kept" : "schema" };
  });
  return { line, columns, fields };
}

/** What to say of an input without any header. */
export function emptyFile(): InputError {
  const detail = "The file is empty. It needs a header line and at least one row.";
  return new InputError([{ code: "empty-file", detail }]);
}

/** Whether a column stands in the artifacts. */
export function isOwn(column: Column): boolean {
  return column.use !== "ignored";
}

function missingColumn(field: SalesField, labels: readonly string[], line: number): InputFault {
  const own = labels.filter((label) => label !== "" && !isIgnoredLabel(label));
  const near = nearest(field, own);
  const cure = near === null
    ? foreignDelimiter(labels) ?? `Add a column with the label "${field}".`
    : `Did you mean "${shown(near)}"?`;
  return {
    code: "missing-column",
    detail: `Column "${field}" is missing. Found: ${shownList(own)}. ${cure}`,
    line,
    field,
  };
}

function duplicateColumn(
  field: SalesField,
  labels: readonly string[],
  indices: readonly number[],
  line: number,
): InputFault {
  const places = indices.map((index) => `${index + 1} ("${shown(labels[index])}")`);
  return {
    code: "duplicate-column",
    detail: `Column "${field}" is there ${indices.length} times, as columns ` +
      `${shownList(places)}. Keep one, and rename or remove the others.`,
    line,
    field,
  };
}

/** A hint for a header that is one cell, because something else than commas separates it. */
function foreignDelimiter(labels: readonly string[]): string | null {
  if (labels.length > 1) return null;
  const names = new Map([[";", "semicolons"], ["\t", "tabs"], ["|", "vertical bars"]]);
  for (const [delimiter, name] of names) {
    if (labels[0].includes(delimiter)) {
      return `The labels seem to be separated by ${name}: save the file with commas.`;
    }
  }
  return null;
}

function shownList(items: readonly string[]): string {
  if (items.length === 0) return "no labels";
  const list = items.slice(0, LABELS_SHOWN_MAX).map(shown).join(", ");
  const more = items.length - LABELS_SHOWN_MAX;
  return more > 0 ? `${list} and ${more} more` : list;
}

function shown(label: string): string {
  return label.length <= LABEL_LENGTH_SHOWN_MAX
    ? label
    : `${label.slice(0, LABEL_LENGTH_SHOWN_MAX).toWellFormed()}…`;
}
