/** How the numbers of each column are written: semantics.md section 4, "The decimal mark" and "A percentage". */
import type { Field, Header } from "./header.ts";
import { type Mark, plainNumber } from "./number_text.ts";
import type { FileRecord } from "./records.ts";

export const NUMBER_FIELDS = ["revenue", "quantity", "discount"] as const;
export type NumberField = (typeof NUMBER_FIELDS)[number];

/** What a user may say about numbers. */
export interface NumberOptions {
  decimal_mark: Readonly<Record<string, Mark>>;
  percent: readonly string[] | null;
}

export interface NumberFormat {
  mark: Mark;
  decidedBy: "option" | "values" | "other-columns" | "delimiter";
  isPercent: boolean;
}

export interface NumberFormats {
  /** Of the number fields that have a column. */
  of: Partial<Record<Field, NumberFormat>>;
  /** Whether the report says how marks were decided. */
  isTold: boolean;
  /** Whether the warning is given. */
  isAssumed: boolean;
}

/** A file as far as it concerns its numbers. */
export interface NumbersOf {
  header: Header;
  /** The records and blank lines below the header. */
  data: FileRecord[];
  delimiter: string;
  isPlain: boolean;
  limits: { blockBytes: number; sampleRecordsMax: number };
}

const PLAIN_FORM = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/;

/** The formats of a file's number columns. */
export function numberFormats(file: NumbersOf, options: NumberOptions): NumberFormats {
  const fields = NUMBER_FIELDS.filter((field) => file.header.position[field] !== undefined);
  const cells = Object.fromEntries(
    fields.map((field) => [field, sampledNumbers(file, field)]),
  ) as Record<NumberField, SampledNumber[]>;

  const formats: NumberFormats["of"] = {};
  for (const field of fields) {
    const asked = options.decimal_mark[field];
    const proofs = cells[field].flatMap(({ proves }) => proves === null ? [] : [proves]);
    const isPercent = options.percent === null
      ? file.header.columns[file.header.position[field]!].label.includes("%")
      : options.percent.includes(field);
    if (asked !== undefined) {
      formats[field] = { mark: asked, decidedBy: "option", isPercent };
    } else if (proofs.length > 0) {
      formats[field] = { mark: majority(proofs), decidedBy: "values", isPercent };
    } else {
      formats[field] = { mark: ".", decidedBy: "delimiter", isPercent };
    }
  }
  const decided = Object.values(formats).filter(({ decidedBy }) => decidedBy !== "delimiter");
  const common = [...new Set(decided.map(({ mark }) => mark))];
  for (const format of Object.values(formats)) {
    if (format.decidedBy !== "delimiter") continue;
    if (common.length === 1) Object.assign(format, { mark: common[0], decidedBy: "other-columns" });
    else format.mark = file.delimiter === ";" ? "," : ".";
  }

  const all = fields.flatMap((field) => cells[field]);
  return {
    of: formats,
    isTold: !file.isPlain || Object.keys(options.decimal_mark).length > 0 ||
      all.some(({ text, proves }) =>
        text.includes(",") || text.split(".").length > 2 ||
        (isAmbiguous({ text, proves }) && !PLAIN_FORM.test(text))
      ),
    isAssumed: fields.some((field) =>
      formats[field]!.decidedBy === "delimiter" &&
      cells[field].some((cell) =>
        isAmbiguous(cell) && !(file.isPlain && PLAIN_FORM.test(cell.text))
      )
    ),
  };
}

/** A cell that is a number under one mark or both. */
interface SampledNumber {
  text: string;
  /** The only mark under which it is one. */
  proves: Mark | null;
}

function isAmbiguous({ text, proves }: SampledNumber): boolean {
  return proves === null && /[.,]/.test(text);
}

function sampledNumbers(
  { header, data, limits }: NumbersOf,
  field: NumberField,
): SampledNumber[] {
  const sample = data.filter(({ blank }) => !blank).slice(0, limits.sampleRecordsMax)
    .filter(({ offset, textBytes }) => offset + textBytes <= limits.blockBytes)
    .filter(({ fault, cells }) => fault === null && cells.length === header.columns.length);
  return sample.flatMap(({ cells }): SampledNumber[] => {
    const text = cells[header.position[field]!]!.trim();
    const under = ([".", ","] as const).filter((mark) => plainNumber(text, mark) !== null);
    if (under.length === 0) return [];
    return [{ text, proves: under.length === 1 ? under[0] : null }];
  });
}

function majority(proofs: Mark[]): Mark {
  const points = proofs.filter((mark) => mark === ".").length;
  const commas = proofs.length - points;
  if (points === commas) return proofs[0];
  return points > commas ? "." : ",";
}
