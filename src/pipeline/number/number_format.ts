/** How the numbers of each column are written, decided once for a run. */
import type { DecimalMark } from "../../domain/options.ts";
import { SALES, type SalesField } from "../header/schema.ts";

export type NumberField = Extract<typeof SALES[number], { type: "number" }>["name"];

/** The schema's fields of numbers, in its order. */
export const NUMBER_FIELDS: readonly NumberField[] = SALES.flatMap(({ name, type }) =>
  type === "number" ? [name] : []
);

/** How the numbers of one column are written. */
export interface NumberFormat {
  mark: DecimalMark;
  /** Whether each number of the column is a percentage, with its sign or without. */
  isPercent: boolean;
}

export type NumberFormats = Readonly<Record<NumberField, NumberFormat>>;

export const PLAIN_FORMAT: NumberFormat = { mark: ".", isPercent: false };

export function isNumberField(name: SalesField): name is NumberField {
  return (NUMBER_FIELDS as readonly string[]).includes(name);
}
