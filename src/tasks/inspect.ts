/**
 * Inspect an upload: say how its head would be read, and keep nothing of it.
 *
 * Only the head is held and looked at. A file that comes raw isn't read any further, and whoever reads its body sees to
 * the rest; behind a file in a form there may still be options, so that goes on to its end. Reading a head takes the
 * processor by turns (`INSPECT_TURN_MS`), because this is the process that answers everyone else.
 */
import type { Compression } from "../domain/compression.ts";
import { InputError } from "../domain/errors.ts";
import { INSPECT_BYTES_MAX, INSPECT_TURN_MS, INSPECTIONS_MAX } from "../domain/limits.ts";
import { inspect } from "../pipeline/inspect/inspect.ts";
import type { Inspection } from "../pipeline/inspect/inspection.ts";
import { IntakeCheck } from "../pipeline/intake_check.ts";
import type { System } from "../system.ts";
import { decompress } from "./decompress.ts";
import { cleanFileName } from "./file_name.ts";
import type { Upload } from "./submit.ts";

/** What an upload looks like, and how much of it was looked at. */
export interface InspectedUpload extends Inspection {
  filename: string;
  /** Of the file, decompressed. */
  bytes_read: number;
  compression: Compression["format"] | null;
}

/** More heads at the same time than are read. */
export class TooManyInspectionsError extends Error {
  override readonly name = "TooManyInspectionsError";
}

/** Reads heads, so many at a time. */
export class Inspector {
  readonly #system: Pick<System, "monotonicMs">;
  #underWay = 0;

  constructor(system: Pick<System, "monotonicMs">) {
    this.#system = system;
  }

  /**
   * @throws {InputError} if the bytes can't become a task, as far as their head shows it
   * @throws {TooManyInspectionsError}
   * @throws whatever reading the upload throws
   */
  async inspect(upload: Upload): Promise<InspectedUpload> {
    const { known } = upload;
    const check = new IntakeCheck(known?.options ?? null, known?.hints);
    const { head, compression } = await readHead(upload, check);
    const { filename, options, hints } = await upload.terms();
    if (this.#underWay === INSPECTIONS_MAX) throw new TooManyInspectionsError();
    this.#underWay++;
    try {
      const dialect = finishCheck(() => check.finish(options, hints), head.isWhole);
      const inspection = await this.#byTurns(await inspect(head, dialect, options));
      return {
        filename: cleanFileName(filename),
        bytes_read: head.bytes.length,
        compression,
        ...inspection,
      };
    } finally {
      this.#underWay--;
    }
  }

  async #byTurns<Result>(work: Generator<void, Result>): Promise<Result> {
    for (;;) {
      await othersTurn();
      const end = this.#system.monotonicMs() + INSPECT_TURN_MS;
      do {
        const { done, value } = work.next();
        if (done) return value;
      } while (this.#system.monotonicMs() < end);
    }
  }
}

interface Head {
  bytes: Uint8Array;
  isWhole: boolean;
}

/** The first bytes of an upload, decompressed and checked as they come. */
async function readHead(
  upload: Upload,
  check: IntakeCheck,
): Promise<{ head: Head; compression: Compression["format"] | null }> {
  const sent = upload.bytes[Symbol.asyncIterator]();
  // Without `return`, so that the head can be left alone without ending a form whose fields are still to come.
  const kept = { [Symbol.asyncIterator]: () => ({ next: () => sent.next() }) };
  const plain = decompress(kept, upload.encoding);
  const parts: Uint8Array[] = [];
  let length = 0;
  let isWhole = true;
  try {
    for await (const chunk of plain.bytes) {
      // A copy: a chunk's memory is used again, and it may be a Buffer, whose `slice` copies nothing.
      const part = new Uint8Array(chunk.subarray(0, INSPECT_BYTES_MAX - length));
      check.push(part);
      parts.push(part);
      length += part.length;
      isWhole = part.length === chunk.length;
      if (!isWhole) break;
    }
    if (upload.known === undefined) { while (!(await sent.next()).done); }
  } finally {
    await sent.return?.();
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { head: { bytes, isWhole }, compression: plain.compression()?.format ?? null };
}

/** The verdict over a head; that it is empty can't be said of a file that goes on. */
function finishCheck<Verdict>(finish: () => Verdict, isWhole: boolean): Verdict {
  try {
    return finish();
  } catch (error) {
    const isEmpty = error instanceof InputError && error.faults[0].code === "empty-file";
    if (isWhole || !isEmpty) throw error;
    const detail =
      `The first ${INSPECT_BYTES_MAX} bytes of the file hold nothing but blank lines, and no more is ` +
      "looked at here. Upload it to have it read.";
    throw new InputError([{ code: "bad-header", detail }]);
  }
}

function othersTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
