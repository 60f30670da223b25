// Write: candidates that turned out to be anomalies, as rows of the anomalies file.
//
// A candidate that isn't `ready` (see `detect.ts`) stops it: the plain engine's writer takes that one.

import { copy } from "./copy";
import { CANDIDATES, OUTPUT, OUTPUT_BYTES, Status } from "./layout";
import { HEAD_BYTES } from "./detect";
import { NUMBER_BYTES_MAX, writeDouble, writeInteger } from "./number_text";

/** What a row has beyond its own columns. */
const FINDING_BYTES_MAX: usize = 4 * NUMBER_BYTES_MAX;
const COMMA: u8 = 0x2c;

/**
 * Write those above the threshold of the candidates in [from, to) of CANDIDATES, up to one that isn't ready, or to where OUTPUT is full; how
 * far it came.
 *
 * @param linesBefore what to add to their lines
 */
export function writeAnomalies(
  from: usize,
  to: usize,
  threshold: f64,
  mean: f64,
  sd: f64,
  linesBefore: u64,
): usize {
  let out = OUTPUT;
  let rows: u32 = 0;
  let done = from;
  while (done < to) {
    const at = CANDIDATES + done;
    const quotient = load<f64>(at);
    const bytes = <usize> load<u32>(at, 12);
    if (quotient > threshold) {
      if (!load<u32>(at, 16) || out + bytes + FINDING_BYTES_MAX > OUTPUT + OUTPUT_BYTES) break;
      out = copy(out, at + HEAD_BYTES, at + HEAD_BYTES + bytes);
      store<u8>(out, COMMA);
      out = writeDouble(out + 1, quotient);
      store<u64>(out, 0x2c657572742c); // ,true,
      out += 6;
      const z = (quotient - mean) / sd;
      if (z - z == 0) out = writeDouble(out, z); // one that overflows is left out
      store<u8>(out, COMMA);
      out = writeInteger(out + 1, linesBefore + <u64> load<u32>(at, 8) + 1);
      store<u8>(out++, 0x0a);
      rows++;
    }
    done += (HEAD_BYTES + bytes + 7) & ~(<usize> 7);
  }
  store<u32>(Status.WRITTEN, <u32> (out - OUTPUT));
  store<u32>(Status.ROWS_WRITTEN, rows);
  return done;
}
