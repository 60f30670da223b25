/** What a report says of one kind of change in one column, in a plain sentence. */
import type { ChangeKind } from "../../domain/report.ts";
import type { SalesField } from "../header/schema.ts";

/**
 * The sentence of `docs/semantics.md`, section 9.
 *
 * @param changed how many cells, of so many
 */
export function changeSentence(
  kind: ChangeKind,
  changed: number,
  of: number,
  field: SalesField,
): string {
  const cells = `${changed} ${changed === 1 ? "cell" : "cells"} of ${field}`;
  switch (kind) {
    case "trimmed":
      return `Trimmed ${changed} of ${of} ${of === 1 ? "cell" : "cells"} in ${field}.`;
    case "currency":
      return `Took a currency sign from ${cells}.`;
    case "thousands":
      return `Took thousands marks from ${cells}.`;
    case "decimal-comma":
      return `Read a comma as the decimal point in ${cells}.`;
    case "negative-form":
      return `Read ${cells} as negative: in parentheses, or with a minus behind.`;
    case "percent":
      return `Read ${cells} as percent, divided by 100.`;
  }
}
