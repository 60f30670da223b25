/** Refuses what is plainly no CSV, told by its first bytes. */
import type { DialectHints } from "../../domain/dialect.ts";
import { InputError } from "../../domain/errors.ts";
import { encodingOf } from "./dialect.ts";
import { foreignFormat } from "./signature.ts";

/** Enough to see how a text begins, behind white space. */
const MARKUP_BYTES = 1024;

/** An object, or a list of something; `[2024] Sales` is a title. */
const JSON_BEGINNING = /^(\{\s*["}]|\[\s*(["{[\]]|-?[0-9][0-9.eE+-]*\s*(,|\]\s*$)))/;

/** @throws {InputError} `not-csv` if a file with these first bytes has another format */
export function refuseForeign(head: Uint8Array): void {
  const format = foreignFormat(head);
  if (format !== null) throw notCsv(`The file is ${format}, not a CSV.`);
}

/** NULs belong to UTF-16 only. @throws {InputError} `not-csv` if they are in the first bytes of another file */
export function refuseNuls(bytes: Uint8Array, hints: DialectHints): void {
  if (!bytes.includes(0)) return;
  const encoding = hints.encoding ?? encodingOf({ bytes, isWhole: false });
  if (encoding === "utf-16le" || encoding === "utf-16be") return;
  throw notCsv("The file has NUL bytes: no text.");
}

/**
 * Of an upload only asked if it isn't read otherwise: a header is better evidence than a beginning.
 *
 * @throws {InputError} `not-csv` if a text begins as HTML or JSON does
 */
export function refuseMarkup(bytes: Uint8Array): void {
  const head = new TextDecoder().decode(bytes.subarray(0, MARKUP_BYTES)).trimStart();
  if (/^<(!doctype|html|head|body)\b/i.test(head)) {
    throw notCsv("The file is an HTML page, as a login or an error page is, not a CSV.");
  }
  if (JSON_BEGINNING.test(head)) throw notCsv("The file is JSON, not a CSV.");
}

function notCsv(found: string): InputError {
  const detail = `${found} Save or export the table as CSV (UTF-8, with commas) and use that.`;
  return new InputError([{ code: "not-csv", detail }]);
}
