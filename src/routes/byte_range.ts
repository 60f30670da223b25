/** The `Range` header (RFC 9110, section 14), as far as it asks for one range of bytes. */

/** Both ends included, within the file. */
export interface ByteRange {
  first: number;
  last: number;
}

/**
 * The range that a header asks for in a file of this many bytes.
 *
 * @returns null to send the whole file: no header, another unit, several ranges, bad syntax; `unsatisfiable` for 416
 *
 * ```ts
 * import { parseByteRange } from "./byte_range.ts";
 * const range = parseByteRange("bytes=-500", 1200);
 * if (range === null || range === "unsatisfiable" || range.first !== 700) throw new Error("unexpected");
 * ```
 */
export function parseByteRange(
  header: string | undefined,
  bytes: number,
): ByteRange | "unsatisfiable" | null {
  const match = /^bytes=[ \t]*([0-9]*)-([0-9]*)[ \t]*$/i.exec(header ?? "");
  if (match === null) return null;
  const [, first, last] = match;
  if (first === "" && last === "") return null;
  if (first === "") {
    const length = Math.min(Number(last), bytes);
    return length === 0 ? "unsatisfiable" : { first: bytes - length, last: bytes - 1 };
  }
  if (last !== "" && Number(last) < Number(first)) return null;
  if (Number(first) >= bytes) return "unsatisfiable";
  return {
    first: Number(first),
    last: last === "" ? bytes - 1 : Math.min(Number(last), bytes - 1),
  };
}
