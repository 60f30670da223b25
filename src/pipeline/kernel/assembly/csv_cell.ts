// Cells as `../../artifacts/csv_writer.ts` writes them.

import { COMMA, CR, LF, QUOTE } from "./structure";

/** Whether the cell in [start, end) has to be quoted. */
export function needsQuotes(start: usize, end: usize): bool {
  for (let at = start; at < end; at++) {
    const byte: u32 = load<u8>(at);
    if (byte == COMMA || byte == QUOTE || byte == LF || byte == CR) return true;
  }
  return false;
}
