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

/** What is the same currency, with its name first. Every other one is a currency of its own. */
const SAME = [
  ...["$ ＄ US$ USD", "€ EUR", "£ ￡ GBP", "¥ ￥ JPY", "₩ ￦ KRW", "₹ INR", "CA$ C$ CAD"],
  ...["AU$ A$ AUD", "NZ$ NZD", "HK$ HKD", "SG$ S$ SGD", "MX$ MXN", "NT$ TWD", "R$ BRL"],
  ...["kr kr.", "Rs Rs. ₨", "zł PLN", "Kč CZK", "Ft HUF", "₽ RUB", "₺ TRY", "₪ ILS", "₫ VND"],
  ...["₴ UAH", "₱ PHP", "₦ NGN", "₡ CRC", "₲ PYG", "₵ GHS", "₸ KZT", "₭ LAK", "₮ MNT", "₼ AZN"],
  ...["₾ GEL", "\u20c0 KGS", "֏ AMD", "؋ AFN", "৳ BDT", "฿ THB", "៛ KHR"],
].map((group) => group.split(" "));
const NAMES = new Map(SAME.flatMap((group) => group.map((text) => [text, group[0]])));

/** One way to write a currency. */
export interface Currency {
  /** In UTF-8. */
  bytes: Uint8Array;
  /** Alike of all that are the same currency. */
  name: string;
}

/** All of them by their first byte, the longest first. */
const BY_FIRST_BYTE: Currency[][] = Array.from({ length: 256 }, () => []);
for (const text of [...SIGNS, ...DOLLARS, ...WORDS, ...CODES]) {
  const bytes = encodeUtf8(text);
  BY_FIRST_BYTE[bytes[0]].push({ bytes, name: NAMES.get(text) ?? text });
}
for (const list of BY_FIRST_BYTE) list.sort((a, b) => b.bytes.length - a.bytes.length);

/** The longest currency that begins at `at`, which is before `end`; null if none does. */
export function currencyAt(bytes: Uint8Array, at: number, end: number): Currency | null {
  for (const currency of BY_FIRST_BYTE[bytes[at]]) {
    const { length } = currency.bytes;
    if (at + length > end) continue;
    let same = 1;
    while (same < length && bytes[at + same] === currency.bytes[same]) same++;
    if (same === length) return currency;
  }
  return null;
}
