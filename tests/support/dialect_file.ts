/** Writes one table in any dialect, as programs out there write it. */
import type { Dialect, Encoding } from "../../src/domain/dialect.ts";

export interface Writing extends Pick<Dialect, "delimiter"> {
  encoding: Encoding;
  quote: '"' | "'" | "none";
  escape: "doubled" | "backslash";
  /** Whether each cell is quoted, not only those that need it. */
  quotesAll: boolean;
  newline: "\n" | "\r\n" | "\r";
  hasMark: boolean;
  /** Excel's line that names the delimiter. */
  hasSepLine: boolean;
  /** Lines before the header. */
  preamble: readonly string[];
}

export const PLAIN_WRITING: Writing = {
  encoding: "utf-8",
  delimiter: ",",
  quote: '"',
  escape: "doubled",
  quotesAll: false,
  newline: "\n",
  hasMark: false,
  hasSepLine: false,
  preamble: [],
};

/** The table as text, before it is encoded. @throws {RangeError} if a cell can't be written without quotes */
export function dialectText(table: readonly (readonly string[])[], writing: Writing): string {
  const { delimiter, newline, hasSepLine, preamble } = writing;
  const rows = table.map((cells) =>
    cells.map((cell) => writtenCell(cell, writing)).join(delimiter)
  );
  const before = hasSepLine ? [`sep=${delimiter[0]}`, ...preamble] : preamble;
  return [...before, ...rows].map((line) => line + newline).join("");
}

export function dialectFile(table: readonly (readonly string[])[], writing: Writing): Uint8Array {
  return encoded((writing.hasMark ? "\uFEFF" : "") + dialectText(table, writing), writing.encoding);
}

/** One cell, in quotes if it needs them. @throws {RangeError} if there are none */
export function writtenCell(
  cell: string,
  { delimiter, quote, escape, quotesAll }: Omit<Writing, "newline">,
): string {
  const needsQuotes = quotesAll || cell.includes(delimiter[0]) || /[\r\n]/.test(cell) ||
    (quote !== "none" && cell.includes(quote));
  if (!needsQuotes) return cell;
  if (quote === "none") throw new RangeError(`${cell} needs quotes`);
  const inside = escape === "doubled"
    ? cell.replaceAll(quote, quote + quote)
    : cell.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`);
  return quote + inside + quote;
}

/** What Windows-1252 has above Latin-1, as far as tests write it. */
const WINDOWS_1252 = new Map([["€", 0x80], ["’", 0x92], ["–", 0x96], ["Š", 0x8a]]);

export function encoded(text: string, encoding: Encoding): Uint8Array {
  if (encoding === "utf-8") return new TextEncoder().encode(text);
  if (encoding === "windows-1252") {
    return Uint8Array.from(text, (letter) => {
      const byte = WINDOWS_1252.get(letter) ?? letter.codePointAt(0)!;
      if (byte > 0xff) throw new RangeError(`${letter} isn't in Windows-1252`);
      return byte;
    });
  }
  const bytes = new Uint8Array(2 * text.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) {
    view.setUint16(2 * i, text.charCodeAt(i), encoding === "utf-16le");
  }
  return bytes;
}
