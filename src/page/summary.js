/** The summary: one row per region. */
import { exact } from "./numbers.js";
import { cut, double, tableOf } from "./table.js";

/** Decimals that tell the values of a column apart: two from 1 on, four below. */
const decimalsFor = (rows, at) => rows.some((row) => Math.abs(Number(row[at])) >= 1) ? 2 : 4;

export function summaryTable(labels, rows) {
  const at = (label) => labels.indexOf(label);
  const mean = (label, words) => {
    const decimals = decimalsFor(rows, at(label));
    return { label: words, number: true, cell: (row) => double(row[at(label)], decimals) };
  };
  return tableOf([
    { label: "Region", heads: true, cell: (row) => cut(row[at("region")]) },
    { label: "Revenue", number: true, cell: (row) => exact(row[at("revenue_sum")]) },
    mean("revenue_mean", "Mean revenue"),
    { label: "Quantity", number: true, cell: (row) => exact(row[at("quantity_sum")]) },
    mean("discount_mean", "Mean discount"),
    { label: "Rows", number: true, cell: (row) => exact(row[at("rows")]) },
  ], rows);
}
