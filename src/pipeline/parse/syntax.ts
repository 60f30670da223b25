/** What the parser needs of a dialect: which bytes mean something in the text once it is UTF-8. */
import type { Dialect } from "../../domain/dialect.ts";
import { BACKSLASH } from "../text/ascii.ts";

export interface Syntax {
  /** The byte between two cells. */
  delimiter: number;
  /** Whether spaces behind a delimiter belong to it. */
  skipsSpaces: boolean;
  /** The byte that opens and closes a quoted cell; -1: none. */
  quote: number;
  /** The byte that makes text of a delimiter, a quote or itself behind it; -1: none. */
  escape: number;
  /** Physical lines before this one are no records. */
  firstLine: number;
}

const NONE = -1;

/** What a dialect comes to; what it doesn't tell is as in a plain file. */
export function syntaxOf(dialect: Partial<Dialect> = {}): Syntax {
  const { delimiter = ",", quote = '"', escape = "doubled", header_line } = dialect;
  return {
    delimiter: delimiter.charCodeAt(0),
    skipsSpaces: delimiter === ", ",
    quote: quote === "none" ? NONE : quote.charCodeAt(0),
    escape: escape === "backslash" ? BACKSLASH : NONE,
    firstLine: header_line ?? 1,
  };
}

/** Whether a byte behind the escape is text because of it. */
export function isEscapable(byte: number, { delimiter, quote, escape }: Syntax): boolean {
  return byte === quote || byte === delimiter || byte === escape;
}
