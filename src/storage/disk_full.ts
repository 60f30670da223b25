/** What a full disk looks like, and the error it becomes. */
import { OperatingError } from "../domain/errors.ts";

/** No space, or no more of it for this user. */
const CODES = ["ENOSPC", "EDQUOT"];

/** The error to throw in place of this one: `OperatingError("disk-full")` if that is what it means, else itself. */
export function nameDiskFull(error: unknown): unknown {
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
  if (typeof code !== "string" || !CODES.includes(code)) return error;
  return new OperatingError(
    "disk-full",
    "The disk is full. Free space where the data folder lies, then try again.",
    { cause: error },
  );
}
