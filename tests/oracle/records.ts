/**
 * From bytes to records: semantics.md section 1.
 *
 * Each record is read in two steps that are kept apart on purpose. `walk` says what part every byte plays, as if
 * there were no limits; `readRecord` follows it to the first byte that ends the record, for better or worse.
 */
import { decode, decodeEscaped, wholeCharacters } from "./encoding.ts";

/** The limits that decide which bytes make a record, and how much of a faulty one is quoted. */
export interface RecordLimits {
  recordBytesMax: number;
  recordLinesMax: number;
  cellBytesMax: number;
  columnsMax: number;
  rawBytesMax: number;
}

/** Record-level faults that don't depend on the header. */
export type RecordFault = "unclosed-quote" | "bad-quote" | "line-too-long" | "bad-encoding";

/** One record, or one blank line. */
export interface FileRecord {
  blank: boolean;
  fault: RecordFault | null;
  /** Cells as they stand, unquoted; null is a cell that could not be read. */
  cells: (string | null)[];
  /** Where it begins, in bytes after the byte order mark. */
  offset: number;
  /** The physical line on which it begins, from 1. */
  line: number;
  /** Bytes of its text. */
  textBytes: number;
  /** What `_raw` would show. */
  raw: string;
}

const [LF, CR, QUOTE] = [0x0a, 0x0d, 0x22];

/** All records and blank lines of a file, whose delimiter is a comma unless another one is given. */
export function readRecords(
  file: Uint8Array,
  limits: RecordLimits,
  delimiter = ",",
): FileRecord[] {
  const hasMark = file[0] === 0xef && file[1] === 0xbb && file[2] === 0xbf;
  const bytes = file.subarray(hasMark ? 3 : 0);
  const lineAt = new Map(lineStarts(bytes).map((start, index) => [start, index + 1]));

  const records: FileRecord[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const line = lineAt.get(offset);
    if (line === undefined) throw new Error("a record must begin where a line begins");
    const lineText = decode(bytes.subarray(offset, lineEnd(bytes, offset)));
    if (lineText !== null && lineText.trim() === "") {
      records.push({ blank: true, fault: null, cells: [], offset, line, textBytes: 0, raw: "" });
      offset = nextLine(bytes, offset);
      continue;
    }
    const { next, ...record } = readRecord(bytes, offset, limits, delimiter.charCodeAt(0));
    records.push({ blank: false, ...record, offset, line });
    offset = next;
  }
  return records;
}

/** What part a byte of a record plays. */
type Part =
  | "inside" // an opening quote, and all between it and its closing quote
  | "line end inside" // the last byte of a line end between quotes
  | "closing quote"
  | "text" // of an unquoted cell
  | "comma"
  | "after quote" // what may not follow a closing quote
  | "line end" // the first byte of the record's own line end
  | "end of file"
  | "end of file inside";

/** The parts of the bytes from the beginning of a record up to its end, which is the last one given. */
function* walk(
  bytes: Uint8Array,
  offset: number,
  delimiter: number,
): Generator<{ at: number; part: Part }> {
  let at = offset;
  for (;;) { // once for each cell
    if (bytes[at] === QUOTE) {
      yield { at, part: "inside" };
      at += 1;
      while (bytes[at] !== QUOTE || bytes[at + 1] === QUOTE) {
        if (at >= bytes.length) return yield { at, part: "end of file inside" };
        if (bytes[at] === QUOTE) { // two quotes are one: both are inside
          yield { at, part: "inside" };
          at += 1;
        }
        const endsLine = bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF);
        yield { at, part: endsLine ? "line end inside" : "inside" };
        at += 1;
      }
      yield { at, part: "closing quote" };
      at += 1;
      if (at < bytes.length && ![delimiter, CR, LF].includes(bytes[at])) {
        return yield { at, part: "after quote" };
      }
    } else {
      while (at < bytes.length && ![delimiter, CR, LF].includes(bytes[at])) {
        yield { at, part: "text" };
        at += 1;
      }
    }
    if (at >= bytes.length) return yield { at, part: "end of file" };
    if (bytes[at] !== delimiter) return yield { at, part: "line end" };
    yield { at, part: "comma" };
    at += 1;
  }
}

function readRecord(bytes: Uint8Array, offset: number, limits: RecordLimits, delimiter: number) {
  const cells: { start: number; end: number }[] = []; // of those that ended
  let cellStart = offset;
  let lines = 1;
  for (const { at, part } of walk(bytes, offset, delimiter)) {
    switch (part) {
      case "end of file inside":
        return quoteFault("unclosed-quote");
      case "after quote":
        return quoteFault("bad-quote"); // wins over a limit at the same byte
      case "line end":
      case "end of file":
        cells.push({ start: cellStart, end: at });
        return wholeRecord(at);
      case "line end inside":
        lines += 1;
    }
    const pastLimit = at + 1 - offset > limits.recordBytesMax ||
      lines > limits.recordLinesMax ||
      (part !== "comma" && at + 1 - cellStart > limits.cellBytesMax) ||
      (part === "comma" && cells.length + 2 > limits.columnsMax);
    if (pastLimit) {
      const inside = part === "inside" || part === "line end inside";
      return inside ? quoteFault("unclosed-quote") : tooLong(at);
    }
    if (part === "comma") {
      cells.push({ start: cellStart, end: at });
      cellStart = at + 1;
    }
  }
  throw new Error("a walk must end with the end of its record");

  function wholeRecord(end: number) {
    const values = cells.map(cellText);
    const fault = values.includes(null) ? "bad-encoding" as const : null;
    return { fault, cells: values, ...text(end), next: nextLine(bytes, end) };
  }

  function quoteFault(fault: RecordFault) {
    const end = lineEnd(bytes, offset);
    const read = cells.filter((cell) => cell.end < end).map(cellText);
    return { fault, cells: read, ...text(end), next: nextLine(bytes, offset) };
  }

  function tooLong(at: number) {
    const fault: RecordFault = "line-too-long";
    const { raw, textBytes } = text(lineEnd(bytes, at));
    return { fault, cells: cells.map(cellText), raw, textBytes, next: nextLine(bytes, at) };
  }

  function cellText({ start, end }: { start: number; end: number }): string | null {
    const text = decode(bytes.subarray(start, end));
    if (text === null || !text.startsWith('"')) return text;
    return text.slice(1, -1).replaceAll('""', '"');
  }

  function text(end: number): { raw: string; textBytes: number } {
    return { raw: rawText(end), textBytes: end - offset };
  }

  function rawText(end: number): string {
    const text = bytes.subarray(offset, end);
    if (text.length <= limits.rawBytesMax) return decodeEscaped(text);
    const kept = text.subarray(0, wholeCharacters(text, limits.rawBytesMax));
    return `${decodeEscaped(kept)} … ${text.length} bytes`;
  }
}

/** Where the physical line that holds `offset` ends, without its line end. */
function lineEnd(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (at < bytes.length && bytes[at] !== LF && bytes[at] !== CR) at += 1;
  return at;
}

/** Where the physical line after the one that holds `offset` begins. */
function nextLine(bytes: Uint8Array, offset: number): number {
  const end = lineEnd(bytes, offset);
  if (end === bytes.length) return end;
  return bytes[end] === CR && bytes[end + 1] === LF ? end + 2 : end + 1;
}

/** Where each physical line begins. */
function lineStarts(bytes: Uint8Array): number[] {
  const starts: number[] = [];
  for (let at = 0; at < bytes.length; at = nextLine(bytes, at)) starts.push(at);
  return starts;
}
