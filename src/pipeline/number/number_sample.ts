/**
 * The first records of an input, as evidence of how its numbers are written.
 *
 * What counts is the sample that `docs/semantics.md`, section 4, defines, whatever the read size: reading ends once it is known
 * that no record to come belongs to it. In a plain file it ends sooner if nothing is to be decided (`quiet_head.ts`).
 */
import { isPlain } from "../../domain/dialect.ts";
import { emptyFile, type Header } from "../header/header.ts";
import { HeaderReader, skippedAbove } from "../header/header_reader.ts";
import { MarkEvidence } from "./mark_evidence.ts";
import { NUMBER_FIELDS, type NumberField } from "./number_format.ts";
import { RecordParser } from "../parse/parse.ts";
import type { PipelineLimits } from "../pipeline_limits.ts";
import type { PipelineRun } from "../pipeline_run.ts";
import { QuietHead } from "./quiet_head.ts";
import type { CsvRecord } from "../parse/record.ts";
import { readText } from "../run/source.ts";
import { syntaxOf } from "../parse/syntax.ts";
import { trimmedEnd, trimmedStart } from "../text/white_space.ts";

const NO_TEXT = new Uint8Array();
/** Where a header nearly always ends. */
const HEADER_PIECE_BYTES = 4 * 1024;
/** A byte order mark, and the bytes behind a limit that show that it is exceeded. */
const SLACK_BYTES = 8;

/** What a sample is taken of. */
export type SampledRun = Pick<PipelineRun, "source" | "input" | "options">;

export interface NumberSample {
  header: Header;
  /** Of each number column; nothing, in a file that needs no evidence. */
  evidence: Readonly<Record<NumberField, MarkEvidence>>;
}

/**
 * Read the sample.
 *
 * @throws {InputError} if there is no header, or not one that the intake check lets pass
 * @throws {OperatingError} `input-damaged` if the input is known not to have the recorded size
 */
export async function readNumberSample(
  { source, input, options }: SampledRun,
  limits: PipelineLimits,
): Promise<NumberSample> {
  const sampler = new Sampler(input.dialect, options, limits);
  for await (const text of readText(source, input)) {
    const sample = sampler.take(text, false);
    if (sample !== null) return sample;
  }
  const sample = sampler.take(NO_TEXT, true);
  if (sample === null) throw emptyFile();
  return sample;
}

class Sampler {
  readonly #dialect: SampledRun["input"]["dialect"];
  readonly #limits: PipelineLimits;
  readonly #parser: RecordParser;
  readonly #quietHead: QuietHead;
  /** Whether there is nothing to decide; null until that is known. */
  #isQuiet: boolean | null;
  readonly #evidence: Record<NumberField, MarkEvidence>;
  readonly #headerReader: HeaderReader;
  #header: Header | null = null;
  #records = 0;
  #bytesPushed = 0;

  constructor(
    dialect: SampledRun["input"]["dialect"],
    options: SampledRun["options"],
    limits: PipelineLimits,
  ) {
    this.#dialect = dialect;
    this.#limits = limits;
    this.#headerReader = new HeaderReader(dialect, options);
    this.#parser = new RecordParser(limits, syntaxOf(dialect));
    this.#quietHead = new QuietHead(limits);
    // What other columns are like counts beside an option.
    const mayBeQuiet = isPlain(dialect) && Object.keys(options.decimal_mark).length === 0;
    this.#isQuiet = mayBeQuiet ? null : false;
    const empty = NUMBER_FIELDS.map((name) => [name, new MarkEvidence()]);
    this.#evidence = Object.fromEntries(empty) as Record<NumberField, MarkEvidence>;
  }

  /** The sample, given the next bytes; null if it takes more, or when none are left and there is no header. */
  take(text: Uint8Array, isWhole: boolean): NumberSample | null {
    this.#bytesPushed += text.length;
    // Nearly always the header is all that has to be parsed.
    let at = 0;
    while (this.#header === null && at < text.length) {
      this.#parser.push(text.subarray(at, at += HEADER_PIECE_BYTES));
      this.#findHeader();
    }
    this.#isQuiet ??= this.#quietHead.look(text, isWhole);
    if (this.#isQuiet === true && this.#header !== null) return this.#sample();
    this.#parser.push(text.subarray(at));
    if (isWhole) this.#parser.end();
    if (this.#header === null && !this.#findHeader()) return null;
    if (this.#isQuiet !== false) return this.#isQuiet === null ? null : this.#sample();
    return this.#takeRecords() || isWhole ? this.#sample() : null;
  }

  #sample(): NumberSample {
    return { header: this.#header!, evidence: this.#evidence };
  }

  #findHeader(): boolean {
    for (let record = this.#parser.next(); record !== null; record = this.#parser.next()) {
      if (skippedAbove(record, this.#dialect) !== null) continue;
      this.#header = this.#headerReader.take(record);
      if (this.#header === null) continue;
      if (this.#header.line === null && this.#isInBlock(record)) this.#add(record);
      return true;
    }
    return false;
  }

  /** Look at the records that are there; whether the sample is complete. */
  #takeRecords(): boolean {
    const { blockBytes, recordBytesMax, sampleRecordsMax } = this.#limits;
    while (this.#records < sampleRecordsMax) {
      const record = this.#parser.next();
      if (record === null) return this.#bytesPushed > blockBytes + recordBytesMax + SLACK_BYTES;
      if (!this.#isInBlock(record)) return true;
      if (!record.blank) this.#add(record);
    }
    return true;
  }

  #isInBlock({ offset, textBytes }: CsvRecord): boolean {
    return offset + textBytes <= this.#limits.blockBytes;
  }

  #add({ fault, cells, bytes, starts, ends }: CsvRecord): void {
    this.#records++;
    const { columns, fields } = this.#header!;
    if (fault !== null || cells !== columns.length) return;
    for (const name of NUMBER_FIELDS) {
      const index = fields[name];
      if (index === null) continue;
      const start = trimmedStart(bytes, starts[index], ends[index]);
      this.#evidence[name].add(bytes, start, trimmedEnd(bytes, start, ends[index]));
    }
  }
}
