/**
 * A multipart form as a stream of pieces, in the order in which they come; nothing but short fields is ever held.
 *
 * busboy pushes, this pulls: each chunk of the body is written to the parser, which does all its work on it at once,
 * and then everything that it found is taken out of it before the next chunk. The file's stream is read by `read()`,
 * never flowing, so that no byte waits in it over a turn of the event loop.
 *
 * A chunk's memory is used again for the next one, but busboy keeps slices of what it was given, of a field that
 * isn't at its end. So the last `FORM_COPIED_TAIL_BYTES` of each chunk are given to it as a copy: a field that goes on after
 * them, and began before them, is longer than a field may be, and refused.
 */
// @ts-types="@types/busboy"
import busboy from "busboy";
import type { Readable } from "node:stream";
import {
  FORM_BOUNDARY_LENGTH_MAX,
  FORM_COPIED_TAIL_BYTES,
  FORM_FIELD_BYTES_MAX,
  FORM_FIELDS_MAX,
} from "../domain/limits.ts";
import { Problem } from "./problem.ts";

export type FormPiece =
  | { type: "field"; name: string; value: string }
  /** A file begins. Only the first one's bytes follow; whoever reads must refuse a second. */
  | { type: "file"; name: string; filename: string | undefined }
  | { type: "bytes"; bytes: Uint8Array };

/**
 * @param body each chunk only needs to stay valid until the next is asked for; the same holds of the bytes given here
 * @throws {Problem} `bad-form` if it is no form, has too much beside the file, or ends before its closing boundary
 */
export async function* readForm(
  contentType: string,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<FormPiece> {
  const parser = openParser(contentType);
  let pieces: FormPiece[] = [];
  let file: Readable | null = null;
  let fault: Problem | null = null;
  const closed = new Promise<void>((resolve) => parser.once("close", resolve));
  parser.on("error", (error) => fault ??= brokenForm(error));
  parser.on("fieldsLimit", () => fault ??= tooMuch(`more than ${FORM_FIELDS_MAX} fields`));
  parser.on("field", (name, value, { valueTruncated }) => {
    if (valueTruncated) fault ??= tooMuch(`a field of more than ${FORM_FIELD_BYTES_MAX} bytes`);
    pieces.push({ type: "field", name: name ?? "", value });
  });
  parser.on("file", (name, stream, { filename }) => {
    // Without a listener, the end of a truncated body would end the process.
    stream.on("error", () => {});
    file ??= stream;
    pieces.push({ type: "file", name: name ?? "", filename });
  });

  /** All that the parser has found so far. */
  const take = (): FormPiece[] => {
    for (let bytes; (bytes = file?.read() ?? null) !== null;) pieces.push({ type: "bytes", bytes });
    if (fault !== null) throw fault;
    const taken = pieces;
    pieces = [];
    return taken;
  };

  try {
    for await (const chunk of body) {
      const cut = Math.max(0, chunk.length - FORM_COPIED_TAIL_BYTES);
      for (const part of [chunk.subarray(0, cut), chunk.slice(cut)]) {
        if (part.length === 0) continue;
        const written = new Promise<void>((resolve) => parser.write(part, () => resolve()));
        yield* take();
        await written;
      }
    }
    parser.end();
    yield* take();
    await closed;
    yield* take();
  } finally {
    parser.destroy();
  }
}

function openParser(contentType: string): busboy.Busboy {
  const boundary = /boundary=("?)([^";]*)\1/i.exec(contentType)?.[2] ?? "";
  if (boundary.length > FORM_BOUNDARY_LENGTH_MAX) {
    throw brokenForm(new RangeError("its boundary is too long"));
  }
  try {
    return busboy({
      headers: { "content-type": contentType },
      defParamCharset: "utf8",
      preservePath: true, // names are cleaned where all names are
      limits: { fields: FORM_FIELDS_MAX, fieldSize: FORM_FIELD_BYTES_MAX },
    });
  } catch (error) {
    throw brokenForm(error);
  }
}

function brokenForm(error: unknown): Problem {
  const reason = error instanceof Error ? error.message : String(error);
  return new Problem("bad-form", `The form is broken (${reason}). Send it again, whole.`);
}

function tooMuch(what: string): Problem {
  return new Problem("bad-form", `The form has ${what}. Send the file and the options only.`);
}
