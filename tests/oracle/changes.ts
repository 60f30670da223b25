/** What was done to the schema cells of accepted rows: semantics.md section 9. */
import type { AcceptedRow } from "./artifacts.ts";
import { plainDigits } from "./decimal.ts";
import type { Field, Header } from "./header.ts";

const KINDS = ["trimmed", "currency", "thousands", "decimal-comma", "negative-form", "percent"];
const SAMPLES_MAX = 5;
const SHOWN_MAX = 100;

/** One kind of change in one column, as the report has it. */
export interface Change {
  kind: string;
  column: string;
  field: Field;
  cells: number;
  of: number;
  sentence: string;
  samples: Sample[];
}

interface Sample {
  line: number;
  record: number;
  before: string;
  after: string;
}

/** By columns, then by kinds. */
export function changes(header: Header, accepted: AcceptedRow[]): Change[] {
  return header.columns.flatMap(({ label, field }, index) =>
    field === null ? [] : KINDS.flatMap((kind): Change[] => {
      const changed = accepted.flatMap((row) => sample(row, index, field, kind) ?? []);
      if (changed.length === 0) return [];
      return [{
        kind,
        column: label,
        field,
        cells: changed.length,
        of: accepted.length,
        sentence: sentence(kind, changed.length, accepted.length, field),
        samples: changed.slice(0, SAMPLES_MAX),
      }];
    })
  );
}

/** A cell before and after a change; null if it wasn't changed in this way. */
function sample(
  { record, number, row }: AcceptedRow,
  index: number,
  field: Field,
  kind: string,
): Sample | null {
  const cell = record.cells[index]!;
  const place = { line: record.line, record: number };
  const trimmed = cell.trim();
  if (kind === "trimmed") {
    return cell === trimmed ? null : { ...place, before: shown(cell), after: shown(trimmed) };
  }
  if (field === "region" || field === "product" || !row.taken[field]!.includes(kind)) return null;
  return { ...place, before: shown(trimmed), after: shown(plainDigits(row[field]!)) };
}

function shown(text: string): string {
  const characters = [...text];
  return characters.length > SHOWN_MAX ? characters.slice(0, SHOWN_MAX).join("") + "…" : text;
}

function sentence(kind: string, changed: number, all: number, field: Field): string {
  const cells = (count: number) => count === 1 ? "cell" : "cells";
  const some = `${changed} ${cells(changed)} of ${field}`;
  switch (kind) {
    case "trimmed":
      return `Trimmed ${changed} of ${all} ${cells(all)} in ${field}.`;
    case "currency":
      return `Took a currency sign from ${some}.`;
    case "thousands":
      return `Took thousands marks from ${some}.`;
    case "decimal-comma":
      return `Read a comma as the decimal point in ${some}.`;
    case "negative-form":
      return `Read ${some} as negative: in parentheses, or with a minus behind.`;
    case "percent":
      return `Read ${some} as percent, divided by 100.`;
    default:
      throw new Error(`${kind} is no change`);
  }
}
