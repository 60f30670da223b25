/** The rejected rows: how many for each reason, what mends them, and the first of them. */
import { element } from "./elements.js";
import { correctedButton } from "./mending.js";
import { count, exact } from "./numbers.js";
import { cut, scrolling, tableOf } from "./table.js";

/** Each reason for a rejected row: what is wrong, what mends it. */
const REJECTED = {
  "unclosed-quote": [
    "A quoted cell is never closed.",
    "Add the missing quote, or remove the stray one.",
  ],
  "bad-quote": ["Text follows a closing quote.", "Double each quote inside a quoted cell."],
  "line-too-long": [
    "The row is larger than any real row.",
    "Look for a quote that is never closed.",
  ],
  "bad-encoding": ["The row isn’t valid UTF-8.", "Save the file with the encoding UTF-8."],
  "extra-cell": [
    "More cells than the header has.",
    "Put quotes around texts and numbers with a comma: see _raw, as cells may stand in wrong columns.",
  ],
  "missing-cell": [
    "Fewer cells than the header has.",
    "Add the missing cells, empty if need be: see _raw, as cells may stand in wrong columns.",
  ],
  "required-value": ["A required cell is empty or says NA or the like.", "Fill it in."],
  "type-error": [
    "A number column holds something else.",
    "Write one number: 1234.56. Currencies, thousands, (12.50) and 5% are understood too.",
  ],
  "non-finite": ["A number is infinite or too large.", "Correct the number."],
  "zero-quantity": ["Quantity is 0: there is no revenue per unit.", "Correct the quantity."],
};

export function rejectWords(task) {
  const { counts } = task;
  const reasons = Object.entries(counts.rejected_by_code).sort(([, a], [, b]) => b - a);
  return [
    element(
      "p",
      {},
      "These rows count nowhere else. Correct them in the downloaded file and send that as it is: columns that begin with _ are ignored, and both tasks name each other. ",
      correctedButton(task),
    ),
    scrolling(
      tableOf([
        { label: "Rows", number: true, cell: ([, n]) => count(n) },
        { label: "Reason", cell: ([code]) => REJECTED[code]?.[0] ?? code },
        { label: "What mends it", cell: ([code]) => REJECTED[code]?.[1] ?? "" },
        { label: "Code", code: true, cell: ([code]) => code },
      ], reasons),
      "Rejected rows by reason",
    ),
  ];
}

export function rejectTable(labels, rows) {
  const added = (row, label) => row[labels.lastIndexOf(label)] ?? "";
  return tableOf(
    [
      { label: "Line", number: true, cell: (row) => exact(added(row, "_line")) },
      { label: "Why", cell: (row) => cut(added(row, "_error_message")) },
      {
        label: "What stands there",
        code: true,
        cell: (row) => cut(added(row, "_error_value") || added(row, "_raw") || "(empty)"),
      },
    ],
    rows,
    "The first of them, in the order of the file",
  );
}
