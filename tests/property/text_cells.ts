/** What stands in text cells and between cells: names, white space, bytes that are no text. */
import type { Dice } from "./dice.ts";
import { rawBytes } from "./file_text.ts";

/** All that ECMAScript `trim()` takes away, line ends of CSV excepted. */
export const WHITE_SPACE = [
  ..." \t\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a",
  ..."\u2028\u2029\u202f\u205f\u3000\ufeff",
];

/** Looks like white space and isn't. */
const NO_WHITE_SPACE = ["\u200b", "\u180e", "\u0085", "\u2060", "\u001c"];

/** Sequences that UTF-8 doesn't know; some of them swallow a comma or a quote in a careless decoder. */
const NO_TEXT = [
  rawBytes(0xff),
  rawBytes(0x80),
  rawBytes(0xbf, 0xbf),
  rawBytes(0xc0, 0x80),
  rawBytes(0xc1, 0xbf),
  rawBytes(0xc3),
  rawBytes(0xe0, 0x80, 0x80),
  rawBytes(0xe0, 0x9f, 0xbf),
  rawBytes(0xe2, 0x82),
  rawBytes(0xed, 0xa0, 0x80),
  rawBytes(0xed, 0xbf, 0xbf),
  rawBytes(0xef, 0xbb),
  rawBytes(0xf0, 0x8f, 0xbf, 0xbf),
  rawBytes(0xf0, 0x9f, 0x98),
  rawBytes(0xf0, 0x9f),
  rawBytes(0xf4, 0x90, 0x80, 0x80),
  rawBytes(0xf5, 0x80, 0x80, 0x80),
  rawBytes(0xf8, 0x88, 0x80, 0x80, 0x80),
  rawBytes(0xe2) + "é",
  rawBytes(0xf0, 0x90) + "😀",
];

/** Regions whose order by UTF-16 units isn't their order by code points stand beside each other here. */
const REGIONS = [
  ...["East", "West", "North", "South", "east", "EAST", "NA", "na", "null", "-", "0", "nan"],
  ...["\ue000", "\uf8ff", "\ufb01", "\ufffd", "\uffff", "😀", "𐀀", "\u{10ffff}", "😀a", "\ue000b"],
  ...["Ångström", "A\u030angström", "é", "e\u0301", "日本", "Ｅａｓｔ", "East, far", 'The "East"'],
  ...[
    "East\nWest",
    "East\r\nWest",
    "\rx",
    "=1+1",
    "@x",
    "Total sales",
    "totals.",
    "region",
    "\u0000",
  ],
];

const TOTALS = ["Total", "TOTALS", " grand total ", "SubTotal", "sub-total\t", "\u3000total"];

export function whiteSpace(dice: Dice): string {
  return dice.times(1, 3, () => dice.pick(WHITE_SPACE)).join("");
}

export function noText(dice: Dice): string {
  return dice.pick(NO_TEXT);
}

export function totalsWord(dice: Dice): string {
  return dice.pick(TOTALS);
}

/** A region from one of the few that a file has, now and then dressed in white space. */
export function region(dice: Dice, few: readonly string[]): string {
  return padded(dice, dice.pick(few), 0.15);
}

/** The regions of one file. */
export function someRegions(dice: Dice): string[] {
  return dice.shuffled(REGIONS).slice(0, dice.whole(1, 8));
}

/** A cell of any text column. */
export function text(dice: Dice): string {
  return dice.weighted([
    [6, () => dice.pick(["A", "B", "C", "Widget", "x y"])],
    [1, () => dice.pick(REGIONS)],
    [1, () => dice.pick(['a"b', '"', '""', "a,b", "a\nb", "a\r\n\r\nb", "\r", "\n", ","])],
    [1, () => dice.pick(NO_WHITE_SPACE)],
    [1, () => "é".repeat(dice.whole(1, 12)) + "x".repeat(dice.whole(0, 20))],
    [1, () => padded(dice, dice.pick(["A", "Ж", "😀"]), 1)],
  ])();
}

/** Text with white space around it, as likely as said. */
export function padded(dice: Dice, text: string, probability: number): string {
  const before = dice.chance(probability) ? whiteSpace(dice) : "";
  const after = dice.chance(probability) ? whiteSpace(dice) : "";
  return before + text + after;
}
