/** What the parser finds, as plain values. */
import type { Dialect } from "../../src/domain/dialect.ts";
import { RecordParser } from "../../src/pipeline/parse/parse.ts";
import { PIPELINE_LIMITS, type PipelineLimits } from "../../src/pipeline/pipeline_limits.ts";
import type { CsvRecord } from "../../src/pipeline/parse/record.ts";
import { syntaxOf } from "../../src/pipeline/parse/syntax.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** `"blank"`, the cells of a sound record, or its fault and text. */
export type Found = string | string[] | { fault: string; cells: string[]; text: string };

/** All records of a text, as they are read in chunks of this size. */
export function recordsOf(
  file: string | Uint8Array,
  { limits = {}, chunkBytes = Infinity, dialect = {} }: {
    limits?: Partial<PipelineLimits>;
    chunkBytes?: number;
    dialect?: Partial<Dialect>;
  } = {},
): Found[] {
  return read(file, limits, chunkBytes, found, dialect);
}

/** The lines on which records and blank lines begin. */
export function linesOf(
  file: string | Uint8Array,
  limits: Partial<PipelineLimits> = {},
): number[] {
  return read(file, limits, 1, ({ line }) => line);
}

/** The offsets at which they begin. */
export function offsetsOf(
  file: string | Uint8Array,
  limits: Partial<PipelineLimits> = {},
): number[] {
  return read(file, limits, 1, ({ offset }) => offset);
}

function read<T>(
  file: string | Uint8Array,
  limits: Partial<PipelineLimits>,
  chunkBytes: number,
  see: (record: CsvRecord) => T,
  dialect: Partial<Dialect> = {},
): T[] {
  const bytes = typeof file === "string" ? new TextEncoder().encode(file) : file;
  const parser = new RecordParser({ ...PIPELINE_LIMITS, ...limits }, syntaxOf(dialect));
  const seen: T[] = [];
  const take = () => {
    for (let record = parser.next(); record !== null; record = parser.next()) {
      seen.push(see(record));
    }
  };
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    parser.push(bytes.subarray(at, at + chunkBytes));
    take();
  }
  parser.end();
  take();
  return seen;
}

function found(record: CsvRecord): Found {
  if (record.blank) return "blank";
  const { bytes, starts, ends, fault } = record;
  const cells = Array.from(
    { length: record.cells },
    (_, i) => decoder.decode(bytes.subarray(starts[i], ends[i])),
  );
  if (fault === null) return cells;
  const text = decoder.decode(record.text.subarray(record.textStart, record.textEnd));
  return { fault, cells, text };
}
