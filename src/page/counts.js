/** Where the rows went. */
import { $, element, fill } from "./elements.js";
import { count, counted } from "./numbers.js";

/** What is no row, in words: one of a kind, several of it. */
export const SKIPPED = {
  "blank": ["blank line", "blank lines"],
  preamble: ["line before a header", "lines before a header"],
  "repeated-header": ["repeated header", "repeated headers"],
  "totals": ["totals row", "totals rows"],
  formula: ["row of formulas", "rows of formulas"],
  footnote: ["footnote", "footnotes"],
};

export function showCounts(task) {
  const counts = task?.done ? task.counts : null;
  $("counts").hidden = !counts;
  if (counts) fill($("counts").lastElementChild, [counts, task.state], () => equation(task));
}

/** The equation of rows, and what was no row at all beside it. */
function equation({ counts, state }) {
  const term = (n, words, mark) =>
    element("div", { class: mark }, element("b", {}, count(n)), words);
  const sign = (text) => element("span", { class: "sign" }, text);
  const skipped = Object.entries(counts.skipped_by_kind).map(([kind, n]) =>
    counted(n, ...(SKIPPED[kind] ?? [kind, kind]))
  );
  return element(
    "div",
    { class: "sum" },
    // A task that failed over its data may have stopped before the end of the file.
    term(
      counts.rows_total,
      state === "failed" ? "read" : counts.rows_total === 1 ? "row in" : "rows in",
    ),
    sign("="),
    term(counts.rows_accepted, "accepted"),
    sign("+"),
    term(counts.rows_rejected, "rejected", counts.rows_rejected > 0 ? "some" : null),
    skipped.length > 0
      ? term(counts.rows_skipped, `skipped, no data: ${skipped.join(", ")}`, "aside")
      : null,
  );
}
