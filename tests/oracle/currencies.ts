/** Which amounts are in the same currency: semantics.md section 4, "Mixed currencies". */
import type { AcceptedRow } from "./artifacts.ts";
import type { Field } from "./header.ts";

const SAME =
  `$ ＄ US$ USD; € EUR; £ ￡ GBP; ¥ ￥ JPY; ₩ ￦ KRW; ₹ INR; CA$ C$ CAD; AU$ A$ AUD; NZ$ NZD;
  HK$ HKD; SG$ S$ SGD; MX$ MXN; NT$ TWD; R$ BRL; kr kr.; Rs Rs. ₨; zł PLN; Kč CZK; Ft HUF; ₽ RUB; ₺ TRY;
  ₪ ILS; ₫ VND; ₴ UAH; ₱ PHP; ₦ NGN; ₡ CRC; ₲ PYG; ₵ GHS; ₸ KZT; ₭ LAK; ₮ MNT; ₼ AZN; ₾ GEL; \u20c0 KGS;
  ֏ AMD; ؋ AFN; ৳ BDT; ฿ THB; ៛ KHR`.split(";").map((group) => group.trim().split(" "));

/** What a currency is called. */
export function currencyName(text: string): string {
  return SAME.find((group) => group.includes(text))?.[0] ?? text;
}

export interface CurrencyWarning {
  code: "mixed-currencies";
  message: string;
}

/** One warning for each column that has more than one currency. */
export function mixedCurrencies(accepted: AcceptedRow[]): CurrencyWarning[] {
  return (["revenue", "quantity", "discount"] as const).flatMap((field) => {
    const amounts = accepted.flatMap(({ record, row }) => {
      const currency = row.currencies[field] ?? null;
      return currency === null ? [] : [{ currency, line: record.line }];
    });
    const names = [...new Set(amounts.map(({ currency }) => currency))];
    return names.length < 2 ? [] : [{
      code: "mixed-currencies" as const,
      message: sentence(field, names, amounts),
    }];
  });
}

function sentence(
  field: Field,
  names: string[],
  amounts: { currency: string; line: number }[],
): string {
  const parts = names.slice(0, 5).map((name) => {
    const cells = amounts.filter(({ currency }) => currency === name).length;
    return `${name} in ${cells} ${cells === 1 ? "cell" : "cells"}`;
  });
  const rest = names.length > 5 ? ` and ${names.length - 5} more` : "";
  const { line } = amounts.find(({ currency }) => currency === names[1])!;
  return `${field} has amounts in more than one currency: ${parts.join(", ")}${rest}. ` +
    `The first in ${names[1]} is on line ${line}. They were added up as they are, so sums and ` +
    `anomalies mix them: convert the amounts to one currency, or upload a file for each.`;
}
