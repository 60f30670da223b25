/** What the cells of one column look like: how many are numbers, how many differ, which is the least. */
import { INSPECT_DISTINCT_MAX } from "../../domain/limits.ts";
import { canonicalNumber } from "../number/canonical_number.ts";
import { excerpt } from "../text/excerpt.ts";
import { NumberCell } from "../number/number.ts";
import type { NumberFormat } from "../number/number_format.ts";
import { compareCodePoints } from "../aggregate/region_table.ts";
import { decodeUtf8 } from "../text/utf8.ts";
import { trimmedEnd, trimmedStart } from "../text/white_space.ts";

/** What a profile comes to. `missing` are the words that mean missing in a number column, `blank` cells have nothing in them. */
export interface ColumnFindings {
  /** What its cells that say something are. */
  type: "number" | "text" | "mixed" | "empty";
  cells: { number: number; text: number; missing: number; blank: number };
  /** Distinct values that say something; `capped`: there are more. */
  distinct: { values: number; capped: boolean };
  /** Of a column of numbers the least and the greatest, canonical; else by code points; null if nothing is said. */
  min: string | null;
  max: string | null;
}

/** Two values and their order. */
class Extremes<Value> {
  min: Value | null = null;
  max: Value | null = null;

  constructor(readonly compare: (a: Value, b: Value) => number) {}

  add(value: Value): void {
    if (this.min === null || this.compare(value, this.min) < 0) this.min = value;
    if (this.max === null || this.compare(value, this.max) > 0) this.max = value;
  }
}

interface NumberFound {
  value: number;
  text: string;
}

export class ColumnProfile {
  readonly #cells = { number: 0, text: 0, missing: 0, blank: 0 };
  readonly #distinct = new Set<string>();
  #isCapped = false;
  readonly #texts = new Extremes<string>(compareCodePoints);
  readonly #numbers = new Extremes<NumberFound>((a, b) => a.value - b.value);
  readonly #isText: boolean;
  readonly #number: NumberCell;

  /**
   * @param isText whether it is a text column of the schema, in which no word means missing
   * @param format how its numbers are written
   */
  constructor(isText: boolean, format: NumberFormat) {
    this.#isText = isText;
    this.#number = new NumberCell(format);
  }

  /** Add the cell that stands in bytes[from, to). */
  add(bytes: Uint8Array, from: number, to: number): void {
    const start = trimmedStart(bytes, from, to);
    const end = trimmedEnd(bytes, start, to);
    if (start === end) {
      this.#cells.blank++;
      return;
    }
    const number = this.#number;
    number.read(bytes, start, end);
    if (number.fault === "required-value" && !this.#isText) {
      this.#cells.missing++;
      return;
    }
    const text = decodeUtf8(bytes, start, end);
    if (!this.#isCapped && !this.#distinct.has(text)) {
      if (this.#distinct.size === INSPECT_DISTINCT_MAX) this.#isCapped = true;
      else this.#distinct.add(text);
    }
    this.#texts.add(text);
    if (number.fault !== null) {
      this.#cells.text++;
      return;
    }
    this.#cells.number++;
    const { min, max } = this.#numbers;
    const { value } = number;
    if (min === null || max === null || value < min.value || value > max.value) {
      this.#numbers.add({ value, text: canonicalNumber(number) });
    }
  }

  findings(): ColumnFindings {
    const { number, text, missing } = this.#cells;
    const type = number > 0 && text > 0
      ? "mixed"
      : number > 0
      ? "number"
      : text > 0
      ? "text"
      : "empty";
    const { min, max } = type === "number"
      ? { min: this.#numbers.min?.text, max: this.#numbers.max?.text }
      : this.#texts;
    return {
      type,
      cells: { ...this.#cells, missing },
      distinct: { values: this.#distinct.size, capped: this.#isCapped },
      min: shown(min),
      max: shown(max),
    };
  }
}

function shown(value: string | null | undefined): string | null {
  return value === null || value === undefined ? null : excerpt(value);
}
