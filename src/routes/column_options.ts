/** The options that say where an upload's columns are: `columns[FIELD]`, `header`, `discount`. */
import { z } from "zod";
import { COLUMNS_MAX } from "../domain/limits.ts";
import type { TaskOptions } from "../domain/options.ts";
import { comparedLabel, isIgnoredLabel } from "../pipeline/header/label.ts";
import { SALES, type SalesField } from "../pipeline/header/schema.ts";

type ColumnName = `columns[${SalesField}]`;

const label = z.string()
  .refine((text) => comparedLabel(text) !== "", {
    error: "must be the label of a column",
    abort: true,
  })
  .refine(
    (text) => !isIgnoredLabel(text.trim()),
    "must not begin with _: such columns are ignored. Rename the column",
  ).optional();

/** Each by its name, as the other options of an upload are. */
export const columnOptions = {
  ...Object.fromEntries(SALES.map(({ name }) => [columnName(name), label])) as Record<
    ColumnName,
    typeof label
  >,
  header: z.enum(["present", "none"], "must be present or none").optional(),
  discount: z.enum(["required", "optional"], "must be required or optional").optional(),
};

type Given = Partial<Record<ColumnName, string>> & {
  header?: TaskOptions["header"];
  discount?: TaskOptions["discount"];
};

/** What can't be asked for together. */
export function checkColumnOptions({ issues, value }: z.core.ParsePayload<Given>): void {
  const fault = (name: string, message: string) =>
    issues.push({ code: "custom", path: [name], input: value, message });
  const isByPosition = value.header === "none";
  const taken = new Map<string, ColumnName>();
  for (const name of SALES.map(({ name }) => columnName(name))) {
    const given = value[name];
    if (given === undefined) continue;
    if (isByPosition && !isPosition(given)) {
      fault(
        name,
        `must be a position from 1 to ${COLUMNS_MAX}, because header=none says that there are no labels`,
      );
      continue;
    }
    const column = isByPosition ? String(Number(given)) : comparedLabel(given);
    const other = taken.get(column);
    if (other !== undefined) fault(name, `must be another column than ${other}`);
    taken.set(column, name);
  }
  if (!isByPosition) return;
  const missing = SALES.map(({ name }) => name).filter((name) =>
    value[columnName(name)] === undefined &&
    !(name === "discount" && value.discount === "optional")
  );
  if (missing.length > 0) {
    const names = missing.map((name) => `${columnName(name)}=POSITION`);
    fault("header", `must come with ${names.join(", ")}, so that each column is known`);
  }
}

/** The three options, defaults filled in. */
export function columnOptionsOf(
  given: Given,
): Pick<TaskOptions, "columns" | "header" | "discount"> {
  const columns = SALES.flatMap(({ name }) => {
    const column = given[columnName(name)];
    return column === undefined ? [] : [[name, column.trim()] as const];
  });
  return {
    columns: Object.fromEntries(columns),
    header: given.header ?? "present",
    discount: given.discount ?? "required",
  };
}

function columnName(field: SalesField): ColumnName {
  return `columns[${field}]`;
}

function isPosition(text: string): boolean {
  return /^[0-9]{1,4}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= COLUMNS_MAX;
}
