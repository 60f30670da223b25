/** Which columns mean what. */

/** A column that a schema asks for. In number columns words like `NA` mean missing; in text columns they are text. */
export interface SchemaField<Name extends string = string> {
  /** Also the label that is looked for, in its compared form (`src/pipeline/label.ts`). */
  name: Name;
  type: "text" | "number";
}

/** The schema `sales`: all fields are required, in any order, among any other columns. */
export const SALES = [
  { name: "region", type: "text" },
  { name: "product", type: "text" },
  { name: "revenue", type: "number" },
  { name: "quantity", type: "number" },
  { name: "discount", type: "number" },
] as const satisfies readonly SchemaField[];

export type SalesField = (typeof SALES)[number]["name"];
