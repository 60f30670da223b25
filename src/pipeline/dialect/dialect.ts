/**
 * Which dialect a file has, from its first bytes.
 *
 * Each way to separate and quote cells is tried (`dialect_reading.ts`), and what is found decides in this order: the
 * header with all columns of the schema, which hardly ever shows under two delimiters; then the score. Quotes other than
 * `"` need evidence of their own, or a single stray quote in a sound file would change how all of it is read.
 * The work is bounded by the size of the sample. Whoever calls has tried the plain way first: a plain file never gets here.
 */
import {
  type Delimiter,
  DELIMITERS,
  type Dialect,
  type DialectHints,
  type Encoding,
  type Newline,
  QUOTES,
} from "../../domain/dialect.ts";
import { InputError } from "../../domain/errors.ts";
import { CR, LF } from "../text/ascii.ts";
import { decoderOf } from "../text/decode.ts";
import { type Reading, type ReadingTerms, readUnder, type Separation } from "./dialect_reading.ts";
import { EncodingEvidence } from "./encoding_evidence.ts";
import type { Labels } from "../header/header.ts";
import type { HeaderSearch } from "../header/header_search.ts";
import { decodeUtf8 } from "../text/utf8.ts";

/** The first bytes of a file. */
export interface Sample {
  bytes: Uint8Array;
  /** Whether the file has no more. */
  isWhole: boolean;
}

export interface DetectedDialect {
  /** With all its keys. */
  dialect: Required<Omit<Dialect, "header_lines">> & Pick<Dialect, "header_lines"> & {
    header_line: number;
  };
  /** The header, or if none was found, what stands in its place. */
  labels: Labels;
  isHeaderFound: boolean;
}

/** A rival whose score is at least this share of the best one's leaves the matter open. */
const RIVAL_SHARE = 0.9;
/** Rows with broken quotes from which on quotes may be no quotes at all; fewer are a few damaged rows. */
const BROKEN_ROWS_MIN = 3;
/** Quoted cells from which on `'` may be a quote; fewer are apostrophes. */
const QUOTED_ROWS_MIN = 2;
/** Broken rows that `'` may have for each quoted one: damaged rows are few, apostrophes break as many as they quote. */
const BROKEN_PER_QUOTED_MAX = 0.25;

/**
 * The dialect that fits a sample best.
 *
 * @param hints what needn't be detected
 * @param search null to look for no header: any table will do
 * @returns null if the text has no record
 * @throws {InputError} `unclear-dialect`, listing the candidates, when the best one isn't far ahead of the next
 */
export function detectDialect(
  sample: Sample,
  hints: DialectHints,
  search: HeaderSearch | null,
): DetectedDialect | null {
  const encoding = hints.encoding ?? encodingOf(sample);
  const text = textOf(sample, encoding);
  const terms: ReadingTerms = {
    isWhole: sample.isWhole,
    firstLine: hints.header_line ?? 1,
    isFirstLine: hints.header_line !== undefined,
    search,
  };
  const best = choose(
    candidates(text, hints).map((separations) =>
      bestQuotes(separations.map((separation) => readUnder(separation, text, terms)))
    ),
  );
  const labels = best.header ?? best.first;
  if (labels === null) return null;
  const { delimiter, quote, escape, records, fitting } = best;
  const confidence = records === 0 ? 1 : Math.round(100 * fitting / records) / 100;
  const header_line = labels.line;
  const newline = newlineOf(text);
  return {
    dialect: {
      encoding,
      delimiter,
      header_line,
      ...(labels.parts && { header_lines: 2 }),
      quote,
      escape,
      newline,
      confidence,
    },
    labels,
    isHeaderFound: best.header !== null,
  };
}

/** The encoding that a sample speaks for. */
export function encodingOf({ bytes, isWhole }: Sample): Encoding {
  const evidence = new EncodingEvidence();
  evidence.push(bytes);
  if (isWhole) evidence.end();
  return evidence.encoding;
}

/** How the lines of a text end, inside of quotes too; without any line end, `lf`. */
export function newlineOf(text: Uint8Array): Newline {
  const found = new Set<Newline>();
  for (let at = 0; at < text.length; at++) {
    if (text[at] === LF) found.add("lf");
    if (text[at] !== CR || at + 1 === text.length) continue;
    if (text[at + 1] === LF) {
      found.add("crlf");
      at++;
    } else found.add("cr");
  }
  if (found.size > 1) return "mixed";
  return [...found][0] ?? (text.at(-1) === CR ? "cr" : "lf");
}

function textOf({ bytes, isWhole }: Sample, encoding: Encoding): Uint8Array {
  const decoder = decoderOf(encoding);
  const text = decoder.decode(bytes).slice();
  if (!isWhole) return text;
  const rest = decoder.end();
  const whole = new Uint8Array(text.length + rest.length);
  whole.set(text);
  whole.set(rest, text.length);
  return whole;
}

/** What to try, by delimiter; of each, the quotes in the order in which they are preferred. */
function candidates(text: Uint8Array, hints: DialectHints): Separation[][] {
  const letters = decodeUtf8(text);
  const delimiters = hints.delimiter !== undefined ? [hints.delimiter] : DELIMITERS.filter(
    (delimiter) =>
      delimiter === "," ||
      (delimiter === ", " ? /, +["']/.test(letters) : letters.includes(delimiter)),
  );
  const hasBackslash = /\\["']/.test(letters);
  const separations = QUOTES.flatMap((quote) => {
    if (hints.quote !== undefined ? hints.quote !== quote : !mayBeQuote(quote, letters)) return [];
    const doubled = { quote, escape: hints.escape ?? "doubled" as const };
    const hasOther = hints.escape === undefined && quote !== "none" && hasBackslash;
    return hasOther ? [doubled, { quote, escape: "backslash" as const }] : [doubled];
  });
  return delimiters.map((delimiter) => separations.map((quotes) => ({ delimiter, ...quotes })));
}

function mayBeQuote(quote: Separation["quote"], letters: string): boolean {
  if (quote === '"') return true;
  return letters.includes(quote === "none" ? '"' : quote);
}

/** The best of the readings under one delimiter. */
function bestQuotes(readings: readonly Reading[]): Reading {
  return withHeader(readings).reduce((best, rival) => isBetter(rival, best) ? rival : best);
}

/** Those with a header, of one record if there are any; all if none has one. */
function withHeader(readings: readonly Reading[]): readonly Reading[] {
  const found = readings.filter(({ header }) => header !== null);
  const ofOne = found.filter(({ header }) => header?.parts === undefined);
  if (ofOne.length > 0) return ofOne;
  return found.length > 0 ? found : readings;
}

function isBetter(rival: Reading, best: Reading): boolean {
  if (rival.score <= best.score) return false;
  if (rival.quote === best.quote) return true;
  if (rival.quote === "none") return best.broken >= BROKEN_ROWS_MIN && best.broken > best.quoted;
  return rival.quoted >= QUOTED_ROWS_MIN &&
    rival.broken <= Math.max(best.broken, BROKEN_PER_QUOTED_MAX * rival.quoted);
}

/** The best of the readings, one for each delimiter. */
function choose(readings: readonly Reading[]): Reading {
  const pool = withHeader(readings).toSorted((a, b) => b.score - a.score);
  const spaced = pool.find(({ delimiter }) => delimiter === ", ");
  const comma = pool.find(({ delimiter }) => delimiter === ",");
  // Both read the same but for quotes behind spaces: without them the simpler one is meant.
  const isSpaced = spaced !== undefined && comma !== undefined &&
    spaced.score > comma.score &&
    (spaced.quoted > comma.quoted || comma.score < RIVAL_SHARE * spaced.score);
  const [best, next] = pool.filter((reading) =>
    comma === undefined || spaced === undefined || reading !== (isSpaced ? comma : spaced)
  );
  const isClear = next === undefined || best.score === 0 || next.score < RIVAL_SHARE * best.score;
  if (isClear) return best;
  // Without a header that shows the delimiter, a file that may have commas is taken to have them.
  if (best.header === null && comma !== undefined && comma.score >= RIVAL_SHARE * best.score) {
    return comma;
  }
  throw unclearDialect(pool);
}

const NAMES: Record<Delimiter, string> = {
  ",": "commas",
  ";": "semicolons",
  "\t": "tabs",
  "|": "vertical bars",
  ", ": "commas and spaces",
};

/** A dialect in words: `UTF-8 with semicolons`. */
export function dialectName({ encoding, delimiter }: Pick<Dialect, "encoding" | "delimiter">) {
  const name = encoding === "windows-1252" ? "Windows-1252" : encoding.toUpperCase();
  return `${name} with ${NAMES[delimiter]}`;
}

function unclearDialect(readings: readonly Reading[]): InputError {
  const candidates = readings.filter(({ score }) => score > 0).map((
    { delimiter, records, fitting, cells },
  ) => `${NAMES[delimiter]} (${fitting} of ${records} rows have ${cells} cells)`);
  return new InputError([{
    code: "unclear-dialect",
    detail: `It isn't clear what separates the cells. Candidates: ${candidates.join(", ")}. ` +
      "Say which with the option delimiter, or save the file with commas.",
  }]);
}
