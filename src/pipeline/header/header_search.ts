/** Whether a record can be the header, told cheaply: many records are asked, and one of them is judged in full. */
import { HEADER_GROUP_LENGTH_MAX } from "../../domain/limits.ts";
import type { HeaderMapping, Labels } from "./header.ts";
import { comparedLabel, isIgnoredLabel } from "./label.ts";
import { SALES } from "./schema.ts";
import { joinLabels } from "./two_line_header.ts";

/** What a header is: told from the cells of a record, or of two that follow each other. */
export interface HeaderSearch {
  /** Whether a record may be one. */
  isHeader(record: Labels): boolean;
  /** The labels of two records, of which neither is one by itself; null if they can't be one together. */
  join(upper: Labels, lower: Labels): Labels | null;
}

/** How a header is found among records of which nothing else is known. */
export function headerSearch(mapping: HeaderMapping): HeaderSearch {
  const isHeader = ({ labels }: Labels) => mayBeHeader(labels, mapping);
  return {
    isHeader,
    join(upper, lower) {
      if (mapping.header === "none" || upper.labels.length !== lower.labels.length) return null;
      if (upper.labels.some((label) => label.length > HEADER_GROUP_LENGTH_MAX)) return null;
      const labels = joinLabels(upper, lower, mapping);
      return isHeader(labels) ? labels : null;
    },
  };
}

/**
 * Whether each field has a column among these labels, by option, name or alias; without a header, whether there are as
 * many columns as the options name. Which column it is, and whether that is clear, is for `mapLabels` to say.
 */
function mayBeHeader(labels: readonly string[], mapping: HeaderMapping): boolean {
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
