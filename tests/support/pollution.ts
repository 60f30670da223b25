/** A clean table with one thing wrong at one place, for every place. */
import type { Delimiter } from "../../src/domain/dialect.ts";
import { PLAIN_WRITING, writtenCell } from "./dialect_file.ts";

export type Table = readonly (readonly string[])[];

export interface Polluted {
  /** What was done, and where. */
  name: string;
  text: string;
  /** The row of the table that was touched, 0 being the header; the physical lines that it begins and ends on. */
  row: number;
  lineFirst: number;
  lineLast: number;
  /** Columns whose cells nobody can be asked to read: of a row of several lines, which comes apart, all. */
  touched: readonly number[];
}

/** What is done to one cell as it stands in the file; null where it can't be done. */
type Pollute = (cell: string, delimiter: string, quote: string) => string | null;

const inside = (cell: string, sign: string) => {
  const middle = cell.length >> 1;
  return cell.length < 2 ? null : cell.slice(0, middle) + sign + cell.slice(middle);
};

const POLLUTIONS: Record<string, Pollute> = {
  "a delimiter before": (cell, delimiter) => delimiter + cell,
  "a delimiter behind": (cell, delimiter) => cell + delimiter,
  "a delimiter inside": (cell, delimiter) => inside(cell, delimiter),
  "a quote before": (cell, _, quote) => quote + cell,
  "a quote behind": (cell, _, quote) => cell + quote,
  "a quote inside": (cell, _, quote) => inside(cell, quote),
  "no opening quote": (cell, _, quote) => cell.startsWith(quote) ? cell.slice(1) : null,
  "no closing quote": (cell, _, quote) => cell.endsWith(quote) ? cell.slice(0, -1) : null,
};

/** One delimiter or quote too many or too few, in every row and column, the header's too. */
export function* pollutedCells(
  table: Table,
  { delimiter, quote, quotesAll }: {
    delimiter: Exclude<Delimiter, ", ">;
    quote: '"' | "'";
    quotesAll: boolean;
  },
): Generator<Polluted> {
  const writing = { ...PLAIN_WRITING, delimiter, quote, quotesAll };
  const written = table.map((cells) => cells.map((cell) => writtenCell(cell, writing)));
  const lines = written.map((cells) => cells.join(delimiter));
  const make = (name: string, row: number, column: number, line: string, touched: number[]) => {
    const before = lines.slice(0, row).join("\n").split("\n").length;
    const lineFirst = row === 0 ? 1 : before + 1;
    return {
      name: `${name} row ${row}, column ${column}`,
      text: lines.with(row, line).map((text) => `${text}\n`).join(""),
      row,
      lineFirst,
      lineLast: lineFirst + line.split("\n").length - 1,
      touched: line.includes("\n") ? table[row].map((_, column) => column) : touched,
    };
  };
  for (const [row, cells] of written.entries()) {
    for (const [column, cell] of cells.entries()) {
      for (const [name, pollute] of Object.entries(POLLUTIONS)) {
        const changed = pollute(cell, delimiter, quote);
        if (changed === null) continue;
        yield make(name, row, column, cells.with(column, changed).join(delimiter), [column]);
      }
      if (column === 0) continue;
      const joined = cells.slice(0, column).join(delimiter) + cells.slice(column).join(delimiter);
      yield make("no delimiter before", row, column, joined, [column - 1, column]);
    }
  }
}

/** One row written as if it came from another program. */
export function* pollutedRows(table: Table, delimiter: Delimiter): Generator<Polluted> {
  const lines = table.map((cells) =>
    cells.map((cell) => writtenCell(cell, { ...PLAIN_WRITING, delimiter })).join(delimiter)
  );
  const others = [
    ...([",", ";", "\t", "|"] as const).filter((other) => other !== delimiter).map((other) => {
      return { name: `other delimiter ${other}`, writing: { ...PLAIN_WRITING, delimiter: other } };
    }),
    {
      name: "other quotes",
      writing: { ...PLAIN_WRITING, delimiter, quote: "'" as const, quotesAll: true },
    },
    {
      name: "other escapes",
      writing: { ...PLAIN_WRITING, delimiter, escape: "backslash" as const, quotesAll: true },
    },
  ];
  for (const { name, writing } of others) {
    for (let row = 1; row < table.length; row++) {
      const line = table[row].map((cell) => writtenCell(cell, writing)).join(writing.delimiter);
      const lineFirst = lines.slice(0, row).join("\n").split("\n").length + 1;
      yield {
        name: `${name} in row ${row}`,
        text: lines.with(row, line).map((text) => `${text}\n`).join(""),
        row,
        lineFirst,
        lineLast: lineFirst + line.split("\n").length - 1,
        touched: table[row].map((_, column) => column),
      };
    }
  }
}
