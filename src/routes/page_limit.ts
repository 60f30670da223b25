/** The `limit` of every list. */
import { z } from "zod";
import { PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX } from "../domain/limits.ts";

/** Rows of a page, from text: 1 to `PAGE_ROWS_MAX`. */
export const pageLimit = z.string()
  .refine(
    (text) => /^[0-9]{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= PAGE_ROWS_MAX,
    `must be a whole number from 1 to ${PAGE_ROWS_MAX}`,
  )
  .transform(Number)
  .default(PAGE_ROWS_DEFAULT);
