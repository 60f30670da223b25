/** Which columns mean what. */

/** A column that a schema asks for. In number columns words like `NA` mean missing; in text columns they are text. */
export interface SchemaField<Name extends string = string> {
  /** Also the label that is looked for first, in its compared form (`src/pipeline/header/label.ts`). */
  name: Name;
  type: "text" | "number";
  /** Labels that mean it too when no column has its name, in their compared form; no two fields share one. */
  aliases: readonly string[];
}

/** The schema `sales`: its fields stand in any order, among any other columns. All but `discount` are always required. */
export const SALES = [
  { name: "region", type: "text", aliases: ["territory", "market", "state", "branch"] },
  {
    name: "product",
    type: "text",
    aliases: ["product name", "item", "item type", "product line", "sku"],
  },
  { name: "revenue", type: "number", aliases: ["sales", "total", "total revenue", "amount"] },
  {
    name: "quantity",
    type: "number",
    aliases: ["qty", "units", "units sold", "quantity ordered"],
  },
  { name: "discount", type: "number", aliases: ["discount rate", "discount %"] },
] as const satisfies readonly SchemaField[];

export type SalesField = (typeof SALES)[number]["name"];
