/** Tables of text, and how their cells are cut and rounded for the eye. */
import { element } from "./elements.js";
import { rounded } from "./numbers.js";

/** A table from columns `{label, number, code, heads, cell(row)}`; `cell` returns text, or `[text, exact text]`. */
export function tableOf(columns, rows, caption = null, classOf = () => null) {
  const cellOf = (column, row, index) => {
    const [text, title] = [column.cell(row)].flat();
    const kind = column.number ? "number" : column.code ? "code" : "text";
    return element(index === 0 && column.heads ? "th" : "td", {
      class: kind,
      scope: index === 0 && column.heads ? "row" : undefined,
      title: title !== text ? title : undefined,
    }, text);
  };
  return element(
    "table",
    {},
    caption && element("caption", {}, caption),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        ...columns.map((column) =>
          element("th", { scope: "col", class: column.number ? "number" : null }, column.label)
        ),
      ),
    ),
    element(
      "tbody",
      {},
      ...rows.map((row) =>
        element(
          "tr",
          { class: classOf(row) },
          ...columns.map((column, index) => cellOf(column, row, index)),
        )
      ),
    ),
  );
}

/** A table in a frame that scrolls sideways, by keyboard too. */
export function scrolling(table, label) {
  return element(
    "div",
    { class: "scroll", role: "region", tabindex: "0", "aria-label": label },
    table,
  );
}

/** What the eye can take of a cell, and what its title can. */
const CELL_LENGTH = 200;
const TITLE_LENGTH = 4_000;

/** A cell cut to what the eye can take; more of it is in its title. */
export const cut = (text) =>
  text.length <= CELL_LENGTH
    ? text
    : [`${text.slice(0, CELL_LENGTH)}…`, text.slice(0, TITLE_LENGTH)];

/** A double from a CSV: rounded for the eye, every digit in its title. */
export const double = (text, decimals) =>
  text === "" ? "" : [rounded(Number(text), decimals), text];
