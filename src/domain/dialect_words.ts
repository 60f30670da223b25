/** The words in which a user says how a file is written, for every way to say it: uploads and the shell. */
import type { Delimiter, DialectHints, Encoding, Escape, Quote } from "./dialect.ts";
import { HEADER_LINE_MAX } from "./limits.ts";

/** How one part of a dialect is said. */
export interface DialectWord<Value> {
  /** What a text means; undefined: nothing. */
  read(text: string): Value | undefined;
  /** What a text must be, to follow its name in a sentence. */
  rule: string;
}

/** Each value in all the ways in which it may be written: not every sign is easily put into a URL. */
const ENCODING_WORDS: Record<string, Encoding> = {
  "utf-8": "utf-8",
  "utf-16le": "utf-16le",
  "utf-16be": "utf-16be",
  "windows-1252": "windows-1252",
  "iso-8859-1": "windows-1252",
  "latin-1": "windows-1252",
};

const DELIMITER_WORDS: Record<string, Delimiter> = {
  ",": ",",
  ";": ";",
  "\t": "\t",
  "|": "|",
  ", ": ", ",
  comma: ",",
  semicolon: ";",
  tab: "\t",
  pipe: "|",
  "comma-space": ", ",
};

const QUOTE_WORDS: Record<string, Quote> = {
  '"': '"',
  "'": "'",
  none: "none",
  double: '"',
  single: "'",
};

/**
 * Each part of a dialect that can be said, by the name of its option.
 *
 * ```ts
 * import { DIALECT_WORDS } from "./dialect_words.ts";
 * if (DIALECT_WORDS.delimiter.read("Semicolon") !== ";") throw new Error("unexpected");
 * ```
 */
export const DIALECT_WORDS = {
  encoding: oneOf(ENCODING_WORDS),
  delimiter: oneOf(DELIMITER_WORDS),
  quote: oneOf(QUOTE_WORDS),
  escape: {
    read: (text): Escape | undefined =>
      text === "doubled" || text === "backslash" ? text : undefined,
    rule: "must be doubled or backslash",
  },
  header_line: {
    read: (text) => {
      const line = /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
      return line >= 1 && line <= HEADER_LINE_MAX ? line : undefined;
    },
    rule: `must be a line from 1 to ${HEADER_LINE_MAX}`,
  },
} satisfies { [Name in keyof DialectHints]-?: DialectWord<NonNullable<DialectHints[Name]>> };

function oneOf<Value extends string>(words: Record<string, Value>): DialectWord<Value> {
  const names = Object.keys(words).map((word) => word.trim() === word ? word : `"${word}"`);
  // A tab would be invisible in the sentence.
  const shown = names.filter((name) => !name.includes("\t")).join(" ");
  return {
    read(text) {
      const word = text.toLowerCase();
      return Object.hasOwn(words, word) ? words[word] : undefined;
    },
    rule: `must be one of ${shown}`,
  };
}
