/** The cells of a record with a fault, as well as they can be told: the damage costs the cell that it is in. */
import { SPACE } from "../text/ascii.ts";
import type { CsvRecord } from "./record.ts";
import { isEscapable, type Syntax } from "./syntax.ts";

/** A cell, and where the delimiter behind it stands, or the end. */
interface Cell {
  bytes: Uint8Array;
  next: number;
}

/**
 * A cell that opens with a quote is quoted only if a quote closes it, with nothing but spaces behind that up to the next
 * delimiter; else its quotes are text, and it ends at the next delimiter. Bytes that aren't UTF-8 stay as they are.
 *
 * Yields a cell that is valid until the next is asked for.
 *
 * @param record one of which all text was kept
 */
export function* lenientCells(record: CsvRecord, syntax: Syntax): Generator<Uint8Array> {
  const { text, textStart, textEnd } = record;
  const target = new Uint8Array(textEnd - textStart);
  for (let at = textStart;;) {
    if (syntax.skipsSpaces && at > textStart) at = afterSpaces(text, at, textEnd);
    const { bytes, next } = quotedCell(text, at, textEnd, syntax, target) ??
      bareCell(text, at, textEnd, syntax, target);
    yield bytes;
    if (next === textEnd) return;
    at = next + 1;
  }
}

function quotedCell(
  text: Uint8Array,
  start: number,
  end: number,
  syntax: Syntax,
  target: Uint8Array,
): Cell | null {
  const { quote, delimiter } = syntax;
  if (start === end || text[start] !== quote) return null;
  let length = 0;
  for (let at = start + 1; at < end; at++) {
    if (isEscape(text, at, end, syntax)) at++;
    else if (text[at] === quote) {
      if (at + 1 < end && text[at + 1] === quote) at++;
      else {
        const next = afterSpaces(text, at + 1, end);
        if (next < end && text[next] !== delimiter) return null;
        return { bytes: target.subarray(0, length), next };
      }
    }
    target[length++] = text[at];
  }
  return null;
}

function bareCell(
  text: Uint8Array,
  start: number,
  end: number,
  syntax: Syntax,
  target: Uint8Array,
): Cell {
  let length = 0;
  let at = start;
  for (; at < end && text[at] !== syntax.delimiter; at++) {
    if (isEscape(text, at, end, syntax)) at++;
    target[length++] = text[at];
  }
  return { bytes: target.subarray(0, length), next: at };
}

function isEscape(text: Uint8Array, at: number, end: number, syntax: Syntax): boolean {
  return text[at] === syntax.escape && at + 1 < end && isEscapable(text[at + 1], syntax);
}

function afterSpaces(text: Uint8Array, at: number, end: number): number {
  while (at < end && text[at] === SPACE) at++;
  return at;
}
