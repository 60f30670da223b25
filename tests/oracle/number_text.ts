/** Numbers as people write them: semantics.md section 4, "Number". */
import { currencyName } from "./currencies.ts";

export type Mark = "." | ",";

/** A number without what stands around it and in it. */
export interface PlainNumber {
  /** With a point, without group marks; `-` in front of a negative one. */
  text: string;
  isPercent: boolean;
  /** The kinds of change that this took, in the order of the page's table. */
  taken: string[];
  /** The name of its currency; null of none. */
  currency: string | null;
}

const SIGNS = "$£¤¥֏؋৳฿៛＄￡￥￦";
const DOLLARS = "US$ CA$ C$ AU$ A$ NZ$ HK$ SG$ S$ MX$ NT$ R$";
const WORDS = "kr kr. zł Kč Ft Rs Rs.";
const CODES = `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD
  BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP
  GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS
  KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
  MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
  SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
  USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG`;

/** The longest first, so that it is taken. */
const CURRENCY = [...DOLLARS.split(" "), ...WORDS.split(" "), ...CODES.split(/\s+/), ...SIGNS]
  .sort((a, b) => b.length - a.length)
  .map((word) => word.replace(/[$.]/g, "\\$&"))
  .concat("[\\u20a0-\\u20a4\\u20a6-\\u20af\\u20b1-\\u20c0]")
  .join("|");
const GAP = "[ \\u00a0\\u202f]*";
const FRONT = `(?:(?:[+\\-(]|${CURRENCY})${GAP})*`;
const BEHIND = `(?:${GAP}(?:[)\\-%]|${CURRENCY}))*`;

function pattern(mark: Mark): RegExp {
  const [decimal, other] = mark === "." ? ["\\.", ","] : [",", "\\."];
  const plain = `(?:[0-9]+(?:${decimal}[0-9]*)?|${decimal}[0-9]+)(?:[eE][+-]?[0-9]+)?`;
  const grouped =
    `[1-9][0-9]{0,2}(?:(?<group>${other}|[ \\u00a0\\u202f'\\u2019])[0-9]{3}(?:\\k<group>[0-9]{3})*)(?:${decimal}[0-9]*)?`;
  const indian = "[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}(?:\\.[0-9]*)?";
  const forms = mark === "." ? [plain, grouped, indian] : [plain, grouped];
  return new RegExp(`^(?<front>${FRONT})(?<number>${forms.join("|")})(?<behind>${BEHIND})$`);
}

const PATTERNS = { ".": pattern("."), ",": pattern(",") };
const ANY_CURRENCY = new RegExp(CURRENCY, "g");

/** What a trimmed cell says as a number under a mark; null if it is none. */
export function plainNumber(cell: string, mark: Mark): PlainNumber | null {
  const match = PATTERNS[mark].exec(cell);
  if (match === null) return null;
  const { front, number, behind } = match.groups!;
  const [before, after] = [front, behind].map((text) => text.replace(ANY_CURRENCY, "¤"));
  const count = (text: string, sign: RegExp) => [...text.matchAll(sign)].length;

  const signs = count(before, /[+-]/g);
  const opened = count(before, /\(/g);
  const closed = count(after, /\)/g);
  const minuses = count(after, /-/g);
  const percents = count(after, /%/g);
  const currencies = [count(before, /¤/g), count(after, /¤/g)];
  if (opened !== closed || signs + opened + minuses > 1) return null;
  if (Math.max(...currencies) > 1 || percents + currencies[1] > 1) return null;
  if (percents > 0 && currencies[0] > 0) return null;
  if (/[+-][^+\-(¤]+$/.test(before)) return null; // spaces between a sign and the number

  const bare = mark === "." ? number.replace(/[,\s'’]/g, "") : number.replace(/[.\s'’]/g, "");
  const isNegative = before.includes("-") || opened + minuses > 0;
  const marks: [string, boolean][] = [
    ["currency", currencies[0] + currencies[1] > 0],
    ["thousands", bare.length < number.length],
    ["decimal-comma", mark === "," && number.includes(",")],
    ["negative-form", opened + minuses > 0],
    ["percent", percents > 0],
  ];
  const currency = [front, behind].flatMap((text) => text.match(ANY_CURRENCY) ?? []).at(-1);
  return {
    currency: currency === undefined ? null : currencyName(currency),
    text: (isNegative ? "-" : "") + bare.replace(",", "."),
    isPercent: percents > 0,
    taken: marks.filter(([, has]) => has).map(([kind]) => kind),
  };
}
