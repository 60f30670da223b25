/**
 * Which currencies the amounts of accepted rows are in. They are added up as bare numbers, so two in one column make a wrong sum
 * that nothing else would tell.
 *
 * Parts of a file are put together in its order (`addState`), so a currency stands where it first occurs.
 */
import type { Warning } from "../../domain/report.ts";
import { SALES } from "../header/schema.ts";

/** So many are named in a warning. */
const NAMED_MAX = 5;

/** One currency of one column. */
interface Seen {
  cells: number;
  /** Of the first row. */
  line: number;
}

/** For another thread: by the schema's columns, then by the currency's name; lines as the thread counts them. */
export type CurrenciesState = readonly ReadonlyMap<string, Readonly<Seen>>[];

export class Currencies {
  readonly #seen: readonly Map<string, Seen>[] = SALES.map(() => new Map());

  /**
   * Count an amount.
   *
   * @param field the column's place in the schema
   * @param line on which its row begins
   */
  add(field: number, currency: string, line: number): void {
    const seen = this.#seen[field].get(currency);
    if (seen !== undefined) seen.cells++;
    else this.#seen[field].set(currency, { cells: 1, line });
  }

  /** Whether an amount in this currency was counted. */
  has(field: number, currency: string): boolean {
    return this.#seen[field].has(currency);
  }

  /** Count more amounts in a currency that the column `has`. */
  addMore(field: number, currency: string, cells: number): void {
    this.#seen[field].get(currency)!.cells += cells;
  }

  /** All of it, for another thread. */
  state(): CurrenciesState {
    return this.#seen;
  }

  /** Add what was found behind all rows so far, with so many lines before it. */
  addState(state: CurrenciesState, lines: number): void {
    state.forEach((column, field) => {
      for (const [currency, { cells, line }] of column) {
        const seen = this.#seen[field].get(currency);
        if (seen !== undefined) seen.cells += cells;
        else this.#seen[field].set(currency, { cells, line: lines + line });
      }
    });
  }

  /** `mixed-currencies` for each column that has more than one, in the schema's order. */
  warnings(): Warning[] {
    return SALES.flatMap(({ name }, field) => {
      const seen = [...this.#seen[field]];
      return seen.length < 2 ? [] : [mixedCurrencies(name, seen)];
    });
  }
}

/** The warning of `docs/semantics.md`, section 4. @param seen at least two, in the order of the file */
function mixedCurrencies(field: string, seen: readonly (readonly [string, Seen])[]): Warning {
  const named = seen.slice(0, NAMED_MAX).map(([currency, { cells }]) =>
    `${currency} in ${cells} ${cells === 1 ? "cell" : "cells"}`
  );
  const more = seen.length > NAMED_MAX ? ` and ${seen.length - NAMED_MAX} more` : "";
  const [second, { line }] = seen[1];
  return {
    code: "mixed-currencies",
    message: `${field} has amounts in more than one currency: ${named.join(", ")}${more}. ` +
      `The first in ${second} is on line ${line}. ` +
      "They were added up as they are, so sums and anomalies mix them: convert the amounts to one " +
      "currency, or upload a file for each.",
  };
}
