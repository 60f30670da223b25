/**
 * The first bytes of a file, read under one way to separate and quote cells: what speaks for it and against it.
 *
 * The score follows the consistency measure of van den Burg, Nazábal and Sutton, "Wrangling messy CSV files by detecting
 * row and type patterns" (Data Mining and Knowledge Discovery 33, 2019): how regular the rows are, times how many
 * cells look like something. Unlike theirs, the first factor is the share of records that have as many cells as the
 * header, or as most records if there is no header: one damaged row in a thousand must not halve it.
 */
import type { Delimiter, Escape, Quote } from "../../domain/dialect.ts";
import { SPACE } from "../text/ascii.ts";
import type { Labels } from "../header/header.ts";
import type { HeaderSearch } from "../header/header_search.ts";
import { RecordParser } from "../parse/parse.ts";
import { PIPELINE_LIMITS } from "../pipeline_limits.ts";
import type { CsvRecord } from "../parse/record.ts";
import { type Syntax, syntaxOf } from "../parse/syntax.ts";
import { decodeUtf8 } from "../text/utf8.ts";

/** What separates and quotes cells. */
export interface Separation {
  delimiter: Delimiter;
  quote: Quote;
  escape: Escape;
}

export interface Reading extends Separation {
  /** The header, if one was found. */
  header: Labels | null;
  /** The first record that has as many cells as most. */
  first: Labels | null;
  /** Cells of the header, else of most records. */
  cells: number;
  /** Records below the header, or all; and how many of them have just that many cells and no fault. */
  records: number;
  fitting: number;
  /** Records with a fault of quotes; and others that have a quoted cell. */
  broken: number;
  quoted: number;
  /** From 0 to 1. */
  score: number;
}

/** How a file is to be read. */
export interface ReadingTerms {
  /** Whether the text is the whole file; else its last record may be cut, and doesn't count. */
  isWhole: boolean;
  /** The header may be the first record from this line on, or if `isFirstLine`, must be. */
  firstLine: number;
  isFirstLine: boolean;
  /** Null if there is no header to look for. */
  search: HeaderSearch | null;
}

/** Records in which a header is looked for: reports put some lines above their table, and a second table is no header. */
const HEADER_RECORDS_MAX = 30;
/** Records that are judged: enough to tell a rule from an exception, at some milliseconds for each reading. */
const RECORDS_MAX = 400;
/** A quote that is never closed is looked after for this many lines, from each line anew. */
const TRIED_RECORD_LINES_MAX = 100;

/** Read the first bytes of a file, as UTF-8, under one separation. */
export function readUnder(
  separation: Separation,
  text: Uint8Array,
  { isWhole, firstLine, isFirstLine, search }: ReadingTerms,
): Reading {
  const headerRecordsMax = isFirstLine ? 1 : HEADER_RECORDS_MAX;
  const syntax = syntaxOf({ ...separation, header_line: firstLine });
  const limits = { ...PIPELINE_LIMITS, recordLinesMax: TRIED_RECORD_LINES_MAX };
  const parser = new RecordParser(limits, syntax);
  parser.push(text);
  if (isWhole) parser.end();

  let header: Reading["header"] = null;
  let rows: Row[] = [];
  for (let record = parser.next(); record !== null; record = parser.next()) {
    if (record.blank || record.line < firstLine) continue;
    const row = rowOf(record, syntax);
    if (search !== null && header === null && rows.length < headerRecordsMax && row.isWhole) {
      if (search.isHeader(labelsOf(row))) {
        header = labelsOf(row);
        rows = []; // what stands above the table says nothing about it
        continue;
      }
    }
    rows.push(row);
    if (rows.length === RECORDS_MAX) break;
  }
  if (search !== null && header === null) {
    const found = headerOfTwo(rows, search, headerRecordsMax);
    if (found !== null) ({ header, rows } = found);
  }
  const cells = header?.labels.length ?? commonest(rows.filter(({ isSound }) => isSound));
  const fitting = rows.filter((row) => row.isSound && row.cells.length === cells);
  const whole = fitting.find(({ isWhole }) => isWhole);
  const first = whole === undefined ? null : labelsOf(whole);
  const regularity = rows.length === 0 ? 1 : fitting.length / rows.length;
  const score = regularity * sense(fitting) * (cells === 0 ? 0 : (cells - 1) / cells);
  return {
    ...separation,
    header,
    first,
    cells,
    records: rows.length,
    fitting: fitting.length,
    broken: rows.filter(({ isBroken }) => isBroken).length,
    quoted: rows.filter(({ isQuoted }) => isQuoted).length,
    score,
  };
}

interface Row {
  line: number;
  /** Whether its cells can be told apart; and whether each of them can be read. */
  isSound: boolean;
  isWhole: boolean;
  /** Whether it has a fault of quotes; and else whether it has a quoted cell. */
  isBroken: boolean;
  isQuoted: boolean;
  cells: readonly string[];
}

function rowOf(record: CsvRecord, syntax: Syntax): Row {
  const { line, fault, cells, bytes, starts, ends } = record;
  const isSound = fault === null || fault === "bad-encoding";
  const isBroken = fault === "bad-quote" || fault === "unclosed-quote";
  const texts: string[] = [];
  for (let i = 0; isSound && i < cells; i++) texts.push(decodeUtf8(bytes, starts[i], ends[i]));
  const isQuoted = !isBroken && hasQuotedCell(record, syntax);
  return { line, isSound, isWhole: fault === null, isBroken, isQuoted, cells: texts };
}

/** The first two records that are a header together, and the records below them; null if there are none. */
function headerOfTwo(
  rows: readonly Row[],
  { isHeader, join }: HeaderSearch,
  headerRecordsMax: number,
): { header: Labels; rows: Row[] } | null {
  for (let i = 0; i < Math.min(headerRecordsMax, rows.length - 1); i++) {
    const [upper, lower] = [rows[i], rows[i + 1]];
    if (!upper.isWhole || !lower.isWhole || isHeader(labelsOf(lower))) continue;
    const header = join(labelsOf(upper), labelsOf(lower));
    if (header !== null) return { header, rows: rows.slice(i + 2) };
  }
  return null;
}

function labelsOf({ line, cells }: Row): Labels {
  return { line, labels: cells.map((cell) => cell.trim()) };
}

/** The number of cells that most rows have; of several, the largest. */
function commonest(rows: readonly Row[]): number {
  const counts = new Map<number, number>();
  for (const { cells } of rows) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  const [[cells] = [0]] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0]);
  return cells;
}

/** Whether a quote opens a cell. */
function hasQuotedCell({ text, textStart, textEnd }: CsvRecord, syntax: Syntax): boolean {
  const { quote, delimiter, skipsSpaces } = syntax;
  for (let at = textStart; at < textEnd; at++) {
    if (text[at] !== quote) continue;
    let before = at - 1;
    while (skipsSpaces && before >= textStart && text[before] === SPACE) before--;
    if (before < textStart || text[before] === delimiter) return true;
  }
  return false;
}

/** A longer cell is prose: its punctuation says nothing. */
const CELL_LENGTH_MAX = 200;
const NUMBER =
  /^[-+(]?\s?(\p{Sc}|[A-Z]{3})?\s?[-+]?[0-9][0-9.,'’\s]*([eE][-+]?[0-9]+)?\s?(%|\p{Sc}|[A-Z]{3})?[)-]?$/u;
/** No quote around it and nothing in it that separates cells elsewhere; a comma only before a space, as in prose. */
const WORDS = /^(?!["'].*["']$)(?!["])(?:[^;\t|,"]|,\s|(?<=\S)"(?=\S))*$/u;

/** The share of cells that look like a number or like text: what is left is mostly several cells in one. */
function sense(rows: readonly Row[]): number {
  let known = 0;
  let all = 0;
  for (const { cells } of rows) {
    for (const cell of cells) {
      const text = cell.trim();
      all++;
      if (text.length > CELL_LENGTH_MAX || NUMBER.test(text) || WORDS.test(text)) known++;
    }
  }
  return all === 0 ? 1 : known / all;
}
