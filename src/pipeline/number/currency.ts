/** Signs, words and codes of currencies, as `docs/semantics.md`, section 4, lists them. */
import { encodeUtf8 } from "../text/utf8.ts";

/** U+20A0 to U+20C0, but for the mill and the German penny: these are parts of something. */
const CURRENCY_BLOCK = Array.from({ length: 0x21 }, (_, i) => 0x20a0 + i)
  .filter((point) => point !== 0x20a5 && point !== 0x20b0)
  .map((point) => String.fromCodePoint(point));
const SIGNS = [..."$£¤¥֏؋৳฿៛＄￡￥￦", ...CURRENCY_BLOCK];
const DOLLARS = "US$ CA$ C$ AU$ A$ NZ$ HK$ SG$ S$ MX$ NT$ R$".split(" ");
const WORDS = "kr kr. zł Kč Ft Rs Rs.".split(" ");
/** ISO 4217: what is paid with somewhere, not funds, metals or tests; and HRK, which old files have. */
const CODES = [
  "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP",
  "BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP",
  "GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS",
  "KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR",
  "MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF",
  "SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD",
  "TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG",
].join(" ").split(" ");

/** All of them in UTF-8 by their first byte, the longest first. */
const BY_FIRST_BYTE: Uint8Array[][] = Array.from({ length: 256 }, () => []);
for (const text of [...SIGNS, ...DOLLARS, ...WORDS, ...CODES]) {
  const bytes = encodeUtf8(text);
  BY_FIRST_BYTE[bytes[0]].push(bytes);
}
for (const list of BY_FIRST_BYTE) list.sort((a, b) => b.length - a.length);

/** Where the longest currency that begins at `at` ends; `at` if none does. `at` is before `end`. */
export function currencyEnd(bytes: Uint8Array, at: number, end: number): number {
  for (const currency of BY_FIRST_BYTE[bytes[at]]) {
    const to = at + currency.length;
    if (to > end) continue;
    let same = 1;
    while (same < currency.length && bytes[at + same] === currency[same]) same++;
    if (same === currency.length) return to;
  }
  return at;
}
