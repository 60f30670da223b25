// Write: accepted rows as rows of the cleaned file.

import { SLACK } from "./copy";
import { CLEANED, CLEANED_BYTES, Row, ROW_BYTES, ROWS, NUMBERS, Status } from "./layout";
import { NUMBER_BYTES_MAX } from "./number_text";
import { ownBytesMax, writeOwnCells } from "./own_cells";

/** Write the rows in [from, rows), faulty ones left out, until CLEANED is full; how far it came. */
export function writeCleaned(from: u32, rows: u32): u32 {
  let out = CLEANED;
  let done = from;
  let written: u32 = 0;
  for (let row: usize = ROWS + <usize> from * ROW_BYTES; done < rows; done++, row += ROW_BYTES) {
    if (load<u32>(row, Row.REGION_BYTES) == 0) continue; // faulty
    const bytes = <usize> load<u32>(row, Row.END) - <usize> load<u32>(row, Row.START);
    if (out + ownBytesMax(bytes) + NUMBERS * NUMBER_BYTES_MAX + SLACK > CLEANED + CLEANED_BYTES) break;
    out = writeOwnCells(row, out, true);
    store<u8>(out++, 0x0a);
    written++;
  }
  store<u32>(Status.WRITTEN, <u32> (out - CLEANED));
  store<u32>(Status.ROWS_WRITTEN, written);
  return done;
}
