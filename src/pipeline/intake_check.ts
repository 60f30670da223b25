/**
 * Looks at an upload while it streams, so that a file which can't become a task is refused at once.
 *
 * Two questions: is this plainly no CSV (judged on the first 64 KiB), and is there a header with the schema's
 * columns? The first is answered first, whatever the chunks, because a picture's "header" makes no helpful error.
 * Memory is constant, and after both answers a chunk costs nothing.
 *
 * The plain way comes first: a file with its header in the first line that isn't blank, in UTF-8 and between commas, is
 * plain, and nothing else is tried. Only if that fails the first 64 KiB are read in other ways (`dialect.ts`).
 *
 * What a user says about header and dialect may come after the file, as a form's fields may. Then they are judged at the
 * end, because until then an option may still say which column is meant.
 */
import { type Dialect, type DialectHints, mayBePlain } from "../domain/dialect.ts";
import { InputError } from "../domain/errors.ts";
import { ENCODING_BYTES, READ_BYTES, SNIFF_BYTES } from "../domain/limits.ts";
import { OPTION_DEFAULTS } from "../domain/options.ts";
import { detectDialect, dialectName, encodingOf } from "./dialect/dialect.ts";
import { EncodingEvidence } from "./dialect/encoding_evidence.ts";
import {
  emptyFile,
  type HeaderMapping,
  type Labels,
  mapLabels,
  readLabels,
} from "./header/header.ts";
import { headerSearch } from "./header/header_search.ts";
import { refuseForeign, refuseMarkup, refuseNuls } from "./dialect/not_csv.ts";
import { RecordParser } from "./parse/parse.ts";
import { PIPELINE_LIMITS, type PipelineLimits } from "./pipeline_limits.ts";
import { SIGNATURE_BYTES_MAX } from "./dialect/signature.ts";
import { slices } from "./text/slices.ts";

/**
 * ```ts
 * import { IntakeCheck } from "./intake_check.ts";
 * const check = new IntakeCheck();
 * check.push(new TextEncoder().encode("region;product;revenue;quantity;discount\n"));
 * if (check.finish().delimiter !== ";") throw new Error("unexpected");
 * ```
 */
export class IntakeCheck {
  readonly #sample = new Uint8Array(SNIFF_BYTES);
  #sniffed = 0;
  readonly #evidence = new EncodingEvidence();
  #evidenceBytes = 0;
  /** Null once the labels were read. */
  #parser: RecordParser | null;
  /** Of the plain reading. */
  #labels: Labels | InputError | null = null;
  readonly #mapping: HeaderMapping | null;
  readonly #hints: DialectHints;
  /** Set once the first bytes were judged. */
  #dialect: Dialect | null = null;

  /**
   * @param mapping what the user says about the header; null: that isn't known before the end
   * @param hints what the user says about the dialect, if the mapping is known
   * @param limits for tests; what isn't given is as in the product
   */
  constructor(
    mapping: HeaderMapping | null = OPTION_DEFAULTS,
    hints: DialectHints = {},
    limits: Partial<PipelineLimits> = {},
  ) {
    this.#mapping = mapping;
    this.#hints = hints;
    this.#parser = new RecordParser({ ...PIPELINE_LIMITS, ...limits });
  }

  /**
   * Look at the next bytes of the file.
   *
   * @throws {InputError} as soon as the file is known to be no CSV, or not to have the columns
   */
  push(chunk: Uint8Array): void {
    if (this.#sniffed < SNIFF_BYTES) this.#sniff(chunk);
    if (this.#evidenceBytes < ENCODING_BYTES) {
      const part = chunk.subarray(0, ENCODING_BYTES - this.#evidenceBytes);
      this.#evidence.push(part);
      this.#evidenceBytes += part.length;
    }
    if (this.#parser !== null) {
      for (const slice of slices(chunk, READ_BYTES)) {
        this.#parser.push(slice);
        if (this.#findLabels(this.#parser)) break;
      }
    }
    const isReady = this.#sniffed === SNIFF_BYTES && this.#parser === null;
    if (isReady && this.#dialect === null && this.#mapping !== null) {
      this.#dialect = this.#judge(this.#mapping, this.#hints);
    }
  }

  /**
   * Say that the file is complete.
   *
   * @param mapping what the user says about the header, all of it
   * @param hints what the user says about the dialect, all of it
   * @returns how its bytes become records
   * @throws {InputError} if it has no header (`empty-file`) or not the right one
   */
  finish(
    mapping: HeaderMapping = this.#mapping ?? OPTION_DEFAULTS,
    hints: DialectHints = this.#hints,
  ): Dialect {
    if (this.#parser !== null) {
      this.#parser.end();
      this.#findLabels(this.#parser);
    }
    if (this.#evidenceBytes < ENCODING_BYTES) this.#evidence.end();
    const dialect = this.#dialect ?? this.#judge(mapping, hints);
    const { isInWords } = this.#evidence;
    const isOther = hints.encoding === undefined && dialect.encoding === "utf-8" && isInWords;
    return isOther ? this.#inWindows1252(dialect, mapping) : dialect;
  }

  #sniff(chunk: Uint8Array): void {
    const part = chunk.subarray(0, SNIFF_BYTES - this.#sniffed);
    this.#sample.set(part, this.#sniffed);
    this.#sniffed += part.length;
    refuseForeign(this.#sample.subarray(0, Math.min(this.#sniffed, SIGNATURE_BYTES_MAX)));
    if (this.#sniffed === SNIFF_BYTES) refuseNuls(this.#sample, this.#hints);
  }

  /** Whether the first record that isn't blank was found, read the plain way. */
  #findLabels(parser: RecordParser): boolean {
    let record = parser.next();
    while (record?.blank) record = parser.next();
    if (record === null) return false;
    try {
      this.#labels = readLabels(record);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#labels = error;
    }
    this.#parser = null;
    return true;
  }

  /** The dialect in which the header is found. @throws {InputError} if there is none: what the file is, if that shows */
  #judge(mapping: HeaderMapping, hints: DialectHints): Dialect {
    try {
      return this.#findHeader(mapping, hints);
    } catch (error) {
      refuseMarkup(this.#firstBytes().bytes);
      throw error;
    }
  }

  #findHeader(mapping: HeaderMapping, hints: DialectHints): Dialect {
    const sample = this.#firstBytes();
    refuseNuls(sample.bytes, hints);
    const mayBePlainText = mayBePlain(hints) && !isUtf16(encodingOf(sample));
    const plain = mayBePlainText ? this.#judgePlain(mapping) : null;
    if (plain !== null && !(plain instanceof InputError)) return plain;
    // White space alone would be cells under tabs.
    if (plain !== null && this.#labels === null) throw plain;

    // Without a header nothing may stand before the data, or it would be taken for some.
    const where = mapping.header === "none" ? { ...hints, header_line: 1 } : hints;
    const found = detectDialect(sample, where, headerSearch(mapping));
    if (found === null) throw plain ?? noHeader(hints);
    const { dialect, labels, isHeaderFound } = found;
    const isPlainText = mayBePlain({ ...dialect, header_line: 1 });
    if (!isHeaderFound && plain !== null && isPlainText) throw plain;
    try {
      const { line } = mapLabels(labels, mapping);
      if (!isHeaderFound) throw plain ?? noHeader(where);
      return { ...dialect, header_line: line === null ? null : labels.line };
    } catch (error) {
      throw error instanceof InputError && !isPlainText ? readAs(error, dialect) : error;
    }
  }

  /** The dialect if the plain reading finds the header, else why it doesn't. */
  #judgePlain(mapping: HeaderMapping): Dialect | InputError {
    if (this.#labels === null) return emptyFile();
    if (this.#labels instanceof InputError) return this.#labels;
    try {
      const { line } = mapLabels(this.#labels, mapping);
      return { encoding: "utf-8", delimiter: ",", header_line: line };
    } catch (error) {
      if (error instanceof InputError) return error;
      throw error;
    }
  }

  /** The same but for the encoding, which shows only behind the first 64 KiB, or behind labels that are ASCII. */
  #inWindows1252(dialect: Dialect, mapping: HeaderMapping): Dialect {
    const encoding = "windows-1252" as const;
    const { delimiter, quote = '"', escape = "doubled", header_line } = dialect;
    const hints = { encoding, delimiter, quote, escape, header_line: header_line ?? 1 };
    const found = detectDialect(this.#firstBytes(), hints, headerSearch(mapping));
    return found === null ? dialect : { ...found.dialect, header_line };
  }

  #firstBytes() {
    const bytes = this.#sample.subarray(0, this.#sniffed);
    return { bytes, isWhole: this.#sniffed < SNIFF_BYTES };
  }
}

function isUtf16(encoding: Dialect["encoding"]): boolean {
  return encoding === "utf-16le" || encoding === "utf-16be";
}

/** A refusal that says in which dialect it saw the file, since that may be what is wrong. */
function readAs({ faults, message }: InputError, dialect: Dialect): InputError {
  const note = ` The file was read as ${dialectName(dialect)}.`;
  const noted = faults.map((fault) => ({ ...fault, detail: fault.detail + note }));
  return new InputError(noted, message + note);
}

/** What to say of a sample in which nothing that can be a header stands where it should. */
function noHeader({ header_line = 1 }: DialectHints): InputError {
  return new InputError([{
    code: "bad-header",
    detail:
      `No header can be read from line ${header_line} on in the first ${SNIFF_BYTES} bytes. ` +
      "Say how the file is written with the options header_line, encoding, delimiter and quote, or save it as CSV (UTF-8, with commas).",
    line: header_line,
  }]);
}
