/**
 * The oracle: what `docs/semantics.md` says about one file, calculated apart from the pipeline.
 *
 * It holds the whole file in memory, counts in rational numbers and is slow, so that each rule can be read off
 * beside its sentence. It shares no line with `src/`: neither code nor constants, so that a slip in one shows as a
 * difference. When a rule of semantics.md changes, change the pipeline and this, each from the page.
 */
import {
  type AcceptedRow,
  anomalies,
  type RejectedRow,
  rejects,
  report,
  sha256,
  summary,
  type Table,
} from "./artifacts.ts";
import { type ColumnOptions, FIELDS, type Header, type HeaderFault, readHeader } from "./header.ts";
import { type FileRecord, readRecords, type RecordLimits } from "./records.ts";
import { judge, REJECT_CODES, SKIP_KINDS } from "./rows.ts";
import { spread } from "./statistics.ts";

/** All limits that a test may lower. */
export interface Limits extends RecordLimits {
  regionsMax: number;
  blockBytes: number;
  badRatioRowsMin: number;
}

/** The limits as the page has them. */
export const LIMITS: Limits = {
  recordBytesMax: 1_048_576,
  recordLinesMax: 1_000,
  cellBytesMax: 262_144,
  columnsMax: 4_096,
  rawBytesMax: 65_536,
  regionsMax: 1_000_000,
  blockBytes: 1_048_576,
  badRatioRowsMin: 100,
};

export interface Options extends ColumnOptions {
  k: number;
  max_bad_rows: number | null;
  max_bad_ratio: number | null;
  keep_totals: boolean;
}

/** What must be known of a task besides its bytes. */
export interface Spec {
  taskId: string;
  filename: string;
  sha256: string;
  options: Options;
  softwareVersion: string;
  limits?: Partial<Limits>;
}

export type FailureCode = "no-valid-rows" | "too-many-bad-rows" | "too-many-regions";

export interface Refusal {
  refused: HeaderFault[];
}

export interface Verdict {
  error: { code: FailureCode } | null;
  /** Null: the file has no header. */
  headerLine: number | null;
  /**
   * The bytes of each artifact. The report is without `run`, and gives its error and warnings by code only:
   * the page doesn't fix their sentences.
   */
  artifacts: {
    summary?: Uint8Array;
    anomalies?: Uint8Array;
    rejects: Uint8Array;
    report: Uint8Array;
  };
}

/** What a task over these bytes must come to. */
export function consult(bytes: Uint8Array, spec: Spec): Refusal | Verdict {
  const limits = { ...LIMITS, ...spec.limits };
  const records = readRecords(bytes, limits);
  const headerIndex = records.findIndex((record) => !record.blank);
  const header = readHeader(records[headerIndex], spec.options);
  if (Array.isArray(header)) return { refused: header };
  const firstOfData = header.line === null ? headerIndex : headerIndex + 1;
  const data = [...records.slice(0, headerIndex), ...records.slice(firstOfData)];
  return verdict(bytes, spec, header, passThrough(data, header, spec.options, limits));
}

/** What is left of a file when reading it stops. */
interface Reading {
  accepted: AcceptedRow[];
  rejected: RejectedRow[];
  skipped: Record<string, number>;
  regions: Set<string>;
  error: FailureCode | null;
  complete: boolean;
}

/** Judges all records and blank lines but the header, in the file's order, until the end or a failure. */
function passThrough(
  data: FileRecord[],
  header: Header,
  options: Options,
  limits: Limits,
): Reading {
  const reading: Reading = {
    accepted: [],
    rejected: [],
    skipped: {},
    regions: new Set(),
    error: null,
    complete: true,
  };
  const blockOf = (record: FileRecord) => Math.floor(record.offset / limits.blockBytes);
  const total = () => reading.accepted.length + reading.rejected.length;
  const isOverBudget = (rowsMin: number) => {
    const bad = reading.rejected.length;
    const { max_bad_rows, max_bad_ratio } = options;
    return (max_bad_rows !== null && bad > max_bad_rows) ||
      (max_bad_ratio !== null && total() >= rowsMin && bad / total() > max_bad_ratio);
  };

  for (const [index, record] of data.entries()) {
    const row = judge(record, header, options.keep_totals);
    switch (row.kind) {
      case "skipped":
        reading.skipped[row.as] = (reading.skipped[row.as] ?? 0) + 1;
        break;
      case "rejected":
        reading.rejected.push({ record, number: total() + 1, row });
        break;
      case "accepted":
        if (!reading.regions.has(row.region) && reading.regions.size === limits.regionsMax) {
          return { ...reading, error: "too-many-regions", complete: false };
        }
        reading.regions.add(row.region);
        reading.accepted.push({ record, row });
    }
    const isLastOfBlock = index + 1 === data.length || blockOf(data[index + 1]) > blockOf(record);
    if (isLastOfBlock && isOverBudget(limits.badRatioRowsMin)) {
      return { ...reading, error: "too-many-bad-rows", complete: false };
    }
  }
  if (isOverBudget(1)) return { ...reading, error: "too-many-bad-rows" };
  if (reading.accepted.length === 0) return { ...reading, error: "no-valid-rows" };
  return reading;
}

function verdict(bytes: Uint8Array, spec: Spec, header: Header, reading: Reading): Verdict {
  const { accepted, rejected, skipped, regions, complete } = reading;
  const error = reading.error === null ? null : { code: reading.error };
  const measured = spread(accepted.map(({ row }) => row.revPerUnit), spec.options.k);

  const tables: Partial<Record<"summary" | "anomalies", Table>> & { rejects: Table } = {
    ...(error === null && {
      summary: summary(header, accepted),
      anomalies: anomalies(header, accepted, measured),
    }),
    rejects: rejects(header, rejected),
  };

  const content = {
    task_id: spec.taskId,
    software_version: spec.softwareVersion,
    filename: spec.filename,
    input: {
      bytes: bytes.length,
      sha256: spec.sha256,
      dialect: { encoding: "utf-8", delimiter: ",", header_line: header.line },
    },
    options: {
      k: spec.options.k,
      max_bad_rows: spec.options.max_bad_rows,
      max_bad_ratio: spec.options.max_bad_ratio,
      keep_totals: spec.options.keep_totals,
      ...chosen(spec.options),
    },
    complete,
    columns: header.columns.map(({ label, field, use, by }) => ({
      label,
      field,
      use,
      ...(by !== undefined && { by }),
    })),
    counts: {
      rows_total: accepted.length + rejected.length,
      rows_accepted: accepted.length,
      rows_rejected: rejected.length,
      rows_skipped: Object.values(skipped).reduce((sum, count) => sum + count, 0),
      regions: regions.size,
      anomalies: tables.anomalies?.rows ?? 0,
      rejected_by_code: tally(REJECT_CODES, rejected.map(({ row }) => row.code)),
      skipped_by_kind: inOrder(SKIP_KINDS, skipped),
    },
    errors_by_code: tally(REJECT_CODES, rejected.flatMap(({ row }) => row.faults)),
    statistics: measured.statistics,
    warnings: measured.warning === null ? [] : [{ code: measured.warning }],
    error,
    artifacts: Object.entries(tables).map(([kind, table]) => ({
      kind,
      file: `${kind}_${spec.taskId}.csv`,
      bytes: table.bytes.length,
      sha256: sha256(table.bytes),
      rows: table.rows,
    })),
  };
  return {
    error,
    headerLine: header.line,
    artifacts: {
      ...(tables.summary && { summary: tables.summary.bytes }),
      ...(tables.anomalies && { anomalies: tables.anomalies.bytes }),
      rejects: tables.rejects.bytes,
      report: report(content),
    },
  };
}

/** Options that a report has only where they aren't the default. */
function chosen({ columns, header, discount }: ColumnOptions): Partial<ColumnOptions> {
  const named = FIELDS.filter((field) => columns[field] !== undefined);
  return {
    ...(named.length > 0 && {
      columns: Object.fromEntries(named.map((field) => [field, columns[field]])),
    }),
    ...(header === "none" && { header }),
    ...(discount === "optional" && { discount }),
  };
}

function tally(order: readonly string[], words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return inOrder(order, counts);
}

function inOrder(order: readonly string[], counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    order.filter((word) => counts[word] > 0).map((word) => [word, counts[word]]),
  );
}
