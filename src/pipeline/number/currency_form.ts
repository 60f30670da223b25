/** How a currency is written beside its numbers: nearly always alike all over a file, so that the kernel can take it off. */
import { currencyAt } from "./currency.ts";
import { isDigit, spacesEnd } from "./number_text.ts";
import { encodeUtf8 } from "../text/utf8.ts";

/** A currency and the spaces between it and the number. */
export interface CurrencyForm {
  /** The name of the currency. */
  name: string;
  /** Both, in UTF-8: one to eight bytes. */
  bytes: Uint8Array;
  /** Whether it stands behind the number, else in front. */
  isBehind: boolean;
}

/** Longer ones are no form: the kernel compares one in a single integer. */
const CURRENCY_FORM_BYTES_MAX = 8;

export const DOLLAR_FORM: CurrencyForm = { name: "$", bytes: encodeUtf8("$"), isBehind: false };

/**
 * The form of the amount in [start, end), which is trimmed and a number with a currency; null if what is left without it
 * doesn't begin and end with a digit.
 */
export function currencyFormOf(
  bytes: Uint8Array,
  start: number,
  end: number,
): CurrencyForm | null {
  const isBehind = isDigit(bytes[start]);
  if (isBehind === isDigit(bytes[end - 1])) return null;
  let from = start;
  if (isBehind) { for (from = end; !isDigit(bytes[from - 1]);) from--; }
  const at = isBehind ? spacesEnd(bytes, from, end) : from;
  const currency = currencyAt(bytes, at, end);
  if (currency === null) return null;
  const behind = at + currency.bytes.length;
  const to = isBehind ? behind : spacesEnd(bytes, behind, end);
  const isAll = isBehind ? to === end : isDigit(bytes[to]);
  if (!isAll || to - from > CURRENCY_FORM_BYTES_MAX) return null;
  return { name: currency.name, bytes: bytes.slice(from, to), isBehind };
}

export function isSameForm(a: CurrencyForm, b: CurrencyForm): boolean {
  return a.isBehind === b.isBehind && a.bytes.length === b.bytes.length &&
    a.bytes.every((byte, i) => byte === b.bytes[i]);
}
