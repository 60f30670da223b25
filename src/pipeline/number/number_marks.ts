/**
 * What a number reader took off a cell before it had plain digits: a set of bits, 0 of a plain number.
 *
 * ```ts
 * import { CURRENCY, THOUSANDS } from "./number_marks.ts";
 * const taken = CURRENCY | THOUSANDS; // of "$1,234.56"
 * if ((taken & THOUSANDS) === 0) throw new Error("unexpected");
 * ```
 */

/** A currency sign or code, before or behind. */
export const CURRENCY = 1;
/** Marks between groups of digits. */
export const THOUSANDS = 2;
/** A comma in the place of the point. */
export const DECIMAL_COMMA = 4;
/** Parentheses, or a minus behind. */
export const NEGATIVE_FORM = 8;
/** The number was divided by 100: a percent sign in the cell or the header, or an option. */
export const PERCENT = 16;

/** Each bit with the word that a report has for it, in the report's order. */
export const NUMBER_MARKS = [
  [CURRENCY, "currency"],
  [THOUSANDS, "thousands"],
  [DECIMAL_COMMA, "decimal-comma"],
  [NEGATIVE_FORM, "negative-form"],
  [PERCENT, "percent"],
] as const;
