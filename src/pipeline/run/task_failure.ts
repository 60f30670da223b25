/** How a task fails over its data: the sentence tells what to do next. */
import type { TaskError } from "../../domain/errors.ts";
import type { Tally } from "./tally.ts";

/** Where a record stands. */
export interface Position {
  line: number;
  record: number;
}

export function noValidRows(tally: Tally): TaskError {
  const code = "no-valid-rows";
  const rows = tally.rowsTotal;
  if (rows === 0) {
    const message =
      "The file has a header but no rows. Add rows below the header and upload it again.";
    return { code, message };
  }
  const which = rows === 1
    ? `The only row could not be used; it was rejected as ${tally.mainCode()}.`
    : `None of the ${rows} rows could be used; most were rejected as ${tally.mainCode()}.`;
  return { code, message: `${which} Download the rejects to see why.` };
}

/** @param excess what the budget says: `max_bad_rows = 5 allows` */
export function tooManyBadRows(tally: Tally, excess: string, last: Position): TaskError {
  const message =
    `${tally.rowsRejected} of the ${tally.rowsTotal} rows read were rejected, more than ` +
    `${excess}; most as ${tally.mainCode()}, the last on line ${last.line}. ` +
    "Download the rejects to see why, then mend the file or allow more.";
  return { code: "too-many-bad-rows", message, ...last };
}

export function tooManyRegions(regionsMax: number, at: Position): TaskError {
  const message =
    `The row on line ${at.line} would be region number ${regionsMax + 1}; the limit is ` +
    `${regionsMax}. Check that the column "region" holds regions and not, say, order numbers.`;
  return { code: "too-many-regions", message, ...at };
}
