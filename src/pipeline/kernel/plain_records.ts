/** Which records of a file are plain, so that the kernel takes them. */
import { isOwn } from "../header/column.ts";
import type { Header } from "../header/header.ts";
import { SALES } from "../header/schema.ts";
import { COMMA } from "../text/ascii.ts";
import type { PlainRecords } from "./kernel.ts";
import type { Reading } from "./reading.ts";
import { rejectTexts } from "./reject_texts.ts";

/** What makes a record below this header plain. */
export function plainRecords(header: Header, { syntax, formats, limits }: Reading): PlainRecords {
  const hasDecimalComma = formats.revenue.mark === ",";
  // What is said of a record that isn't written as artifacts are is for the plain engine's writer.
  const isCsv = syntax.delimiter === COMMA && !hasDecimalComma;
  return {
    columns: header.columns.length,
    // A field without a column is read from one that must be a number anyway, and left out of the sums.
    schemaColumns: SALES.map(({ name }) => header.fields[name] ?? header.fields.quantity),
    bytesMax: Math.min(limits.recordBytesMax, limits.cellBytesMax),
    linesMax: limits.recordLinesMax,
    notOwn: header.columns.flatMap((column, index) => isOwn(column) ? [] : [index]),
    delimiter: syntax.delimiter,
    hasDecimalComma,
    areDiscountsPercentages: formats.discount.isPercent,
    ...(isCsv && { rejectTexts: () => rejectTexts(header) }),
  };
}
