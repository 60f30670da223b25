/** What SQLite's errors mean for those who have to act on them. */
import { OperatingError } from "../domain/errors.ts";

// Primary result codes of https://www.sqlite.org/rescode.html
const BUSY = 5;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const NOTADB = 26;

/** SQLite's primary result code, without the detail of the extended one; null if the error isn't SQLite's. */
function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error)) return null;
  return typeof error.errcode === "number" ? error.errcode & 0xff : null;
}

/** Whether another connection held the lock for longer than `busy_timeout`. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === BUSY;
}

/** An operating error with a sentence that helps where there is one to be said, else the error as it is. */
export function explain(error: unknown): unknown {
  switch (resultCode(error)) {
    case FULL:
      return new OperatingError(
        "disk-full",
        "The disk with the data folder is full. Free some space there, then try again.",
        { cause: error },
      );
    case READONLY:
      return new OperatingError(
        "internal-error",
        "The ledger can't be written. Give the service's user write access to the data folder and what is in it.",
        { cause: error },
      );
    case IOERR:
      return new OperatingError(
        "internal-error",
        "The disk with the data folder reports an error. Check the disk and the system's log, then restart the service.",
        { cause: error },
      );
    case CORRUPT:
    case NOTADB:
      return new OperatingError(
        "internal-error",
        "The ledger's file is damaged or no ledger. Stop the service and put back a backup of the data folder.",
        { cause: error },
      );
    default:
      return error;
  }
}

/** What to say after waiting long enough for another connection's lock. */
export function stillBusy(): OperatingError {
  return new OperatingError(
    "internal-error",
    "Another program keeps the ledger locked. Close whatever has ledger.db open for writing, then try again.",
  );
}
