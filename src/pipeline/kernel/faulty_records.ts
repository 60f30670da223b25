/**
 * Records that the kernel noted as faulty, as the plain engine's cleaner wants them.
 *
 * Their structure is known to be sound (the right number of cells, quotes only around whole cells, valid UTF-8, within the limits), so
 * they are cut without the parser: where the kernel's index says, or, if they have quotes, byte by byte.
 */
import { COMMA, QUOTE } from "../text/ascii.ts";
import { type CsvRecord, unescapeCells } from "../parse/record.ts";
import type { Syntax } from "../parse/syntax.ts";
import type { Kernel } from "./kernel.ts";
import * as at from "./memory_layout.ts";

const CAPACITY_MIN = 4_096;

export class FaultyRecords {
  readonly #kernel: Kernel;
  readonly #record: CsvRecord;
  readonly #columns: number;
  readonly #syntax: Syntax;
  #text = new Uint8Array(CAPACITY_MIN);
  #unescaped = new Uint8Array(CAPACITY_MIN);

  /** @param columns cells of each record */
  constructor(kernel: Kernel, columns: number, syntax: Syntax) {
    this.#kernel = kernel;
    this.#syntax = syntax;
    this.#columns = columns;
    this.#record = {
      blank: false,
      fault: null,
      line: 0,
      offset: 0,
      cells: columns,
      bytes: this.#text,
      starts: new Int32Array(columns),
      ends: new Int32Array(columns),
      text: this.#text,
      textStart: 0,
      textEnd: 0,
      textBytes: 0,
      isCsv: false,
    };
  }

  /** The record of a faulty row, valid until the next call. @param shift what to add to an address for the offset */
  read(row: number, shift: number): CsvRecord {
    const { bytes, view } = this.#kernel;
    const record = this.#record;
    const origin = at.ROWS + row * at.ROW_BYTES;
    const start = view.getUint32(origin + at.ROW_START, true);
    const end = view.getUint32(origin + at.ROW_END, true);
    const length = end - start;
    this.#makeRoom(length);
    // A copy, since the kernel's memory may be another one by the time that the record is used.
    // Nearly all are too short for a view to be worth its making.
    const text = this.#text;
    for (let i = 0; i < length; i++) text[i] = bytes[start + i];
    record.line = view.getUint32(origin + at.ROW_LINE, true) + 1;
    record.offset = start + shift;
    record.text = text;
    record.bytes = text;
    record.textEnd = length;
    record.textBytes = length;
    const hasQuotes = view.getUint8(origin + at.ROW_QUOTED) !== 0;
    record.isCsv = !hasQuotes && this.#syntax.delimiter === COMMA;
    if (!hasQuotes) this.#cut(view.getUint32(origin + at.ROW_SEPARATOR, true), start, length);
    else if (this.#cutQuoted(length)) unescapeCells(record, this.#syntax, this.#unescaped);
    return record;
  }

  #makeRoom(length: number): void {
    if (length < this.#text.length) return;
    this.#text = new Uint8Array(2 * length);
    this.#unescaped = new Uint8Array(2 * length);
  }

  /** Find the cells of a record that begins at `start`. @param separator its first in the index */
  #cut(separator: number, start: number, length: number): void {
    const { view } = this.#kernel;
    const { starts, ends } = this.#record;
    const last = this.#columns - 1;
    starts[0] = 0;
    for (let cell = 0; cell < last; cell++) {
      const end = view.getUint32(at.SEPARATORS + 4 * (separator + cell), true) - start;
      ends[cell] = end;
      starts[cell + 1] = end + 1;
    }
    ends[last] = length;
  }

  /** Find the cells of a record with quotes; whether a quote is doubled in one of them. */
  #cutQuoted(length: number): boolean {
    const text = this.#text;
    const { delimiter } = this.#syntax;
    const { starts, ends } = this.#record;
    let cells = 0;
    let hasEscapes = false;
    text[length] = delimiter;
    for (let i = 0; i <= length; i++) {
      if (text[i] === QUOTE) {
        starts[cells] = ++i;
        for (; text[i] !== QUOTE || text[i + 1] === QUOTE; i++) {
          if (text[i] !== QUOTE) continue;
          hasEscapes = true;
          i++;
        }
        ends[cells++] = i++;
      } else {
        starts[cells] = i;
        while (text[i] !== delimiter) i++;
        ends[cells++] = i;
      }
    }
    return hasEscapes;
  }
}
