// Stage 4, detect: keep the records of rows whose revenue per unit exceeds a bound.
//
// What is kept of a record is what the anomalies file says of its own columns: `ready` to be written.

import { CANDIDATES, CANDIDATES_BYTES, Row, ROW_BYTES, ROWS, Status } from "./layout";
import { SLACK } from "./copy";
import { ownBytesMax, writeOwnCells } from "./own_cells";

/** f64 revenue per unit, u32 line ends before it, u32 bytes, u32 whether it is ready; then the text. */
export const HEAD_BYTES: usize = 24;

/** Look at the rows in [from, rows), until CANDIDATES is full; how far it came. */
export function detect(from: u32, rows: u32, bound: f64): u32 {
  let to: usize = 0;
  let done = from;
  for (let row: usize = ROWS + <usize> from * ROW_BYTES; done < rows; done++, row += ROW_BYTES) {
    const quotient = load<f64>(row, Row.QUOTIENT);
    if (quotient <= bound) continue;
    const start = <usize> load<u32>(row, Row.START);
    const end = <usize> load<u32>(row, Row.END);
    if (to + HEAD_BYTES + ownBytesMax(end - start) + SLACK > CANDIDATES_BYTES) break;
    const at = CANDIDATES + to;
    const text = at + HEAD_BYTES;
    const bytes = writeOwnCells(row, text, false) - text;
    store<f64>(at, quotient);
    store<u32>(at, load<u32>(row, Row.LINE), 8);
    store<u32>(at, <u32> bytes, 12);
    store<u32>(at, 1, 16);
    to = (to + HEAD_BYTES + bytes + 7) & ~(<usize> 7);
  }
  store<u32>(Status.CANDIDATES, <u32> to);
  return done;
}
