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
  cleaned,
  type RejectedRow,
  rejects,
  report,
  sha256,
  summary,
  type Table,
} from "./artifacts.ts";
import { changes } from "./changes.ts";
import { mixedCurrencies } from "./currencies.ts";
import {
  NUMBER_FIELDS,
  type NumberFormats,
  numberFormats,
  type NumberOptions,
} from "./decimal_marks.ts";
import {
  type ColumnOptions,
  type Field,
  FIELDS,
  type Header,
  type HeaderFault,
  readHeader,
} from "./header.ts";
import { fatesOf, type LoneLimits } from "./lone_records.ts";
import { type FileRecord, readRecords, type RecordLimits } from "./records.ts";
import { judge, REJECT_CODES, type Rejected, SKIP_KINDS } from "./rows.ts";
import { spread } from "./statistics.ts";

/** All limits that a test may lower. */
export interface Limits extends RecordLimits, LoneLimits {
  sampleRecordsMax: number;
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
  sampleRecordsMax: 10_000,
  loneBytesMax: 1_000,
  asideRecordsMax: 20,
};

const PLAIN = { encoding: "utf-8", delimiter: "," };

export interface Options extends ColumnOptions, NumberOptions {
  k: number;
  max_bad_rows: number | null;
  max_bad_ratio: number | null;
  keep_totals: boolean;
  cleaned: boolean;
}

/** What must be known of a task besides its bytes. */
export interface Spec {
  taskId: string;
  filename: string;
  sha256: string;
  options: Options;
  softwareVersion: string;
  limits?: Partial<Limits>;
  /** How the file is written, as the report has it but for the header's line; a plain file, if it isn't given. */
  dialect?: { encoding: "utf-8"; delimiter: string; [key: string]: unknown };
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
   * The bytes of each artifact. The report is without `run`, and gives its error and warnings by code only, where
   * the page doesn't fix their sentences.
   */
  artifacts: {
    summary?: Uint8Array;
    anomalies?: Uint8Array;
    cleaned?: Uint8Array;
    rejects: Uint8Array;
    report: Uint8Array;
  };
}

/** What a task over these bytes must come to. */
export function consult(bytes: Uint8Array, spec: Spec): Refusal | Verdict {
  const limits = { ...LIMITS, ...spec.limits };
  const { delimiter } = spec.dialect ?? PLAIN;
  const records = readRecords(bytes, limits, delimiter);
  const headerIndex = records.findIndex((record) => !record.blank);
  const header = readHeader(records[headerIndex], spec.options);
  if (Array.isArray(header)) return { refused: header };
  const firstOfData = header.line === null ? headerIndex : headerIndex + 1;
  const data = [...records.slice(0, headerIndex), ...records.slice(firstOfData)];
  const formats = numberFormats(
    { header, data: records.slice(firstOfData), delimiter, isPlain: !spec.dialect, limits },
    spec.options,
  );
  const reading = passThrough(data, header, spec.options, limits, formats);
  return verdict(bytes, spec, header, reading, formats);
}

/** What is left of a file when reading it stops. */
interface Reading {
  accepted: AcceptedRow[];
  rejected: RejectedRow[];
  /** The lines of each kind. */
  skipped: Record<string, number[]>;
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
  formats: NumberFormats,
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

  const skip = (as: string, { line }: FileRecord) => (reading.skipped[as] ??= []).push(line);
  const judged = data.map((record) => {
    return { record, row: judge(record, header, options.keep_totals, formats) };
  });
  const fates = fatesOf(judged, limits);
  const decideLone = (decidedAt: number) => {
    for (const [index, fate] of fates) {
      if (fate.decidedAt !== decidedAt) continue;
      const { record, row } = judged[index];
      if (fate.as !== null) skip(fate.as, record);
      else reading.rejected.push({ record, number: total() + 1, row: row as Rejected });
    }
  };

  for (const [index, { record, row }] of judged.entries()) {
    decideLone(index);
    if (row.kind === "skipped") skip(row.as, record);
    else if (row.kind === "accepted") {
      if (!reading.regions.has(row.region) && reading.regions.size === limits.regionsMax) {
        return { ...reading, error: "too-many-regions", complete: false };
      }
      reading.regions.add(row.region);
      reading.accepted.push({ record, number: total() + 1, row });
    } else if (!fates.has(index)) reading.rejected.push({ record, number: total() + 1, row });
    if (index + 1 === data.length) decideLone(data.length);
    const isLastOfBlock = index + 1 === data.length || blockOf(data[index + 1]) > blockOf(record);
    if (isLastOfBlock && isOverBudget(limits.badRatioRowsMin)) {
      return { ...reading, error: "too-many-bad-rows", complete: false };
    }
  }
  if (isOverBudget(1)) return { ...reading, error: "too-many-bad-rows" };
  if (reading.accepted.length === 0) return { ...reading, error: "no-valid-rows" };
  return reading;
}

function verdict(
  bytes: Uint8Array,
  spec: Spec,
  header: Header,
  reading: Reading,
  formats: NumberFormats,
): Verdict {
  const { accepted, rejected, skipped, regions, complete } = reading;
  const error = reading.error === null ? null : { code: reading.error };
  const measured = spread(accepted.map(({ row }) => row.revPerUnit), spec.options.k);

  const tables: Partial<Record<"summary" | "anomalies" | "cleaned", Table>> & { rejects: Table } = {
    ...(error === null && {
      summary: summary(header, accepted),
      anomalies: anomalies(header, accepted, measured),
    }),
    rejects: rejects(header, rejected),
    ...(error === null && spec.options.cleaned && { cleaned: cleaned(header, accepted) }),
  };

  const content = {
    task_id: spec.taskId,
    software_version: spec.softwareVersion,
    filename: spec.filename,
    input: {
      bytes: bytes.length,
      sha256: spec.sha256,
      dialect: withHeaderLine(spec.dialect ?? PLAIN, header.line),
    },
    options: {
      k: spec.options.k,
      max_bad_rows: spec.options.max_bad_rows,
      max_bad_ratio: spec.options.max_bad_ratio,
      keep_totals: spec.options.keep_totals,
      ...chosen(spec.options),
      ...(spec.options.cleaned && { cleaned: true }),
    },
    complete,
    columns: header.columns.map(({ label, field, use, by }) => ({
      label,
      field,
      use,
      ...(by !== undefined && { by }),
      ...(field !== null && numbersJson(formats, field)),
    })),
    counts: {
      rows_total: accepted.length + rejected.length,
      rows_accepted: accepted.length,
      rows_rejected: rejected.length,
      rows_skipped: Object.values(skipped).flat().length,
      regions: regions.size,
      anomalies: tables.anomalies?.rows ?? 0,
      rejected_by_code: tally(REJECT_CODES, rejected.map(({ row }) => row.code)),
      skipped_by_kind: tally(
        SKIP_KINDS,
        Object.entries(skipped).flatMap(([kind, lines]) => lines.map(() => kind)),
      ),
    },
    skipped: SKIP_KINDS.flatMap((kind) => {
      const lines = skipped[kind];
      return kind === "blank" || lines === undefined
        ? []
        : [{ kind, rows: lines.length, lines: lines.slice(0, 100) }];
    }),
    errors_by_code: tally(REJECT_CODES, rejected.flatMap(({ row }) => row.faults)),
    changes: changes(header, accepted),
    statistics: measured.statistics,
    warnings: [
      ...(formats.isAssumed ? [{ code: "decimal-mark-assumed" }] : []),
      ...mixedCurrencies(accepted),
      ...(measured.warning === null ? [] : [{ code: measured.warning }]),
    ],
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
      ...(tables.cleaned && { cleaned: tables.cleaned.bytes }),
      ...(tables.summary && { summary: tables.summary.bytes }),
      ...(tables.anomalies && { anomalies: tables.anomalies.bytes }),
      rejects: tables.rejects.bytes,
      report: report(content),
    },
  };
}

/** The keys of a dialect in their order. */
function withHeaderLine(
  { encoding, delimiter, ...others }: NonNullable<Spec["dialect"]> | typeof PLAIN,
  line: number | null,
) {
  return { encoding, delimiter, header_line: line, ...others };
}

/** What a report says of a column's numbers. */
function numbersJson(formats: NumberFormats, field: Field): Record<string, unknown> {
  const format = formats.of[field];
  if (format === undefined) return {};
  return {
    ...(formats.isTold && { decimal_mark: format.mark, decided_by: format.decidedBy }),
    ...(format.isPercent && { percent: true }),
  };
}

/** Options that a report has only where they aren't the default. */
function chosen(options: Options): Partial<Options> {
  const { columns, header, discount, decimal_mark, percent } = options;
  const named = FIELDS.filter((field) => columns[field] !== undefined);
  const marked = NUMBER_FIELDS.filter((field) => decimal_mark[field] !== undefined);
  return {
    ...(named.length > 0 && {
      columns: Object.fromEntries(named.map((field) => [field, columns[field]])),
    }),
    ...(header === "none" && { header }),
    ...(discount === "optional" && { discount }),
    ...(marked.length > 0 && {
      decimal_mark: Object.fromEntries(marked.map((field) => [field, decimal_mark[field]])),
    }),
    ...(percent !== null && {
      percent: NUMBER_FIELDS.filter((field) => percent.includes(field)),
    }),
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
