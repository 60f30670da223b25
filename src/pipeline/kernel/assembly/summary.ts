// Write: regions as rows of the summary.
//
// A mean is one division of two integers that are exact doubles; a region where they aren't, or which has sums beyond its entry, stops
// it: the plain engine's writer takes that one.

import { marksIn } from "./csv_cell";
import { OUTPUT, OUTPUT_BYTES, Status, WARM_MAX } from "./layout";
import { NUMBER_BYTES_MAX, writeDecimal, writeDouble, writeInteger } from "./number_text";
import { powerOfTen } from "./number";
import { Entry, EntryKind, SHORT_MAX, warmListed } from "./regions";

const SAFE_MAX: i64 = (1 << 53) - 1;
const NUMBERS_BYTES_MAX: usize = 5 * NUMBER_BYTES_MAX;
const COMMA: u8 = 0x2c;
const QUOTE: u8 = 0x22;

/** Write regions [from, to) of a list of entries, up to one that stops it, or to where OUTPUT is full; how far it came. */
export function writeSummary(list: usize, from: u32, to: u32, hasDiscount: bool): u32 {
  let out = OUTPUT;
  let done = from;
  for (; done < to; done++) {
    if ((done - from) % WARM_MAX == 0) {
      warmListed(list + (<usize> done << 2), min(<usize> (to - done), <usize> WARM_MAX));
    }
    const entry = <usize> load<u32>(list + (<usize> done << 2));
    const bytes = <usize> load<u32>(entry, Entry.NAME_BYTES);
    if (out + 2 * bytes + NUMBERS_BYTES_MAX > OUTPUT + OUTPUT_BYTES) break;
    if (load<u8>(entry, Entry.KIND) == EntryKind.BEYOND) break;
    if (!hasMean(entry, 0) || (hasDiscount && !hasMean(entry, 2))) break;
    out = writeName(out, entry, bytes);
    store<u8>(out, COMMA);
    out = writeSum(out + 1, entry, 0);
    store<u8>(out, COMMA);
    out = writeMean(out + 1, entry, 0);
    store<u8>(out, COMMA);
    out = writeSum(out + 1, entry, 1);
    store<u8>(out++, COMMA);
    if (hasDiscount) out = writeMean(out, entry, 2);
    store<u8>(out, COMMA);
    out = writeInteger(out + 1, load<u32>(entry, Entry.ROWS));
    store<u8>(out++, 0x0a);
  }
  store<u32>(Status.WRITTEN, <u32> (out - OUTPUT));
  store<u32>(Status.ROWS_WRITTEN, done - from);
  return done;
}

function hasMean(entry: usize, column: usize): bool {
  const sum = load<i64>(entry + (column << 3), Entry.SUMS);
  const scale = load<u8>(entry + column, Entry.SCALES);
  return sum <= SAFE_MAX && sum >= -SAFE_MAX && divisorOf(entry, scale) <= <f64> SAFE_MAX;
}

/** Exact wherever it isn't too large. */
// @ts-ignore: decorator
@inline function divisorOf(entry: usize, scale: u32): f64 {
  return <f64> load<u32>(entry, Entry.ROWS) * <f64> powerOfTen(scale);
}

// @ts-ignore: decorator
@inline function writeMean(out: usize, entry: usize, column: usize): usize {
  const sum = load<i64>(entry + (column << 3), Entry.SUMS);
  return writeDouble(out, <f64> sum / divisorOf(entry, load<u8>(entry + column, Entry.SCALES)));
}

// @ts-ignore: decorator
@inline function writeSum(out: usize, entry: usize, column: usize): usize {
  const sum = load<i64>(entry + (column << 3), Entry.SUMS);
  return writeDecimal(out, sum, load<u8>(entry + column, Entry.SCALES));
}

/** As `../../artifacts/csv_writer.ts` writes a cell. */
// @ts-ignore: decorator
@inline function writeName(out: usize, entry: usize, bytes: usize): usize {
  if (bytes > SHORT_MAX) return writeLongName(out, entry + Entry.LONG_NAME, bytes);
  const name = v128.load(entry);
  if (v128.any_true(marksIn(name))) return writeQuoted(out, entry, bytes);
  v128.store(out, name);
  return out + bytes;
}

function writeLongName(out: usize, name: usize, bytes: usize): usize {
  let marks = marksIn(v128.load(name + bytes - 16));
  for (let at: usize = 0; at + 16 < bytes; at += 16) marks = v128.or(marks, marksIn(v128.load(name + at)));
  if (v128.any_true(marks)) return writeQuoted(out, name, bytes);
  memory.copy(out, name, bytes);
  return out + bytes;
}

function writeQuoted(out: usize, name: usize, bytes: usize): usize {
  store<u8>(out++, QUOTE);
  for (let i: usize = 0; i < bytes; i++) {
    const byte = load<u8>(name + i);
    store<u8>(out++, byte);
    if (byte == QUOTE) store<u8>(out++, byte);
  }
  store<u8>(out, QUOTE);
  return out + 1;
}
