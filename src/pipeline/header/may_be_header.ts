/** Whether a record can be the header, told cheaply: many records are asked, and one of them is judged in full. */
import type { HeaderSearch } from "../dialect/dialect_reading.ts";
import type { HeaderMapping, Labels } from "./header.ts";
import { comparedLabel, isIgnoredLabel } from "./label.ts";
import { SALES } from "./schema.ts";
import { joinLabels } from "./two_line_header.ts";

/** A longer cell is no group of columns; and joined to the labels of thousands, it would take minutes. */
const GROUP_LENGTH_MAX = 200;

/** How a header is found among records of which nothing else is known. */
export function headerSearch(mapping: HeaderMapping): HeaderSearch {
  const isHeader = ({ labels }: Labels) => mayBeHeader(labels, mapping);
  return {
    isHeader,
    join(upper, lower) {
      if (mapping.header === "none" || upper.labels.length !== lower.labels.length) return null;
      if (upper.labels.some((label) => label.length > GROUP_LENGTH_MAX)) return null;
      const labels = joinLabels(upper, lower, mapping);
      return isHeader(labels) ? labels : null;
    },
  };
}

/**
 * Whether each field has a column among these labels, by option, name or alias; without a header, whether there are as
 * many columns as the options name. Which column it is, and whether that is clear, is for `mapLabels` to say.
 */
export function mayBeHeader(labels: readonly string[], mapping: HeaderMapping): boolean {
  if (mapping.header === "none") {
    return Object.values(mapping.columns).every((position) => Number(position) <= labels.length);
  }
  // A quote that is left in front of a label shows that the record was cut in the wrong places.
  if (labels.some((label) => label.startsWith('"'))) return false;
  const own = new Set(labels.filter((label) => !isIgnoredLabel(label)).map(comparedLabel));
  return SALES.every(({ name, aliases }) => {
    const named = mapping.columns[name];
    if (named !== undefined) return own.has(comparedLabel(named));
    if (name === "discount" && mapping.discount === "optional") return true;
    return own.has(name) || aliases.some((alias) => own.has(alias));
  });
}
