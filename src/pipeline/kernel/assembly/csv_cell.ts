// Cells as `../../artifacts/csv_writer.ts` writes them.

import { COMMA, CR, LF, QUOTE } from "./structure";

/** Which bytes are why a cell is quoted. */
// @ts-ignore: decorator
@inline export function marksIn(bytes: v128): v128 {
  return v128.or(
    v128.or(i8x16.eq(bytes, i8x16.splat(COMMA as i8)), i8x16.eq(bytes, i8x16.splat(QUOTE as i8))),
    v128.or(i8x16.eq(bytes, i8x16.splat(LF as i8)), i8x16.eq(bytes, i8x16.splat(CR as i8))),
  );
}

/** Whether the cell in [start, end) has to be quoted. Up to fifteen bytes behind it are read. */
export function needsQuotes(start: usize, end: usize): bool {
  for (let at = start; at < end; at += 16) {
    const marks = <u32> i8x16.bitmask(marksIn(v128.load(at)));
    if (marks != 0 && at + <usize> ctz(marks) < end) return true;
  }
  return false;
}

/** Whether there is a quote in [start, end). Up to fifteen bytes behind it are read. */
// @ts-ignore: decorator
@inline export function hasQuote(start: usize, end: usize): bool {
  for (let at = start; at < end; at += 16) {
    const quotes = <u32> i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(QUOTE as i8)));
    if (quotes != 0 && at + <usize> ctz(quotes) < end) return true;
  }
  return false;
}
