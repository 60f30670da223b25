/** Whether a record can be the header, told cheaply: many records are asked, and one of them is judged in full. */
import type { HeaderMapping } from "./header.ts";
import { comparedLabel, isIgnoredLabel } from "./label.ts";
import { SALES } from "./schema.ts";

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
