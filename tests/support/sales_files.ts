/** Sales files for tests that talk to a whole service. */

export const HEADER = "region,product,revenue,quantity,discount\n";

/** The reference's sample: 23 rows, four regions, two anomalies. */
export const SAMPLE = `${HEADER}East,A,1200,2,0.05
West,B,2400,4,0.10
East,C,600,1,0.02
North,A,9000,3,0.15
West,A,1300,1,0.04
North,B,850,1,0.06
South,C,4000,2,0.20
South,A,2200,2,0.10
East,B,3100,5,0.12
North,C,7200,3,0.08
West,C,5000,2,0.18
South,B,1500,2,0.05
North,A,4600,2,0.07
East,A,2800,3,0.09
West,B,6100,5,0.11
South,C,3300,3,0.06
East,C,4100,4,0.14
North,B,1900,2,0.03
West,C,3700,3,0.10
South,A,2900,2,0.07
East,A,15000,1,0.05
West,B,14000,1,0.10
North,C,20000,2,0.12
`;

/** A valid file of about this size that takes a while: some 25 bytes per row. */
export function largeFile(bytes: number): string {
  const rows: string[] = [HEADER];
  for (let length = 0, i = 0; length < bytes; i++) {
    const row = `Region ${i % 50},Product ${i % 7},${1000 + (i % 977)}.25,${1 + (i % 9)},0.1\n`;
    rows.push(row);
    length += row.length;
  }
  return rows.join("");
}
