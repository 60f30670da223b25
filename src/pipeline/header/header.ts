/**
 * The header: which column is which field.
 *
 * Pure, and in two steps, because the labels may be known before the options are: `readLabels` takes them out of the
 * record, `mapLabels` finds the fields among them. What an option names comes first, then exact names, then aliases;
 * a column that one field has got is gone for the others. Nothing is guessed: what could be two columns is a fault.
 */
import { InputError, type InputFault } from "../../domain/errors.ts";
import type { TaskOptions } from "../../domain/options.ts";
import type { Column } from "./column.ts";
import * as say from "./header_fault.ts";
import { comparedLabel, isIgnoredLabel } from "./label.ts";
import type { CsvRecord } from "../parse/record.ts";
import { SALES, type SalesField } from "./schema.ts";
import { decodeUtf8 } from "../text/utf8.ts";

/** What a user may say about the header. */
export type HeaderMapping = Pick<TaskOptions, "columns" | "header" | "discount">;

/** Index of each field's column; null of one that may be missing and is. */
export type FieldColumns = Readonly<
  Record<Exclude<SalesField, "discount">, number> & Record<"discount", number | null>
>;

export interface Header {
  /** The physical line on which its last record begins; null if the file has none, so that its first record is data. */
  line: number | null;
  /** The cells of each of its records in the form in which labels are compared, if they are two; else nothing. */
  parts: readonly (readonly string[])[];
  columns: readonly Column[];
  fields: FieldColumns;
}

/** The first record that isn't blank, as the header that it may be. */
export interface Labels {
  line: number;
  /** Its cells, trimmed. */
  labels: readonly string[];
  /** Of two records that are the header together: the line of the second, and the cells of each. */
  lastLine?: number;
  parts?: readonly (readonly string[])[];
}

/**
 * The header in the first record that isn't blank.
 *
 * @throws {InputError} `bad-header`; or `missing-column`, `duplicate-column`, `ambiguous-column` for each field concerned
 */
export function readHeader(record: CsvRecord, mapping: HeaderMapping): Header {
  return mapLabels(readLabels(record), mapping);
}

/** The first step of `readHeader`. @throws {InputError} `bad-header` */
export function readLabels(record: CsvRecord): Labels {
  const { line, fault } = record;
  if (fault !== null) throw new InputError([say.badHeader(fault, line)]);
  const labels: string[] = [];
  for (let i = 0; i < record.cells; i++) {
    labels.push(decodeUtf8(record.bytes, record.starts[i], record.ends[i]).trim());
  }
  return { line, labels };
}

/** The second step of `readHeader`. @throws {InputError} one fault for each field that isn't found */
export function mapLabels(found: Labels, mapping: HeaderMapping): Header {
  const faults: InputFault[] = [];
  const choices = mapping.header === "none"
    ? chooseByPosition(found, mapping, faults)
    : chooseByLabel(found, mapping, faults);
  const hasLabels = mapping.header === "present";
  if (faults.length > 0) throw refusal(faults, found.labels, choices, mapping);
  const columns = found.labels.map((label, index): Column => {
    const choice = choices.find((choice) => choice.index === index);
    if (choice !== undefined) {
      const { field, by } = choice;
      return { label: hasLabels ? label : field, field, use: "schema", by };
    }
    const isIgnored = hasLabels && isIgnoredLabel(label);
    return {
      label: hasLabels ? label : `column_${index + 1}`,
      field: null,
      use: isIgnored ? "ignored" : "kept",
      by: null,
    };
  });
  const indexOf = (name: SalesField) => choices.find(({ field }) => field === name)?.index ?? null;
  const fields = Object.fromEntries(SALES.map(({ name }) => [name, indexOf(name)]));
  // A field that is neither found nor optional made a fault.
  return {
    line: hasLabels ? found.lastLine ?? found.line : null,
    parts: (found.parts ?? []).map((cells) => cells.map(comparedLabel)),
    columns,
    fields: fields as unknown as FieldColumns,
  };
}

/** What to say of an input without any header. */
export function emptyFile(): InputError {
  const detail = "The file is empty. It needs a header line and at least one row.";
  return new InputError([{ code: "empty-file", detail }]);
}

/** The column that a field has got. */
interface Choice {
  field: SalesField;
  index: number;
  by: "name" | "alias" | "option";
}

function chooseByLabel(
  { line, labels }: Labels,
  mapping: HeaderMapping,
  faults: InputFault[],
): Choice[] {
  const own = new Map<string, number[]>();
  labels.forEach((label, index) => {
    if (isIgnoredLabel(label)) return;
    const compared = comparedLabel(label);
    const indices = own.get(compared);
    if (indices === undefined) own.set(compared, [index]);
    else indices.push(index);
  });
  const named = SALES.flatMap(({ name }): Choice[] => {
    const indices = own.get(comparedLabel(mapping.columns[name] ?? "")) ?? [];
    const isNamed = mapping.columns[name] !== undefined && indices.length === 1;
    return isNamed ? [{ field: name, index: indices[0], by: "option" }] : [];
  });
  const free = (words: readonly string[]) =>
    words.flatMap((word) => own.get(word) ?? [])
      .filter((index) => !named.some((choice) => choice.index === index)).sort((a, b) => a - b);
  const choices = [...named];
  const open: SalesField[] = [];
  for (const { name, aliases } of SALES) {
    const label = mapping.columns[name];
    if (label !== undefined) {
      const indices = own.get(comparedLabel(label)) ?? [];
      if (indices.length === 0) faults.push(say.unknownLabel(name, label, labels, line));
      if (indices.length > 1) faults.push(say.duplicateColumn(name, labels, indices, line));
      continue;
    }
    const exact = free([name]);
    const indices = exact.length > 0 ? exact : free(aliases);
    if (indices.length === 1) {
      choices.push({ field: name, index: indices[0], by: exact.length > 0 ? "name" : "alias" });
    } else if (indices.length > 1) {
      const forms = new Set(indices.map((index) => comparedLabel(labels[index])));
      const fault = forms.size === 1 ? say.duplicateColumn : say.ambiguousColumn;
      faults.push(fault(name, labels, indices, line));
    } else if (!isOptional(name, mapping)) open.push(name);
  }
  const left = leftOver(labels, choices);
  for (const name of open) faults.push(say.missingColumn(name, labels, left, line));
  return choices;
}

function chooseByPosition(
  { line, labels }: Labels,
  mapping: HeaderMapping,
  faults: InputFault[],
): Choice[] {
  return SALES.flatMap(({ name }): Choice[] => {
    const position = mapping.columns[name];
    if (position === undefined) {
      if (!isOptional(name, mapping)) faults.push(say.missingPosition(name, line));
      return [];
    }
    const index = Number(position) - 1;
    if (index >= labels.length) {
      faults.push(say.unknownPosition(name, position, labels.length, line));
    }
    return [{ field: name, index, by: "option" }];
  });
}

/** All faults as one error: what several missing columns have in common is said once. */
function refusal(
  faults: readonly InputFault[],
  labels: readonly string[],
  choices: readonly Choice[],
  mapping: HeaderMapping,
): InputError {
  const isMissing = ({ code, field }: InputFault) =>
    code === "missing-column" && mapping.columns[field as SalesField] === undefined;
  const missing = faults.filter(isMissing).map(({ field }) => field as SalesField);
  if (mapping.header === "none" || missing.length < 2) return new InputError(faults);
  const others = faults.filter((fault) => !isMissing(fault)).map(({ detail }) => detail);
  const together = say.missingColumns(missing, labels, leftOver(labels, choices));
  return new InputError(faults, [...others, together].join(" "));
}

/** The labels that no field has got. */
function leftOver(labels: readonly string[], choices: readonly Choice[]): string[] {
  return labels.filter((_, index) => !choices.some((choice) => choice.index === index));
}

function isOptional(field: SalesField, mapping: HeaderMapping): boolean {
  return field === "discount" && mapping.discount === "optional";
}
