/** How a file is read: what the engines with the kernel have to know of how it is written, and the limits. */
import type { Dialect, Encoding } from "../../domain/dialect.ts";
import { NUMBER_FIELDS, type NumberFormats } from "../number/number_format.ts";
import { type Syntax, syntaxOf } from "../parse/syntax.ts";
import type { PipelineLimits } from "../pipeline_limits.ts";

/** What both the kernel and the plain engine's parser, cleaner and writer beside it go by; it can be sent to another thread. */
export interface Reading {
  encoding: Encoding;
  syntax: Syntax;
  limits: PipelineLimits;
  /** How numbers are written: with one decimal mark in all columns. */
  formats: NumberFormats;
}

/**
 * Whether the kernel can read the text of such a file: any delimiter of one byte, quotes `"` that are doubled, lines that end with line feeds, a
 * header of one of them, and numbers with one decimal mark. Revenue and quantity must not be columns of percentages; a percent sign in a cell is no matter.
 */
export function isForKernel(dialect: Dialect, formats: NumberFormats): boolean {
  const { delimiter, quote = '"', escape = "doubled", newline, header_lines } = dialect;
  const { mark } = formats.revenue;
  return delimiter.length === 1 && quote === '"' && escape === "doubled" && newline !== "cr" &&
    header_lines === undefined &&
    NUMBER_FIELDS.every((name) => formats[name].mark === mark) &&
    !formats.revenue.isPercent && !formats.quantity.isPercent;
}

/** How a run reads its input, which is one for the kernel. */
export function readingOf(
  { dialect }: { dialect: Dialect },
  formats: NumberFormats,
  limits: PipelineLimits,
): Reading {
  return { encoding: dialect.encoding, syntax: syntaxOf(dialect), limits, formats };
}
