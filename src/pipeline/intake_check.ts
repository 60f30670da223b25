/**
 * Looks at an upload while it streams, so that a file which can't become a task is refused at once.
 *
 * Two questions: is this plainly no CSV (judged on the first 64 KiB), and is there a header with the schema's
 * columns? The first is answered first, whatever the chunks, because a picture's "header" makes no helpful error.
 * Memory is constant, and after both answers a chunk costs nothing.
 */
import { InputError } from "../domain/errors.ts";
import { READ_BYTES, SNIFF_BYTES } from "../domain/limits.ts";
import type { Dialect } from "../domain/report.ts";
import { emptyFile, type Header, readHeader } from "./header.ts";
import { RecordParser } from "./parse.ts";
import { PIPELINE_LIMITS, type PipelineLimits } from "./pipeline_limits.ts";
import { foreignFormat, isUtf16, SIGNATURE_BYTES_MAX } from "./signature.ts";
import { slices } from "./slices.ts";

/**
 * ```ts
 * import { IntakeCheck } from "./intake_check.ts";
 * const check = new IntakeCheck();
 * check.push(new TextEncoder().encode("region,product,revenue,quantity,discount\n"));
 * if (check.finish().header_line !== 1) throw new Error("unexpected");
 * ```
 */
export class IntakeCheck {
  readonly #head = new Uint8Array(SIGNATURE_BYTES_MAX);
  #sniffed = 0;
  /** Null once the header was judged. */
  #parser: RecordParser | null;
  #header: Header | InputError | null = null;

  /** @param limits for tests; what isn't given is as in the product */
  constructor(limits: Partial<PipelineLimits> = {}) {
    this.#parser = new RecordParser({ ...PIPELINE_LIMITS, ...limits });
  }

  /**
   * Look at the next bytes of the file.
   *
   * @throws {InputError} as soon as the file is known to be no CSV, or not to have the columns
   */
  push(chunk: Uint8Array): void {
    if (this.#sniffed < SNIFF_BYTES) this.#sniff(chunk);
    if (this.#parser !== null) {
      for (const slice of slices(chunk, READ_BYTES)) {
        this.#parser.push(slice);
        if (this.#findHeader(this.#parser)) break;
      }
    }
    if (this.#sniffed === SNIFF_BYTES && this.#header instanceof InputError) throw this.#header;
  }

  /**
   * Say that the file is complete.
   *
   * @returns how its bytes become records
   * @throws {InputError} if it has no header (`empty-file`) or not the right one
   */
  finish(): Dialect {
    if (this.#parser !== null) {
      this.#parser.end();
      this.#findHeader(this.#parser);
    }
    if (this.#header === null) throw emptyFile();
    if (this.#header instanceof InputError) throw this.#header;
    return { encoding: "utf-8", delimiter: ",", header_line: this.#header.line };
  }

  #sniff(chunk: Uint8Array): void {
    const part = chunk.subarray(0, SNIFF_BYTES - this.#sniffed);
    const missing = Math.max(0, this.#head.length - this.#sniffed);
    this.#head.set(part.subarray(0, missing), Math.min(this.#sniffed, this.#head.length));
    this.#sniffed += part.length;
    const format = foreignFormat(this.#head.subarray(0, this.#sniffed));
    if (format !== null) throw notCsv(`The file is ${format}, not a CSV.`);
    if (part.includes(0)) {
      throw notCsv(
        isUtf16(this.#head) ? "The file is UTF-16." : "The file has NUL bytes: no text.",
      );
    }
  }

  /** Whether the header has been judged, well or ill. */
  #findHeader(parser: RecordParser): boolean {
    let record = parser.next();
    while (record?.blank) record = parser.next();
    if (record === null) return false;
    try {
      this.#header = readHeader(record);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#header = error;
    }
    this.#parser = null;
    return true;
  }
}

function notCsv(found: string): InputError {
  const detail = `${found} Save or export the table as CSV (UTF-8, with commas) and upload that.`;
  return new InputError([{ code: "not-csv", detail }]);
}
