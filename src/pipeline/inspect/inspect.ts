/**
 * Inspect: the head of a file as a run would read it, without a run.
 *
 * Nothing here reads a record, finds a header or judges a row by itself: parser, header and sorter are those of the
 * first pass (`aggregate_pass.ts`), so what is shown of a row is what will become of it. Only what stands behind the head is
 * left open: its last record, if it is cut, doesn't count.
 */
import type { Dialect } from "../../domain/dialect.ts";
import type { TaskError } from "../../domain/errors.ts";
import { INSPECT_RESCAN_BYTES_MAX, INSPECT_ROWS_MAX, SNIFF_BYTES } from "../../domain/limits.ts";
import type { TaskOptions } from "../../domain/options.ts";
import { CR, LF } from "../text/ascii.ts";
import { ArtifactStream } from "../artifacts/artifact_stream.ts";
import { ColumnProfile } from "./column_profile.ts";
import type { Rejection } from "../clean/clean.ts";
import { CsvWriter } from "../artifacts/csv_writer.ts";
import { decideNumbers, type NumberDecision } from "../number/decide_numbers.ts";
import { decoderOf } from "../text/decode.ts";
import { detectDialect, type Sample } from "../dialect/dialect.ts";
import { emptyFile, type Header } from "../header/header.ts";
import { HeaderReader, skippedAbove } from "../header/header_reader.ts";
import { InspectedRows } from "./inspected_rows.ts";
import type { InspectedColumn, Inspection } from "./inspection.ts";
import { headerSearch } from "../header/header_search.ts";
import { isNumberField, PLAIN_FORMAT } from "../number/number_format.ts";
import { RecordParser } from "../parse/parse.ts";
import { PIPELINE_LIMITS } from "../pipeline_limits.ts";
import type { CsvRecord } from "../parse/record.ts";
import { SALES } from "../header/schema.ts";
import { Sorter, type SorterWatch } from "../run/sorter.ts";
import { StageClock } from "../run/stage_clock.ts";
import { syntaxOf } from "../parse/syntax.ts";
import { Tally } from "../run/tally.ts";

const LIMITS = { ...PIPELINE_LIMITS, rescanBytesMax: INSPECT_RESCAN_BYTES_MAX };

/**
 * Read the head of a file that the intake check lets pass.
 *
 * @param head the first bytes
 * @param dialect as the intake check found it
 * @returns the reading, record by record, so that whoever does it can let others work in between
 * @throws {InputError} if the header isn't one that the intake check lets pass
 */
export async function inspect(
  head: Sample,
  dialect: Dialect,
  options: TaskOptions,
): Promise<Generator<void, Inspection, void>> {
  return readHead(head, dialect, options, await decideHeadNumbers(head, dialect, options));
}

/** The decision over the numbers of a file that ends with the last line of its head. */
function decideHeadNumbers(
  head: Sample,
  dialect: Dialect,
  options: TaskOptions,
): Promise<NumberDecision> {
  const bytes = head.isWhole ? head.bytes : wholeLines(head.bytes, dialect.encoding);
  const input = { bytes: bytes.length, sha256: "", dialect };
  const source = {
    async *open() {
      yield await bytes;
    },
  };
  return decideNumbers({ input, options, source }, LIMITS);
}

function* readHead(
  head: Sample,
  dialect: Dialect,
  options: TaskOptions,
  numbers: NumberDecision,
): Generator<void, Inspection, void> {
  const reading = new HeadReading(dialect, options, numbers);
  const decoder = decoderOf(dialect.encoding);
  const parser = new RecordParser(LIMITS, syntaxOf(dialect));
  parser.push(decoder.decode(head.bytes));
  if (head.isWhole) {
    parser.push(decoder.end());
    parser.end();
  }
  let error: TaskError | null = null;
  for (let record = parser.next(); record !== null && error === null; record = parser.next()) {
    error = reading.take(record);
    yield;
  }
  const isWhole = head.isWhole && !parser.hasGivenUp;
  return reading.end(fullDialect(head, dialect, options), error, isWhole);
}

/** The first pass over a head, with what it shows on the way. */
class HeadReading implements SorterWatch {
  readonly #dialect: Dialect;
  readonly #options: TaskOptions;
  readonly #numbers: NumberDecision;
  readonly #tally = new Tally();
  readonly #rows = new InspectedRows(INSPECT_ROWS_MAX);
  readonly #headerReader: HeaderReader;
  #sorter: Sorter | null = null;
  #profiles: ColumnProfile[] = [];

  constructor(dialect: Dialect, options: TaskOptions, numbers: NumberDecision) {
    this.#dialect = dialect;
    this.#options = options;
    this.#headerReader = new HeaderReader(dialect, options);
    this.#numbers = numbers;
  }

  /** Read the next record; why the run fails here, if it does. */
  take(record: CsvRecord): TaskError | null {
    if (this.#sorter === null) {
      const skipped = skippedAbove(record, this.#dialect);
      if (skipped !== null) {
        this.#tally.skip(skipped, record.line);
        return null;
      }
      const header = this.#headerReader.take(record);
      if (header === null) return null;
      this.#sorter = this.#begin(header);
      if (header.line !== null) return null;
    }
    const error = this.#sorter.take(record);
    // Rows are shown by what the sorter says of them, not by its file.
    this.#sorter.rejects.csv.take();
    return error;
  }

  accepted(record: CsvRecord, number: number): void {
    this.#rows.accept(record, number, this.#sorter!.cleaner);
    this.#profile(record);
  }

  rejected(record: CsvRecord, number: number, rejection: Rejection): void {
    this.#rows.reject(record, number, rejection);
    if (!rejection.ofRecord) this.#profile(record);
  }

  /** @throws {InputError} `empty-file` */
  end(dialect: Dialect, failure: TaskError | null, isWhole: boolean): Inspection {
    const sorter = this.#sorter;
    if (sorter === null) throw emptyFile();
    const isAllRead = isWhole && failure === null;
    const { error, complete } = isAllRead ? sorter.end() : { error: failure, complete: false };
    const { regions: _, anomalies: __, ...counts } = this.#tally.counts(0, 0);
    return {
      rows_read: this.#tally.rowsTotal,
      complete,
      dialect,
      mapping: mappingOf(sorter.header),
      columns: this.#columns(sorter),
      rows: this.#rows.shown,
      counts,
      skipped: this.#tally.skippedLines(),
      changes: sorter.changes.list(sorter.header, this.#tally.rowsAccepted),
      warnings: [...this.#numbers.warnings, ...sorter.changes.currencies.warnings()],
      error,
    };
  }

  #begin(header: Header): Sorter {
    const context = {
      run: { options: this.#options },
      limits: LIMITS,
      tally: this.#tally,
      clock: new StageClock(() => 0),
      numbers: this.#numbers,
    };
    const rejects = ArtifactStream.part("rejects", new CsvWriter());
    const sorter = new Sorter(context, header, rejects);
    sorter.watch = this;
    const { formats } = this.#numbers;
    this.#profiles = header.columns.map(({ field }) => {
      const isText = field !== null && !isNumberField(field);
      const format = field === null || isText ? PLAIN_FORMAT : formats[field];
      return new ColumnProfile(isText, format);
    });
    return sorter;
  }

  #profile({ bytes, starts, ends }: CsvRecord): void {
    this.#profiles.forEach((profile, i) => profile.add(bytes, starts[i], ends[i]));
  }

  #columns({ header, cleaner }: Sorter): InspectedColumn[] {
    return header.columns.map(({ label, field, use }, index) => ({
      label,
      position: index + 1,
      field,
      use,
      decimal_mark: cleaner.columns.find((column) => column.index === index)?.number?.mark ?? null,
      ...this.#profiles[index].findings(),
    }));
  }
}

/** The bytes up to the last line end: what stands behind it may be the half of a number. */
function wholeLines(bytes: Uint8Array, encoding: Dialect["encoding"]): Uint8Array {
  const unit = encoding === "utf-16le" || encoding === "utf-16be" ? 2 : 1;
  const at = bytes.findLastIndex((byte) => byte === LF || byte === CR);
  return bytes.subarray(0, Math.ceil((at + 1) / unit) * unit);
}

function mappingOf({ columns }: Header): Inspection["mapping"] {
  const mapped = SALES.map(({ name }) => {
    const index = columns.findIndex(({ field }) => field === name);
    const column = columns[index];
    return [name, index < 0 ? null : { label: column.label, position: index + 1, by: column.by }];
  });
  return Object.fromEntries(mapped);
}

/** A dialect with all its keys: a plain one, of which a task says three, is looked at once more for the others. */
function fullDialect(head: Sample, dialect: Dialect, options: TaskOptions): Dialect {
  if (dialect.confidence !== undefined) return dialect;
  const bytes = head.bytes.subarray(0, SNIFF_BYTES);
  const sample = { bytes, isWhole: head.isWhole && bytes.length === head.bytes.length };
  const { encoding, delimiter, header_line } = dialect;
  const hints = { encoding, delimiter, header_line: header_line ?? 1 };
  const plain = { quote: '"', escape: "doubled" } as const;
  const found = detectDialect(sample, { ...hints, ...plain }, headerSearch(options))?.dialect;
  return { ...dialect, ...plain, newline: found?.newline, confidence: found?.confidence };
}
