/** What a client may say beside the file: as query or as form fields, with the same names and rules. */
import { z } from "zod";
import { K_MAX } from "../domain/limits.ts";
import { isK } from "../domain/options.ts";
import { isTaskId } from "../domain/task_id.ts";
import type { Terms } from "../tasks/submit.ts";
import { checkColumnOptions, columnOptions, columnOptionsOf } from "./column_options.ts";
import { checkDialectOptions, dialectHintsOf, dialectOptions } from "./dialect_options.ts";
import { parseNamedValues } from "./named_values.ts";
import { numberOptions, numberOptionsOf } from "./number_options.ts";

const DECIMAL = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/;

/** A number in plain text: `Number` alone would also take ``, ` 2 ` and `0x10`. */
function decimal(rule: string, holds: (n: number) => boolean) {
  return z.string().refine((text) => DECIMAL.test(text) && holds(Number(text)), rule)
    .transform(Number);
}

const uploadOptions = z.object({
  filename: z.string().min(1, "must not be empty").optional(),
  k: decimal(`must be a number above 0 and at most ${K_MAX}`, isK).optional(),
  max_bad_rows: z.string().regex(/^[0-9]{1,15}$/, "must be a whole number, 0 or more")
    .transform(Number).optional(),
  max_bad_ratio: decimal("must be a number from 0 to 1", (n) => n >= 0 && n <= 1).optional(),
  keep_totals: z.enum(["true", "false"], "must be true or false")
    .transform((word) => word === "true").optional(),
  cleaned: z.enum(["true", "false"], "must be true or false")
    .transform((word) => word === "true").optional(),
  parent: z.string().refine(isTaskId, "must be the ID of a task").optional(),
  ...columnOptions,
  ...numberOptions,
  ...dialectOptions,
}).check(checkColumnOptions, checkDialectOptions);

/** The terms of an upload, but for its parent, of which only the name is known yet. */
export interface UploadOptions extends Omit<Terms, "parent"> {
  parentId: string | null;
}

/**
 * What a client says of an upload, defaults filled in.
 *
 * @param entries query and form fields together, so that a name given in both is repeated
 * @param defaults `filename` as the form named the file, `k` of the configuration
 * @throws {Problem} `bad-option`, all faults at once
 */
export function parseUploadOptions(
  entries: Iterable<readonly [name: string, value: string]>,
  defaults: { filename: string | undefined; k: number },
): UploadOptions {
  const given = parseNamedValues(uploadOptions, entries);
  return {
    filename: given.filename ?? defaults.filename ?? "",
    options: {
      k: given.k ?? defaults.k,
      max_bad_rows: given.max_bad_rows ?? null,
      max_bad_ratio: given.max_bad_ratio ?? null,
      keep_totals: given.keep_totals ?? false,
      cleaned: given.cleaned ?? false,
      ...columnOptionsOf(given),
      ...numberOptionsOf(given),
    },
    hints: dialectHintsOf(given),
    parentId: given.parent ?? null,
  };
}
