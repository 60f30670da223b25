/**
 * Which currency the kernel takes off: it knows one at a time, and should know the one that most amounts of late have.
 *
 * The kernel counts the amounts that it took, and sees no others; those reach the plain engine, and are noted here. The one among them that comes up
 * most (by a majority vote, which needs to remember only one) replaces the kernel's once it beats it. Older amounts count less.
 */
import { type CurrencyForm, currencyFormOf, isSameForm } from "../number/currency_form.ts";
import { CURRENCY } from "../number/number_marks.ts";
import type { ReadColumn } from "../clean/changes.ts";
import type { CsvRecord } from "../parse/record.ts";
import { trimmedEnd, trimmedStart } from "../text/white_space.ts";

export class CurrencyVote {
  #form: CurrencyForm;
  #votes = 0;
  #rival: CurrencyForm | null = null;
  #rivalVotes = 0;

  /** @param form what is expected as long as nothing is known */
  constructor(form: CurrencyForm) {
    this.#form = form;
  }

  /** How the kernel is to expect amounts. */
  get form(): CurrencyForm {
    return this.#form;
  }

  /** Count what the kernel took. */
  add(amounts: number): void {
    this.#votes = this.#votes / 2 + amounts;
    this.#rivalVotes /= 2;
  }

  /** Look at the amounts of a row that the plain engine accepted. @param columns as they read this record */
  note({ bytes, starts, ends }: CsvRecord, columns: readonly ReadColumn[]): void {
    for (const { index, number } of columns) {
      if (number === null || (number.taken & CURRENCY) === 0) continue;
      const start = trimmedStart(bytes, starts[index], ends[index]);
      const form = currencyFormOf(bytes, start, trimmedEnd(bytes, start, ends[index]));
      if (form !== null) this.#vote(form);
    }
  }

  #vote(form: CurrencyForm): void {
    if (isSameForm(form, this.#form)) this.#votes++;
    else if (this.#rival !== null && isSameForm(form, this.#rival)) this.#rivalVotes++;
    else if (this.#rivalVotes >= 1) this.#rivalVotes--;
    else {
      this.#rival = form;
      this.#rivalVotes = 1;
    }
    if (this.#rival === null || this.#rivalVotes <= this.#votes) return;
    this.#form = this.#rival;
    this.#votes = this.#rivalVotes;
    this.#rival = null;
    this.#rivalVotes = 0;
  }
}
