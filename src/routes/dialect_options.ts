/** The options that say how an upload's bytes become records, so that it needn't be detected. */
import { z } from "zod";
import type { DialectHints } from "../domain/dialect.ts";
import { DIALECT_WORDS, type DialectWord } from "../domain/dialect_words.ts";

/** Each by its name, as the other options of an upload are. */
export const dialectOptions = {
  encoding: said(DIALECT_WORDS.encoding),
  delimiter: said(DIALECT_WORDS.delimiter),
  quote: said(DIALECT_WORDS.quote),
  escape: said(DIALECT_WORDS.escape),
  header_line: said(DIALECT_WORDS.header_line),
};

type Given = DialectHints & { header?: "present" | "none" };

/** What can't be asked for together. */
export function checkDialectOptions({ issues, value }: z.core.ParsePayload<Given>): void {
  if (value.header !== "none" || value.header_line === undefined) return;
  const message = "must not come with header=none, which says that there is no header";
  issues.push({ code: "custom", path: ["header_line"], input: value, message });
}

/** Those of the options that were given. */
export function dialectHintsOf(given: Given): DialectHints {
  const { encoding, delimiter, quote, escape, header_line } = given;
  const all = Object.entries({ encoding, delimiter, quote, escape, header_line });
  return Object.fromEntries(all.filter(([, hint]) => hint !== undefined));
}

function said<Value>({ read, rule }: DialectWord<Value>) {
  return z.string().refine((text) => read(text) !== undefined, rule)
    .transform((text) => read(text) as Value).optional();
}
