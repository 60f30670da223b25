/** Receiving an upload, raw or as a form, from the request to the accepted task. */
import type { Context } from "hono";
import { ECHO_LENGTH_MAX, FORM_OVERHEAD_BYTES_MAX, RETRY_AFTER_S } from "../domain/limits.ts";
import { nearest } from "../domain/nearest.ts";
import type { Task } from "../domain/task.ts";
import { readingOptions } from "../tasks/reading_options.ts";
import { submit, type Terms, type Upload } from "../tasks/submit.ts";
import type { AppParts } from "./app_parts.ts";
import { contentEncoding } from "./content_encoding.ts";
import { findParent } from "./find_parent.ts";
import { readForm } from "./form.ts";
import { Problem } from "./problem.ts";
import { readBody } from "./request_body.ts";
import { parseUploadOptions } from "./upload_options.ts";

/** The name of the form's part that is the file. */
const FILE_PART = "file";

/** Store and accept what a request brings. @throws as `withUpload` and `submit` do */
export function receiveUpload(
  c: Context,
  parts: AppParts,
  settings: { formOnly?: boolean } = {},
): Promise<Task> {
  return withUpload(c, parts, settings, (upload) => submit(parts, upload));
}

/**
 * Let `work` have what a request brings: `multipart/form-data`, or (unless `formOnly`) the file itself under any
 * content type but JSON. The bytes decide what it is; the body, or the file in a form, may be compressed.
 *
 * @throws {Problem} if the request can't be an upload; else as `work` does
 */
export async function withUpload<Result>(
  c: Context,
  parts: AppParts,
  { formOnly = false }: { formOnly?: boolean },
  work: (upload: Upload) => Promise<Result>,
): Promise<Result> {
  const contentType = c.req.header("content-type") ?? "";
  const mediaType = contentType.split(";", 1)[0].trim().toLowerCase();
  const isForm = mediaType === "multipart/form-data";
  if (!isForm) refuseMediaType(mediaType, formOnly);
  const encoding = contentEncoding(c.req.header("content-encoding"), { isForm });

  const leave = parts.intake.enter();
  if (leave === null) throw closedGate(parts.intake.draining);
  try {
    const query = [...new URL(c.req.url).searchParams];
    const upload = isForm
      ? formUpload(c, parts, contentType, query)
      : await rawUpload(c, parts, query);
    return await work({ ...upload, encoding });
  } finally {
    leave();
  }
}

function closedGate(draining: boolean): Problem {
  return draining
    ? new Problem("draining", "No new uploads are taken. Try again in a moment.", {
      headers: { "retry-after": String(5 * RETRY_AFTER_S) },
    })
    : new Problem(
      "too-many-uploads",
      "Send fewer files at a time, and this one again in a moment.",
      {
        headers: { "retry-after": String(RETRY_AFTER_S) },
      },
    );
}

type Entries = (readonly [name: string, value: string])[];

async function rawUpload(c: Context, parts: AppParts, query: Entries): Promise<Upload> {
  const { uploadBytesMax, bodyRateWindowMs } = parts.settings;
  const terms = await readTerms(parts, query, undefined);
  return {
    bytes: readBody(c.req.raw, {
      bytesMax: uploadBytesMax,
      monotonicMs: parts.system.monotonicMs,
      rateWindowMs: bodyRateWindowMs,
    }),
    known: terms,
    terms: () => Promise.resolve(terms),
  };
}

/** @param filename as a form named the file */
async function readTerms(
  { queries, store, settings: { k } }: AppParts,
  entries: Entries,
  filename: string | undefined,
): Promise<Terms> {
  const { parentId, ...terms } = parseUploadOptions(entries, { filename, k });
  if (parentId === null) return { ...terms, parent: null };
  const given = new Set(entries.map(([name]) => name.split("[", 1)[0]));
  const { task, parent } = await findParent(queries, parentId);
  const options = { ...terms.options, ...await readingOptions(store, task, given) };
  return { ...terms, options, parent };
}

/** Options are judged when the file begins, so that it isn't sent in vain, and again when the form has ended. */
function formUpload(c: Context, parts: AppParts, contentType: string, query: Entries): Upload {
  const { uploadBytesMax, bodyRateWindowMs } = parts.settings;
  const entries = [...query];
  let filename: string | undefined;
  const terms = () => readTerms(parts, entries, filename);
  async function* bytes(): AsyncGenerator<Uint8Array> {
    let files = 0;
    const body = readBody(c.req.raw, {
      bytesMax: uploadBytesMax,
      overheadBytesMax: FORM_OVERHEAD_BYTES_MAX,
      monotonicMs: parts.system.monotonicMs,
      rateWindowMs: bodyRateWindowMs,
    });
    for await (const piece of readForm(contentType, body)) {
      if (piece.type === "bytes") yield piece.bytes;
      else if (piece.type === "field") {
        if (piece.name === FILE_PART) throw fieldForFile();
        entries.push([piece.name, piece.value]);
      } else {
        if (piece.name !== FILE_PART) throw wrongPart(piece.name);
        if (++files > 1) throw secondFile();
        filename = piece.filename;
        await terms();
      }
    }
    if (files === 0) throw noFile();
  }
  return { bytes: bytes(), terms };
}

function refuseMediaType(mediaType: string, formOnly: boolean): void {
  if (
    mediaType === "application/json" || mediaType === "text/json" || mediaType.endsWith("+json")
  ) {
    throw new Problem(
      "unsupported-media-type",
      "Send the CSV file itself as the body (content type text/csv), or as part `file` of a form; JSON isn't read.",
    );
  }
  if (formOnly || mediaType.startsWith("multipart/")) {
    throw new Problem(
      "unsupported-media-type",
      "Send a form (multipart/form-data) with the CSV as its part `file`, or the file itself to /v1/tasks.",
    );
  }
}

function fieldForFile(): Problem {
  return new Problem(
    "bad-form",
    "The part `file` has no filename, so it is no file. With curl write -F file=@NAME, with @ and not <.",
  );
}

function wrongPart(name: string): Problem {
  const cure = nearest(name, [FILE_PART]) === null ? "" : " Did you mean `file`?";
  return new Problem(
    "bad-form",
    `The form has a file in its part \`${
      name.slice(0, ECHO_LENGTH_MAX)
    }\`; send it as the part \`file\`.${cure}`,
  );
}

function secondFile(): Problem {
  return new Problem("bad-form", "The form has more than one file. Send one form per file.");
}

function noFile(): Problem {
  return new Problem("bad-form", "The form has no file. Send the CSV as its part `file`.");
}
