/** The headers and rows of the CSV artifacts. */
import type { Statistics } from "../../domain/report.ts";
import type { ArtifactStream } from "./artifact_stream.ts";
import type { Cleaner, Rejection } from "../clean/clean.ts";
import type { CsvWriter } from "./csv_writer.ts";
import { zScore } from "../aggregate/detect.ts";
import { canonicalNumber } from "../number/canonical_number.ts";
import { isOwn } from "../header/column.ts";
import type { Header } from "../header/header.ts";
import { comparedLabel } from "../header/label.ts";
import { rawText } from "../parse/raw_text.ts";
import type { CsvRecord } from "../parse/record.ts";
import type { Region } from "../aggregate/region_table.ts";
import { trimmedEnd, trimmedStart } from "../text/white_space.ts";

export const SUMMARY_HEADER = [
  "region",
  "revenue_sum",
  "revenue_mean",
  "quantity_sum",
  "discount_mean",
  "rows",
] as const;

const ANOMALY_LABELS = ["rev_per_unit", "is_anomaly", "z_score", "_line"] as const;
/** Labels that the file's own columns may have too; it has no own column that begins with `_`. */
const TAKEN_LABELS = new Set(["rev_per_unit", "is_anomaly", "z_score"].map(comparedLabel));

const REJECT_LABELS = [
  "_line",
  "_record",
  "_error_code",
  "_error_field",
  "_error_value",
  "_error_message",
  "_error_count",
  "_raw",
] as const;

export function anomaliesHeader(header: Header): string[] {
  return [...cleanedHeader(header), ...ANOMALY_LABELS];
}

/** The own columns' labels, so that none is taken for one of an anomalies file. */
export function cleanedHeader(header: Header): string[] {
  return ownLabels(header).map((label) =>
    TAKEN_LABELS.has(comparedLabel(label)) ? `${label} (input)` : label
  );
}

export function rejectsHeader(header: Header): string[] {
  return [...ownLabels(header), ...REJECT_LABELS];
}

/** Indices of the file's own columns. */
export function ownColumns(header: Header): number[] {
  return header.columns.flatMap((column, index) => isOwn(column) ? [index] : []);
}

/** @param hasDiscount whether the file has a column for it */
export function writeSummaryRow(
  { csv }: ArtifactStream,
  region: Region,
  hasDiscount: boolean,
): void {
  csv.text(region.name);
  csv.text(region.revenue.toString());
  csv.number(region.revenue.mean(region.rows));
  csv.text(region.quantity.toString());
  if (hasDiscount) csv.number(region.discount.mean(region.rows));
  else csv.empty();
  csv.number(region.rows);
}

/** @param own indices of the file's own columns */
export function writeAnomaly(
  { csv }: ArtifactStream,
  own: readonly number[],
  record: CsvRecord,
  revPerUnit: number,
  statistics: Statistics,
): void {
  for (const i of own) writeTrimmed(csv, record, i);
  writeFinding(csv, revPerUnit, statistics, record.line);
}

/** Writes accepted rows, each right after the cleaner has read its record: clean cells, canonical numbers. */
export function cleanedRowWriter(
  header: Header,
  { columns }: Cleaner,
  cleaned: ArtifactStream,
): (record: CsvRecord) => void {
  const { csv } = cleaned;
  const own = ownColumns(header);
  const numbers = header.columns.map((_, i) =>
    columns.find(({ index }) => index === i)?.number ?? null
  );
  return (record) => {
    for (const i of own) {
      const number = numbers[i];
      if (number === null) writeTrimmed(csv, record, i);
      else csv.text(canonicalNumber(number));
    }
    cleaned.endRow();
  };
}

/** Write a cell of a record without the white space around it. */
function writeTrimmed(
  csv: CsvWriter,
  { bytes, starts, ends }: CsvRecord,
  i: number,
): void {
  const start = trimmedStart(bytes, starts[i], ends[i]);
  csv.cell(bytes, start, trimmedEnd(bytes, start, ends[i]));
}

/** What an anomaly's row says beyond the file's own columns. */
function writeFinding(
  csv: CsvWriter,
  revPerUnit: number,
  statistics: Statistics,
  line: number,
): void {
  csv.number(revPerUnit);
  csv.text("true");
  const z = zScore(statistics, revPerUnit);
  if (z === null) csv.empty();
  else csv.number(z);
  csv.number(line);
}

/**
 * @param own indices of the file's own columns
 * @param number of the record
 */
export function writeReject(
  { csv }: ArtifactStream,
  own: readonly number[],
  record: CsvRecord,
  number: number,
  rejection: Rejection,
  rawBytesMax: number,
): void {
  const { bytes, starts, ends, cells } = record;
  if (record.isCsv === true && own.length === cells) {
    csv.raw(record.text, record.textStart, record.textEnd);
  } else {
    for (const i of own) {
      if (i < cells) csv.cell(bytes, starts[i], ends[i]);
      else csv.empty();
    }
  }
  csv.position(record.line, number);
  csv.word(rejection.code);
  csv.word(rejection.field);
  const { cell } = rejection;
  if (cell === null) csv.text(rejection.value);
  else csv.cell(bytes, starts[cell], ends[cell]);
  csv.word(rejection.message);
  csv.number(rejection.codes.length);
  csv.text(rejection.ofRecord ? rawText(record, rawBytesMax) : "");
}

function ownLabels(header: Header): string[] {
  return header.columns.filter(isOwn).map(({ label }) => label);
}
