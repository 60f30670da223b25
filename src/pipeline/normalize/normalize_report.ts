/** What was found in a table, as sentences for a person. */
import type { Dialect } from "../../domain/dialect.ts";
import { dialectName } from "../dialect/dialect.ts";
import type { Findings, Lines, PreambleLine } from "./normalize.ts";
import { rejectMessage } from "../../domain/reject_message.ts";

/** One line each; no control characters, whatever is in the file. */
export function normalizeReport(findings: Findings): string[] {
  const { table, records, preamble, blank, ragged, faults, leftOut } = findings;
  const report = [
    `Read as ${dialectName(table.dialect)}, ${quotes(table.dialect)}, ` +
    `from line ${table.dialect.header_line} on: ${counted(records, "record")}, ` +
    `most with ${counted(table.cells, "cell")} (confidence ${table.dialect.confidence}).`,
    ...preamble.map(aboveTable),
  ];
  if (blank.count > 0) report.push(`Left out ${counted(blank.count, "blank line")}: ${at(blank)}.`);
  if (ragged.count > 0) {
    report.push(
      `Kept ${counted(ragged.count, "record")} with more or fewer cells: ${at(ragged)}.`,
    );
  }
  for (const [fault, lines] of faults) {
    report.push(
      `Kept ${counted(lines.count, "record")} with a fault, ${fault}: ${at(lines)}. ` +
        rejectMessage(fault),
    );
  }
  if (leftOut.count > 0) {
    const count = counted(leftOut.count, "record");
    report.push(`Left out ${count} longer than a record can be (1 MiB): ${at(leftOut)}.`);
  }
  return report;
}

/** Whether a table has records of which something is lost or guessed. */
export function hasFaults({ faults, leftOut }: Findings): boolean {
  return faults.size > 0 || leftOut.count > 0;
}

function quotes({ quote, escape }: Dialect): string {
  if (quote === "none") return "no quotes";
  return `quotes ${quote}${escape === "backslash" ? " with backslashes" : ""}`;
}

function aboveTable({ line, text, isCut }: PreambleLine): string {
  const shown = text.replaceAll(/\p{Cc}/gu, (control) => JSON.stringify(control).slice(1, -1))
    .replaceAll(/[\x7f-\x9f]/g, (control) => `\\u00${control.charCodeAt(0).toString(16)}`);
  return `Left out line ${line}, above the table: ${shown}${isCut ? "…" : ""}`;
}

function at({ count, first }: Lines): string {
  const more = count - first.length;
  return `line${count === 1 ? "" : "s"} ${first.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
