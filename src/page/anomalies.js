/** The anomalies: how the limit came about, and the first rows above it. */
import { element } from "./elements.js";
import { counted, exact, rounded } from "./numbers.js";
import { ownFields } from "./own_fields.js";
import { cut, double, tableOf } from "./table.js";

export function anomalyWords({ statistics, counts }) {
  const { n, mean, sd, k, threshold } = statistics;
  if (mean === null || sd === null || threshold === null || sd === 0) {
    return element(
      "p",
      { class: "quiet" },
      "Nothing can be flagged in this file; the warning above says why.",
    );
  }
  const number = (value) => element("span", { title: String(value) }, rounded(value));
  return [
    element(
      "p",
      {},
      `Over ${counted(n, "row", "rows")}, one unit brings `,
      number(mean),
      " on average, with a standard deviation of ",
      number(sd),
      `. With k = ${k} a row is flagged above `,
      number(mean),
      ` + ${k} × `,
      number(sd),
      " = ",
      element("strong", { id: "threshold", title: String(threshold) }, rounded(threshold)),
      `. ${
        counts.anomalies === 0
          ? "No row is."
          : `${counted(counts.anomalies, "row is", "rows are")}.`
      }`,
    ),
  ];
}

export async function anomalyTable(labels, rows, task) {
  const fields = await ownFields(task);
  const own = ["region", "product", "revenue", "quantity"].map((field) => ({
    label: field[0].toUpperCase() + field.slice(1),
    number: field === "revenue" || field === "quantity",
    cell: (row) => cut(exact(row[fields.indexOf(field)] ?? "")),
  }));
  const added = (label) => labels.lastIndexOf(label);
  return tableOf([
    { label: "Line", number: true, cell: (row) => exact(row[added("_line")]) },
    ...own,
    { label: "Revenue per unit", number: true, cell: (row) => double(row[added("rev_per_unit")]) },
    { label: "Deviations above mean", number: true, cell: (row) => double(row[added("z_score")]) },
  ], rows);
}
