/** The name of an upload: what a client called it, made harmless to show. It is data and never becomes a path. */
import { FILENAME_LENGTH_MAX } from "../domain/limits.ts";

/** What an upload without a name is called. */
export const FILE_NAME_DEFAULT = "upload.csv";

/** Control characters, line separators, and the marks that make text run backwards: `csv.exe` shown as `exe.csv`. */
// deno-lint-ignore no-control-regex -- these are what is looked for
const UNSHOWABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * The last part of a client's name, each unshowable character as `_`, at most `FILENAME_LENGTH_MAX` UTF-16 units.
 *
 * ```ts
 * import { cleanFileName } from "./file_name.ts";
 * if (cleanFileName("..\\a/b\nc.csv") !== "b_c.csv") throw new Error("unexpected");
 * if (cleanFileName("../..") !== "upload.csv") throw new Error("unexpected");
 * ```
 */
export function cleanFileName(name: string): string {
  const last = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
  const shown = last.replace(UNSHOWABLE, "_").slice(0, FILENAME_LENGTH_MAX);
  // The cut may have halved a surrogate pair, and JSON may have brought half of one.
  const whole = shown.replace(/[\ud800-\udbff]$/, "").toWellFormed().trim();
  return /^\.{0,2}$/.test(whole) ? FILE_NAME_DEFAULT : whole;
}
