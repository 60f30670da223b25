/** Sales files for tests. */
import sample from "../../docs/sales_data.csv" with { type: "text" };

export const HEADER = "region,product,revenue,quantity,discount\n";

/** The reference's sample, which the README's first example uploads: 23 rows, four regions, two anomalies. */
export const SAMPLE: string = sample;

/** A valid file of about this size, some 25 bytes per row. Exponents keep its rows from the kernel, so that a run takes its time. */
export function largeFile(bytes: number): string {
  const rows: string[] = [HEADER];
  for (let length = 0, i = 0; length < bytes; i++) {
    const row = `Region ${i % 50},Product ${i % 7},${1000 + (i % 977)}.25,${1 + (i % 9)},1e-1\n`;
    rows.push(row);
    length += row.length;
  }
  return rows.join("");
}
