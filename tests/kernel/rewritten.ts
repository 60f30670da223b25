/** The same files with other delimiters and decimal marks. */
import { DECIMAL_MARKS } from "../../src/domain/options.ts";
import type { TestCase } from "../property/test_case.ts";

/** Of the text; each byte that isn't UTF-8's way to write a character is one by itself. */
export const ENCODINGS = ["utf-8", "windows-1252", "utf-16le", "utf-16be"] as const;
export const DELIMITERS = [";", "\t", "|"] as const;

/** How a file is rewritten. */
export interface Writing {
  delimiter: (typeof DELIMITERS)[number];
  mark: (typeof DECIMAL_MARKS)[number];
  /** Default: UTF-8. */
  encoding?: (typeof ENCODINGS)[number];
}

export const WRITINGS: readonly Writing[] = DELIMITERS.flatMap((delimiter) =>
  DECIMAL_MARKS.map((mark) => ({ delimiter, mark }))
);

/**
 * A plain case with the delimiter in the place of each comma, and the other way round; then likewise with the decimal mark and each point. So
 * it has as much structure and as many numbers as it had, and what is told of its columns is told of these.
 */
export function rewritten(testCase: TestCase, writing: Writing): TestCase {
  const { delimiter, mark, encoding = "utf-8" } = writing;
  const { bytes, options } = testCase;
  const swap = (bytes: Uint8Array, a: string, b: string) => {
    const [one, other] = [a, b].map((character) => character.charCodeAt(0));
    return bytes.map((byte) => byte === one ? other : byte === other ? one : byte);
  };
  const written = (bytes: Uint8Array) => swap(swap(bytes, ",", delimiter), ".", mark);
  const label = (text: string) => new TextDecoder().decode(written(new TextEncoder().encode(text)));
  const columns = Object.entries(options.columns).map(([field, text]) => [field, label(text)]);
  return {
    ...testCase,
    bytes: encoded(written(bytes), encoding),
    options: {
      ...options,
      columns: Object.fromEntries(columns),
      decimal_mark: { revenue: mark, quantity: mark, discount: mark },
    },
    // The oracle, whose type this is, knows UTF-8 only; it isn't asked here.
    dialect: {
      encoding: encoding as "utf-8",
      delimiter,
      quote: '"',
      escape: "doubled",
      confidence: 1,
    },
  };
}

function encoded(bytes: Uint8Array, encoding: (typeof ENCODINGS)[number]): Uint8Array {
  if (encoding === "utf-8" || encoding === "windows-1252") return bytes;
  const units = [...bytes].flatMap((byte) => encoding === "utf-16le" ? [byte, 0] : [0, byte]);
  return Uint8Array.from(units);
}
