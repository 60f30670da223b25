/** How a file would be read, as the service says of its first part. */
import { element } from "./elements.js";
import { count, counted, exact, size } from "./numbers.js";
import { SKIPPED } from "./counts.js";
import { cut, scrolling, tableOf } from "./table.js";

/** So many columns are shown of the first rows: those of the schema, and others as far as there is room. */
const COLUMNS_SHOWN_MAX = 20;

/** So many lines of a kind are named that are no rows. */
const LINES_SHOWN_MAX = 5;

const DELIMITERS = {
  ",": "commas",
  ";": "semicolons",
  "\t": "tabs",
  "|": "vertical bars",
  ", ": "commas and spaces",
};

const FOUND_BY = { name: "its name", alias: "a usual word for it", option: "your option" };

const LOOKS_LIKE = {
  number: "numbers",
  text: "text",
  mixed: "numbers and text",
  empty: "nothing",
};

/** The parts of the view. @param bytes of the whole file, as it would be sent */
export function lookView(found, bytes) {
  const { counts, error, warnings } = found;
  return [
    element("p", {}, dialectWords(found.dialect)),
    element("p", { class: "quiet" }, extentWords(found, bytes)),
    error && element("p", { class: "sentence bad" }, `The run would fail. ${error.message}`),
    ...warnings.map(({ message }) => element("p", { class: "sentence warn" }, message)),
    part("Which column is which", mappingTable(found)),
    part(
      "The first rows",
      element("p", {}, verdictWords(counts)),
      rowsTable(found),
      skippedWords(found),
    ),
    part("What cleaning would change", changesList(found)),
    part("The columns", columnsTable(found)),
  ].filter((shown) => shown !== null);
}

function part(title, ...content) {
  const shown = content.filter((node) => node !== null);
  return shown.length === 0 ? null : element("section", {}, element("h3", {}, title), ...shown);
}

function dialectWords(dialect) {
  const { encoding, delimiter, quote, escape, newline, confidence } = dialect;
  const quotes = quote === "none" ? "no quotes" : `quotes ${quote}`;
  const escapes = escape === "backslash" ? " with backslashes" : "";
  const header = headerWords(dialect);
  const fit = confidence === undefined
    ? ""
    : `; ${Math.floor(100 * confidence)}% of the first rows have as many cells as it`;
  return `Read as ${encoding.toUpperCase()} with ${DELIMITERS[delimiter]}, ${quotes}${escapes}, ` +
    `${newline.toUpperCase()} line ends, and ${header}${fit}.`;
}

function headerWords({ header_line, header_lines }) {
  if (header_line === null) return "no header";
  const line = `line ${count(header_line)}`;
  return header_lines === 2 ? `a header of two lines from ${line} on` : `the header on ${line}`;
}

function extentWords({ bytes_read, rows_read, complete, compression }, bytes) {
  const rows = counted(rows_read, "row", "rows");
  if (complete) return `All of the file was looked at: ${rows}. Nothing of it is kept.`;
  const of = compression === null ? ` of ${size(bytes)}` : ", decompressed";
  return `The first ${size(bytes_read)}${of} were looked at: ${rows}. Nothing of them is kept.`;
}

function mappingTable({ mapping }) {
  return scrolling(
    tableOf([
      { label: "Field", cell: ([field]) => field },
      { label: "Column", cell: ([, column]) => column === null ? "none" : cut(column.label) },
      {
        label: "Position",
        number: true,
        cell: ([, column]) => column === null ? "" : count(column.position),
      },
      { label: "Found by", cell: ([, column]) => column === null ? "" : FOUND_BY[column.by] },
    ], Object.entries(mapping)),
    "Columns of the fields",
  );
}

function verdictWords({ rows_total, rows_accepted, rows_rejected, rejected_by_code }) {
  if (rows_rejected === 0) return `Of ${counted(rows_total, "row", "rows")} all would be accepted.`;
  const codes = Object.entries(rejected_by_code).map(([code, n]) => `${code} ${count(n)}`);
  return `Of ${counted(rows_total, "row", "rows")} ${count(rows_accepted)} would be accepted and ` +
    `${count(rows_rejected)} rejected (${codes.join(", ")}).`;
}

function rowsTable({ columns, rows }) {
  if (rows.length === 0) return null;
  const others = COLUMNS_SHOWN_MAX - columns.filter(({ use }) => use === "schema").length;
  let room = others;
  const shown = columns.filter(({ use }) => use === "schema" || room-- > 0);
  return scrolling(
    tableOf(
      [
        { label: "Line", number: true, cell: ({ line }) => count(line) },
        { label: "Would be", cell: ({ reject }) => reject === null ? "accepted" : reject.message },
        ...shown.map(({ label, position, decimal_mark }) => ({
          label: label || `(column ${position})`,
          number: decimal_mark !== null,
          cell: ({ cells, reject }) => cellWords(cells[position - 1], reject),
        })),
      ],
      rows,
      null,
      ({ reject }) => reject === null ? null : "rejected",
    ),
    "The first rows as they would be read",
  );
}

/** An accepted cell is clean; one of a rejected row stands as it is, and may be missing. */
function cellWords(cell, reject) {
  if (cell === undefined) return "";
  return cut(reject === null ? exact(cell) : cell);
}

function skippedWords({ skipped, counts }) {
  const kinds = Object.entries(counts.skipped_by_kind);
  if (kinds.length === 0) return null;
  const words = kinds.map(([kind, n]) => {
    const lines = skipped.find((found) => found.kind === kind)?.lines.slice(0, LINES_SHOWN_MAX);
    const where = lines === undefined ? "" : `: ${lines.map(count).join(", ")}`;
    const more = lines !== undefined && n > lines.length ? " …" : "";
    return counted(n, ...(SKIPPED[kind] ?? [kind, kind])) + where + more;
  });
  return element("p", { class: "quiet" }, `No data, with their lines: ${words.join("; ")}.`);
}

function changesList({ changes }) {
  if (changes.length === 0) return null;
  return element("ul", {}, ...changes.map(({ sentence }) => element("li", {}, sentence)));
}

function columnsTable({ columns }) {
  return scrolling(
    tableOf([
      { label: "Column", cell: ({ label, position }) => cut(label || `(column ${position})`) },
      { label: "Holds", cell: (column) => usedAs(column) },
      { label: "Looks like", cell: ({ type }) => LOOKS_LIKE[type] },
      { label: "Empty", number: true, cell: ({ cells }) => count(cells.blank + cells.missing) },
      {
        label: "Different",
        number: true,
        cell: ({ distinct: { values, capped } }) => `${capped ? "over " : ""}${count(values)}`,
      },
      { label: "Least", cell: ({ min, type }) => bound(min, type) },
      { label: "Greatest", cell: ({ max, type }) => bound(max, type) },
    ], columns),
    "What the columns look like",
  );
}

function usedAs({ field, use, decimal_mark }) {
  if (use === "ignored") return "nothing: its label begins with _";
  if (field === null) return "";
  return decimal_mark === "," ? `${field}, with decimal commas` : field;
}

function bound(value, type) {
  if (value === null) return "";
  return cut(type === "number" ? exact(value) : value);
}
