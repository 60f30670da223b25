/**
 * What cleaning did to the schema cells of accepted rows: how many cells of each kind and column, and the first of them as
 * samples.
 *
 * Counts add up in any order; samples have to be put together in the order of the file (`addState`). Whoever
 * takes rows in another way than record by record may count some of them (`addCounted`), but not before there are samples enough of
 * their kind and column (`sampling`): so all engines come to the same.
 */
import { CHANGE_SAMPLES_MAX } from "../../domain/limits.ts";
import { type Change, CHANGE_KINDS, type ChangeSample } from "../../domain/report.ts";
import { canonicalNumber } from "../number/canonical_number.ts";
import { changeSentence } from "./change_sentence.ts";
import { Currencies, type CurrenciesState } from "./currencies.ts";
import { excerpt, excerptOf } from "../text/excerpt.ts";
import type { Header } from "../header/header.ts";
import { CURRENCY, NUMBER_MARKS } from "../number/number_marks.ts";
import type { NumberCell } from "../number/number.ts";
import type { CsvRecord } from "../parse/record.ts";
import { SALES, type SalesField } from "../header/schema.ts";
import { trimmedEnd, trimmedStart } from "../text/white_space.ts";

const KINDS = CHANGE_KINDS.length;
const TRIMMED = CHANGE_KINDS.indexOf("trimmed");
/** What a number reader took off, and which kind of change that is. */
const MARKED_KINDS = NUMBER_MARKS.map(([mark, kind]) => [mark, CHANGE_KINDS.indexOf(kind)]);

/** What may be counted without the record: kinds of change by the schema's columns, of currencies only one; in the order of `Changes` in the kernel's `layout.ts`. */
export const COUNTED_CHANGES: readonly { field: number; kind: number; isCurrency: boolean }[] = [
  ...SALES.map((_, field) => ({ field, kind: TRIMMED, isCurrency: false })),
  ...(["currency", "thousands", "decimal-comma", "percent"] as const).flatMap((word) =>
    SALES.flatMap(({ type }, field) =>
      type === "number"
        ? [{ field, kind: CHANGE_KINDS.indexOf(word), isCurrency: word === "currency" }]
        : []
    )
  ),
];

/** One kind of change in one column. */
interface Slot {
  cells: number;
  samples: ChangeSample[];
}

/** For another thread: by the schema's columns, then by kind; lines and records as the thread counts them. */
export interface ChangesState {
  slots: readonly Readonly<Slot>[];
  currencies: CurrenciesState;
}

/** A schema column as a row was read by it. */
export interface ReadColumn {
  index: number;
  name: SalesField;
  /** Its place in the schema. */
  field: number;
  /** Holds the cell of the row; null of text. */
  number: NumberCell | null;
}

export class Changes {
  readonly #slots: Slot[] = SALES.flatMap(() =>
    CHANGE_KINDS.map(() => ({ cells: 0, samples: [] }))
  );
  /** Of the cells from which a currency was taken. */
  readonly currencies = new Currencies();

  /**
   * Which of `COUNTED_CHANGES` still have to be seen record by record: bit 0 stands for the first.
   *
   * @param currency the name of the one that would be counted
   */
  sampling(currency: string): number {
    let bits = 0;
    for (let i = 0; i < COUNTED_CHANGES.length; i++) {
      const { field, kind, isCurrency } = COUNTED_CHANGES[i];
      const isShown = this.#slots[field * KINDS + kind].samples.length === CHANGE_SAMPLES_MAX;
      // A currency is told by the line where it first occurs.
      const isKnown = !isCurrency || this.currencies.has(field, currency);
      if (!isShown || !isKnown) bits |= 1 << i;
    }
    return bits;
  }

  /**
   * Count what was done to the cells of an accepted row.
   *
   * @param columns as they read this record
   * @param number of the record
   */
  add(record: CsvRecord, columns: readonly ReadColumn[], number: number): void {
    const { bytes, line } = record;
    for (let i = 0; i < columns.length; i++) {
      const { index, field, number: cell } = columns[i];
      const from = record.starts[index];
      const to = record.ends[index];
      const start = trimmedStart(bytes, from, to);
      const end = trimmedEnd(bytes, start, to);
      if ((start !== from || end !== to) && this.#count(field, TRIMMED)) {
        const before = excerptOf(bytes, from, to);
        const after = excerptOf(bytes, start, end);
        this.#show(field, TRIMMED, { line, record: number, before, after });
      }
      if (cell === null || cell.taken === 0) continue;
      if ((cell.taken & CURRENCY) !== 0) this.currencies.add(field, cell.currency, line);
      for (const [mark, kind] of MARKED_KINDS) {
        if ((cell.taken & mark) === 0 || !this.#count(field, kind)) continue;
        const before = excerptOf(bytes, start, end);
        const after = excerpt(canonicalNumber(cell));
        this.#show(field, kind, { line, record: number, before, after });
      }
    }
  }

  /**
   * Count changed cells of rows that were accepted elsewhere, one number for each of `COUNTED_CHANGES`; 0 of those in `sampling`.
   *
   * @param currency the name of the one that the amounts had
   */
  addCounted(cells: ArrayLike<number>, currency: string): void {
    COUNTED_CHANGES.forEach(({ field, kind, isCurrency }, i) => {
      if (cells[i] === 0) return;
      this.#slots[field * KINDS + kind].cells += cells[i];
      if (isCurrency) this.currencies.addMore(field, currency, cells[i]);
    });
  }

  /** All of it, for another thread. */
  state(): ChangesState {
    return { slots: this.#slots, currencies: this.currencies.state() };
  }

  /** Add what was found in the rows behind all others so far, with so many lines and records before them. */
  addState({ slots, currencies }: ChangesState, lines: number, records: number): void {
    this.currencies.addState(currencies, lines);
    slots.forEach(({ cells, samples }, i) => {
      const slot = this.#slots[i];
      slot.cells += cells;
      for (const { line, record, before, after } of samples) {
        if (slot.samples.length === CHANGE_SAMPLES_MAX) break;
        slot.samples.push({ line: lines + line, record: records + record, before, after });
      }
    });
  }

  /** What the report says: by the columns of the file, then by kind. */
  list(header: Header, rowsAccepted: number): Change[] {
    return header.columns.flatMap(({ label, field }) => {
      const first = SALES.findIndex(({ name }) => name === field) * KINDS;
      return CHANGE_KINDS.flatMap((kind, i): Change[] => {
        if (field === null || this.#slots[first + i].cells === 0) return [];
        const { cells, samples } = this.#slots[first + i];
        const sentence = changeSentence(kind, cells, rowsAccepted, field);
        return [{ kind, column: label, field, cells, of: rowsAccepted, sentence, samples }];
      });
    });
  }

  /** Count a changed cell; whether it is to be shown. */
  #count(field: number, kind: number): boolean {
    const slot = this.#slots[field * KINDS + kind];
    slot.cells++;
    return slot.samples.length < CHANGE_SAMPLES_MAX;
  }

  #show(field: number, kind: number, sample: ChangeSample): void {
    this.#slots[field * KINDS + kind].samples.push(sample);
  }
}
