/** What the kernel has to know to reject records: which columns may be at fault, and what a rejects file says of each fault. */
import { rejectMessage } from "../../domain/reject_message.ts";
import type { RejectCode } from "../../domain/report.ts";
import { CsvWriter } from "../artifacts/csv_writer.ts";
import { isOwn } from "../header/column.ts";
import type { Header } from "../header/header.ts";
import { comparedLabel } from "../header/label.ts";
import { SALES } from "../header/schema.ts";
import * as at from "./memory_layout.ts";

/** The faults of which the kernel can be certain, in the order of `assembly/rejects.ts`. */
const FAULTS: readonly { code: RejectCode; mark: "." | null }[] = [
  { code: "required-value", mark: null },
  { code: "type-error", mark: null },
  { code: "type-error", mark: "." }, // and a number under the other mark
  { code: "zero-quantity", mark: null },
];

/** The code of each of them. */
export const FAULT_CODES = FAULTS.map(({ code }) => code);

const LETTER = /^[a-z]/;

/** All of it, as it stands in the kernel's memory. Nothing is rejected there if rows are to be written without some of their cells. */
export function rejectTexts(header: Header): Uint8Array {
  const bytes = new Uint8Array(
    at.REJECT_TEXT_LIST + SALES.length * FAULTS.length * at.REJECT_TEXT_BYTES,
  );
  const view = new DataView(bytes.buffer);
  if (!header.columns.every(isOwn) || header.parts.length > 0) return bytes;
  const columns = SALES.flatMap(({ name }, field) => {
    const index = header.fields[name];
    return index === null ? [] : [{ index, field, name }];
  }).sort((a, b) => a.index - b.index);
  view.setUint32(0, columns.length, true);
  const csv = new CsvWriter();
  columns.forEach(({ index, field, name }, i) => {
    const label = comparedLabel(header.columns[index].label);
    const letter = LETTER.test(label) ? label.charCodeAt(0) : 0;
    const column = at.REJECT_COLUMN_LIST + i * at.REJECT_COLUMN_BYTES;
    [index, field, letter].forEach((word, at) => view.setUint32(column + 4 * at, word, true));
    FAULTS.forEach(({ code, mark }, kind) => {
      const text = at.REJECT_TEXT_LIST + (i * FAULTS.length + kind) * at.REJECT_TEXT_BYTES;
      const before = between(csv, code, name);
      bytes[text] = before.length;
      bytes.set(before, text + at.TEXT_BEFORE);
      const after = between(csv, rejectMessage(code, { field: name, mark }));
      bytes[text + 1] = after.length;
      bytes.set(after, text + at.TEXT_AFTER);
    });
  });
  return bytes;
}

/** Cells with a comma in front and one behind; valid until the writer is used again. */
function between(csv: CsvWriter, ...cells: string[]): Uint8Array {
  csv.endRow();
  csv.take();
  for (const cell of ["", ...cells, ""]) csv.text(cell);
  return csv.take();
}
