/** The options that say how numbers are written: `decimal_mark`, `decimal_mark[FIELD]`, `percent`. */
import { z } from "zod";
import { nearest } from "../domain/nearest.ts";
import type { DecimalMark, TaskOptions } from "../domain/options.ts";
import { NUMBER_FIELDS, type NumberField } from "../pipeline/number/number_format.ts";

type MarkName = `decimal_mark[${NumberField}]`;

/** A comma is easily said in a URL, but not everywhere. */
const MARK_WORDS: Record<string, DecimalMark> = { ".": ".", ",": ",", point: ".", comma: "," };

const mark = z.string()
  .refine((text) => Object.hasOwn(MARK_WORDS, text.toLowerCase()), "must be one of . , point comma")
  .transform((text) => MARK_WORDS[text.toLowerCase()]).optional();

const percent = z.string().check(({ issues, value }) => {
  const unknown = fieldsIn(value).find((word) => !(NUMBER_FIELDS as string[]).includes(word));
  if (unknown === undefined || value === "none") return;
  const guess = nearest(unknown, NUMBER_FIELDS);
  const message =
    `must be none, or one or more of ${NUMBER_FIELDS.join(", ")}, separated by commas` +
    (guess === null ? "" : `. Did you mean ${guess}?`);
  issues.push({ code: "custom", input: value, message });
}).transform((text) => {
  const named = fieldsIn(text);
  return NUMBER_FIELDS.filter((name) => named.includes(name)); // `none` is none of them
}).optional();

/** Each by its name, as the other options of an upload are. */
export const numberOptions = {
  decimal_mark: mark,
  ...Object.fromEntries(NUMBER_FIELDS.map((name) => [markName(name), mark])) as Record<
    MarkName,
    typeof mark
  >,
  percent,
};

type Given = Partial<Record<MarkName, DecimalMark>> & {
  decimal_mark?: DecimalMark;
  percent?: string[];
};

/** The two options, defaults filled in: what is said of one field counts more than what is said of all. */
export function numberOptionsOf(given: Given): Pick<TaskOptions, "decimal_mark" | "percent"> {
  const marks = NUMBER_FIELDS.flatMap((name) => {
    const said = given[markName(name)] ?? given.decimal_mark;
    return said === undefined ? [] : [[name, said] as const];
  });
  return { decimal_mark: Object.fromEntries(marks), percent: given.percent ?? null };
}

function markName(field: NumberField): MarkName {
  return `decimal_mark[${field}]`;
}

function fieldsIn(text: string): string[] {
  return text.split(",").map((word) => word.trim());
}
