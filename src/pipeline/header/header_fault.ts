/** What to say of a header in which a field's column can't be told: what is wrong, what was found, and what to do. */
import type { InputFault } from "../../domain/errors.ts";
import { nearest } from "../../domain/nearest.ts";
import { rejectMessage } from "../../domain/reject_message.ts";
import { comparedLabel, isIgnoredLabel } from "./label.ts";
import type { RecordFault } from "../parse/record.ts";
import { SALES, type SalesField } from "./schema.ts";

/** What is shown of a header: enough to recognise the file, not a screenful. */
const LABELS_SHOWN_MAX = 20;
const LABEL_LENGTH_SHOWN_MAX = 40;
/** The same where one sentence is about several columns. */
const LABELS_SHOWN_TOGETHER_MAX = 8;
/** Some aliases are short words: two letters away from `state` is `date`. */
const ALIAS_DISTANCE_MAX = 1;

export function badHeader(fault: RecordFault, line: number): InputFault {
  const reason = rejectMessage(fault);
  const cure = fault === "bad-encoding" ? " Save it as UTF-8, or say encoding=windows-1252." : "";
  return {
    code: "bad-header",
    detail: `The header, on line ${line}, can't be read. ${reason}${cure}`,
    line,
  };
}

/** @param left labels of columns that no field has got */
export function missingColumn(
  field: SalesField,
  labels: readonly string[],
  left: readonly string[],
  line: number,
): InputFault {
  return {
    code: "missing-column",
    detail: `Column "${field}" is missing. Found: ${foundLabels(labels)}. ${
      cureOfMissing(field, labels, left)
    }`,
    line,
    field,
  };
}

/**
 * What to say of several missing columns at once; the fault of each still has its own cure.
 *
 * @param left as of `missingColumn`
 */
export function missingColumns(
  fields: readonly SalesField[],
  labels: readonly string[],
  left: readonly string[],
): string {
  const own = left.filter((label) => !isIgnoredLabel(label));
  const meant = fields.flatMap((field) => {
    const near = nearestLabel(field, own);
    return near === null ? [] : [`"${shown(near)}" for "${field}"`];
  });
  const guess = meant.length === 0 ? "" : ` Did you mean ${meant.join(", ")}?`;
  const cure = missingHeader(labels, left) ??
    `Rename the columns that hold them, or name these with options: ${option(fields[0], "LABEL")}.`;
  const names = fields.map((field) => `"${field}"`);
  return `Columns ${names.slice(0, -1).join(", ")} and ${names.at(-1)} are missing. Found: ${
    foundLabels(labels, LABELS_SHOWN_TOGETHER_MAX)
  }.${guess} ${cure}`;
}

/** No column has the label that an option gives. */
export function unknownLabel(
  field: SalesField,
  label: string,
  labels: readonly string[],
  line: number,
): InputFault {
  const near = nearest(label, labels.filter((own) => own !== "" && !isIgnoredLabel(own)));
  const cure = near === null ? "Give the label of one of them." : `Did you mean "${shown(near)}"?`;
  return {
    code: "missing-column",
    detail: `The option ${option(field, label)} names no column. Found: ${
      foundLabels(labels)
    }. ${cure}`,
    line,
    field,
  };
}

export function duplicateColumn(
  field: SalesField,
  labels: readonly string[],
  indices: readonly number[],
  line: number,
): InputFault {
  return {
    code: "duplicate-column",
    detail: `Column "${field}" is there ${indices.length} times, as columns ` +
      `${shownList(places(labels, indices))}. Keep one, and rename or remove the others.`,
    line,
    field,
  };
}

/** Several aliases of one field, none of them its name. */
export function ambiguousColumn(
  field: SalesField,
  labels: readonly string[],
  indices: readonly number[],
  line: number,
): InputFault {
  return {
    code: "ambiguous-column",
    detail: `Column "${field}" could be any of the columns ${
      shownList(places(labels, indices))
    }. Say which with the option ${option(field, labels[indices[0]])}, or rename it to "${field}".`,
    line,
    field,
  };
}

/** No option says where a field of a file without a header is. */
export function missingPosition(field: SalesField, line: number): InputFault {
  return {
    code: "missing-column",
    detail: `With header=none the option ${option(field, "POSITION")} must say which column ` +
      `is "${field}": 1 is the first one.${withoutDiscount(field)}`,
    line,
    field,
  };
}

export function unknownPosition(
  field: SalesField,
  position: string,
  columns: number,
  line: number,
): InputFault {
  return {
    code: "missing-column",
    detail: `The option ${option(field, position)} names no column: the first record, ` +
      `on line ${line}, has ${columns}.`,
    line,
    field,
  };
}

/** @param left as of `missingColumn` */
function cureOfMissing(
  field: SalesField,
  labels: readonly string[],
  left: readonly string[],
): string {
  // A column of this name is no field's but its own, unless an option has given it to another.
  if (labels.some((label) => comparedLabel(label) === field && !isIgnoredLabel(label))) {
    return `An option gives the column of that name to another field. Name the one that holds it with the option ` +
      `${option(field, "LABEL")}, or leave that option out.${withoutDiscount(field)}`;
  }
  const near = nearestLabel(field, left.filter((label) => !isIgnoredLabel(label)));
  if (near === null) return missingHeader(labels, left) ?? addColumn(field);
  return `Did you mean "${shown(near)}"? Rename it, or name it with the option ${
    option(field, near)
  }.`;
}

/** The label that was most likely meant to be a field's name or one of its aliases. */
function nearestLabel(field: SalesField, labels: readonly string[]): string | null {
  const compared = labels.map(comparedLabel);
  const { name, aliases } = SALES.find(({ name }) => name === field)!;
  const near = nearest(name, compared) ??
    aliases.map((alias) => nearest(alias, compared, ALIAS_DISTANCE_MAX)).find((near) =>
      near !== null
    );
  return near === undefined || near === null ? null : labels[compared.indexOf(near)];
}

/** A hint for a first line that looks like data: no field is in it, but a number is. */
function missingHeader(labels: readonly string[], left: readonly string[]): string | null {
  if (left.length < labels.length || !labels.some((label) => /^[+-]?\.?[0-9]/.test(label))) {
    return null;
  }
  return "If the file has no header line, upload it with header=none, columns[region]=1 and so on.";
}

function addColumn(field: SalesField): string {
  return `Add a column with the label "${field}". Or name the one that holds it with the option ` +
    `${option(field, "LABEL")}.${withoutDiscount(field)}`;
}

function withoutDiscount(field: SalesField): string {
  return field === "discount" ? " If there is none, say discount=optional." : "";
}

/** An option as a user writes it. */
function option(field: SalesField, value: string): string {
  return `columns[${field}]=${shown(value)}`;
}

function places(labels: readonly string[], indices: readonly number[]): string[] {
  return indices.map((index) => `${index + 1} ("${shown(labels[index])}")`);
}

function foundLabels(labels: readonly string[], shownMax = LABELS_SHOWN_MAX): string {
  const found = labels.filter((label) => label !== "" && !isIgnoredLabel(label));
  return shownList(found.map(shown), shownMax);
}

function shownList(items: readonly string[], shownMax = LABELS_SHOWN_MAX): string {
  if (items.length === 0) return "no labels";
  const list = items.slice(0, shownMax).join(", ");
  const more = items.length - shownMax;
  return more > 0 ? `${list} and ${more} more` : list;
}

function shown(label: string): string {
  return label.length <= LABEL_LENGTH_SHOWN_MAX
    ? label
    : `${label.slice(0, LABEL_LENGTH_SHOWN_MAX).toWellFormed()}…`;
}
