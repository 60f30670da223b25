/** What a request says of how its body is compressed (RFC 9110, section 8.4). */
import { COMPRESSION_FORMATS, type CompressionFormat } from "../domain/compression.ts";
import { Problem } from "./problem.ts";

/** Names under which formats go beside their own (RFC 9110, section 8.4.1.3). */
const ALIASES: Record<string, string> = { "x-gzip": "gzip" };

/**
 * The format that `Content-Encoding` names; null if it names none.
 *
 * @throws {Problem} `unsupported-media-type` if it names another one, or several; of a form any: in a form it is the
 *   file that may be compressed
 */
export function contentEncoding(
  header: string | undefined,
  { isForm }: { isForm: boolean },
): CompressionFormat | null {
  const names = (header ?? "").toLowerCase().split(",").map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity");
  if (names.length === 0) return null;
  if (isForm) {
    throw refusal("A form is read without Content-Encoding; compress the file in it instead.");
  }
  if (names.length > 1) throw refusal("Compress the body once, with gzip or zstd.");
  const name = ALIASES[names[0]] ?? names[0];
  const format = COMPRESSION_FORMATS.find((format) => format === name);
  if (format === undefined) {
    throw refusal(
      "Of Content-Encoding gzip and zstd are read. Send the file as one of them or as it is.",
    );
  }
  return format;
}

/** The header is how RFC 7694 tells a client what would have been read. */
function refusal(detail: string): Problem {
  return new Problem("unsupported-media-type", detail, {
    headers: { "accept-encoding": COMPRESSION_FORMATS.join(", ") },
  });
}
