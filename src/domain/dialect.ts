/** The dialect of a file: how its bytes become records. */

/** `windows-1252` holds Latin-1 too: they differ in control characters only, which no table has. */
export const ENCODINGS = ["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const;

/** `, ` is a comma behind which spaces don't count, so that a quote behind them opens a cell. */
export const DELIMITERS = [",", ";", "\t", "|", ", "] as const;

export const QUOTES = ['"', "'", "none"] as const;

/**
 * How a quote stands inside quotes. Doubled, it is always one quote; under `backslash`, a backslash also takes the
 * meaning from a quote, a delimiter or a backslash behind it.
 */
export const ESCAPES = ["doubled", "backslash"] as const;

export const NEWLINES = ["lf", "crlf", "cr", "mixed"] as const;

export type Encoding = (typeof ENCODINGS)[number];
export type Delimiter = (typeof DELIMITERS)[number];
export type Quote = (typeof QUOTES)[number];
export type Escape = (typeof ESCAPES)[number];
export type Newline = (typeof NEWLINES)[number];

/**
 * How the bytes of a file become records. Of a plain file (UTF-8, commas, quotes `"` that are doubled, nothing but blank
 * lines before the header) the first three are all there is to say; of any other all are given.
 */
export interface Dialect {
  encoding: Encoding;
  delimiter: Delimiter;
  /** The physical line of the header, counted from 1; null of a file that has none. */
  header_line: number | null;
  /** If the header takes two records; never of a plain file. */
  header_lines?: 2;
  quote?: Quote;
  escape?: Escape;
  /** How the lines of the first bytes end. */
  newline?: Newline;
  /** From 0 to 1: the share of the first records that have as many cells as the header. */
  confidence?: number;
}

/** What a user says of a dialect, so that it needn't be detected. */
export interface DialectHints {
  encoding?: Encoding;
  delimiter?: Delimiter;
  quote?: Quote;
  escape?: Escape;
  /** The header is the first record on or after this line that isn't blank. */
  header_line?: number;
}

/** Whether a file is plain. */
export function isPlain(dialect: Dialect): boolean {
  return dialect.confidence === undefined;
}

/** Whether these hints leave it open that a file is plain. */
export function mayBePlain(hints: DialectHints): boolean {
  const { encoding = "utf-8", delimiter = ",", quote = '"', escape = "doubled", header_line = 1 } =
    hints;
  return encoding === "utf-8" && delimiter === "," && quote === '"' && escape === "doubled" &&
    header_line === 1;
}
