/** The bytes of the artifacts: semantics.md sections 6, 8 and 9. */
import { createHash } from "node:crypto";
import { add, type Decimal, plainDigits, toRational, ZERO } from "./decimal.ts";
import { comparedForm, type Header } from "./header.ts";
import { nearestDouble } from "./rational.ts";
import type { FileRecord } from "./records.ts";
import type { Accepted, Rejected } from "./rows.ts";
import type { Spread } from "./statistics.ts";

/** A CSV and the number of its data rows. */
export interface Table {
  bytes: Uint8Array;
  rows: number;
}

export interface AcceptedRow {
  record: FileRecord;
  /** Its record number. */
  number: number;
  row: Accepted;
}

export interface RejectedRow {
  record: FileRecord;
  /** Its record number. */
  number: number;
  row: Rejected;
}

/** The regional summary. */
export function summary(header: Header, accepted: AcceptedRow[]): Table {
  const regions = new Map<string, Accepted[]>();
  for (const { row } of accepted) {
    regions.set(row.region, [...(regions.get(row.region) ?? []), row]);
  }
  const lines = [...regions].sort(([a], [b]) => byCodePoints(a, b)).map(([region, rows]) => {
    const sum = (pick: (row: Accepted) => Decimal) => rows.map(pick).reduce(add, ZERO);
    const mean = (pick: (row: Accepted) => Decimal) => {
      const { num, den } = toRational(sum(pick));
      return String(nearestDouble({ num, den: den * BigInt(rows.length) }));
    };
    return [
      region,
      plainDigits(sum((row) => row.revenue)),
      mean((row) => row.revenue),
      plainDigits(sum((row) => row.quantity)),
      header.position.discount === undefined ? "" : mean((row) => row.discount!),
      String(rows.length),
    ];
  });
  const labels = ["region", "revenue_sum", "revenue_mean", "quantity_sum", "discount_mean", "rows"];
  return table(labels, lines);
}

const ADDED = ["rev_per_unit", "is_anomaly", "z_score"];

/** Labels of the own columns, none of which compares equal to one that is added to anomalies. */
function safeLabels(header: Header): string[] {
  return ownColumns(header).map((index) => {
    const { label } = header.columns[index];
    const clashes = ADDED.some((name) => comparedForm(name) === comparedForm(label));
    return clashes ? `${label} (input)` : label;
  });
}

/** Rows whose `rev_per_unit` is unusually high. */
export function anomalies(header: Header, accepted: AcceptedRow[], spread: Spread): Table {
  const lines = accepted.flatMap(({ record, row }) => {
    const zScore = spread.zScore(row.revPerUnit);
    if (zScore === null) return [];
    return [[
      ...ownColumns(header).map((index) => record.cells[index]!.trim()),
      String(row.revPerUnit),
      "true",
      Number.isFinite(zScore) ? String(zScore) : "",
      String(record.line),
    ]];
  });
  return table([...safeLabels(header), ...ADDED, "_line"], lines);
}

/** Accepted rows with every cell as clean as can be. */
export function cleaned(header: Header, accepted: AcceptedRow[]): Table {
  const lines = accepted.map(({ record, row }) =>
    ownColumns(header).map((index) => {
      const { field } = header.columns[index];
      if (field === null || field === "region" || field === "product") {
        return record.cells[index]!.trim();
      }
      return plainDigits(row[field]!);
    })
  );
  return table(safeLabels(header), lines);
}

/** Rejected rows, each with its reason. */
export function rejects(header: Header, rejected: RejectedRow[]): Table {
  const labels = ownColumns(header).map((index) => header.columns[index].label);
  const lines = rejected.map(({ record, number, row }) => [
    ...ownColumns(header).map((index) => record.cells[index] ?? ""),
    String(record.line),
    String(number),
    row.code,
    row.field,
    row.value,
    row.message,
    String(row.faults.length),
    row.raw,
  ]);
  return table([
    ...labels,
    "_line",
    "_record",
    "_error_code",
    "_error_field",
    "_error_value",
    "_error_message",
    "_error_count",
    "_raw",
  ], lines);
}

/** The report, of keys in the order given. */
export function report(content: Record<string, unknown>): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(content, null, 2) + "\n");
}

/** Lower-case hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function ownColumns(header: Header): number[] {
  return [...header.columns.keys()].filter((index) => header.columns[index].use !== "ignored");
}

function table(labels: string[], lines: string[][]): Table {
  const text = [labels, ...lines].map((line) => line.map(quoted).join(",") + "\n").join("");
  return { bytes: new TextEncoder().encode(text), rows: lines.length };
}

function quoted(cell: string): string {
  return /[,"\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function byCodePoints(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => Array.from(text, (sign) => sign.codePointAt(0)!));
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index++) {
    if (left[index] !== right[index]) return left[index] - right[index];
  }
  return left.length - right.length;
}
