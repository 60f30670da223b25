/** What to say of a decimal mark that nothing in the file proves. */
import type { Delimiter } from "../../domain/dialect.ts";
import type { DecimalMark } from "../../domain/options.ts";
import type { Warning } from "../../domain/report.ts";
import { excerpt } from "../text/excerpt.ts";
import type { NumberField } from "./number_format.ts";

/**
 * The warning `decimal-mark-assumed`.
 *
 * @param columns at least one, each with a cell that is a number under either mark
 * @param mark the one that was taken
 */
export function decimalMarkAssumed(
  columns: readonly { name: NumberField; cell: string }[],
  mark: DecimalMark,
  delimiter: Delimiter,
): Warning {
  const cells = columns.map(({ name, cell }) => `"${excerpt(cell)}" in ${name}`);
  const [taken, other] = mark === "," ? ["comma", "."] : ["point", ","];
  const reason = delimiter === ";"
    ? "semicolons separate the cells"
    : "no semicolons separate the cells";
  return {
    code: "decimal-mark-assumed",
    message: `Nothing shows whether ${cells.join(", ")} ${cells.length > 1 ? "have" : "has"} ` +
      `a decimal point or a decimal comma: the ${taken} was assumed, because ${reason}. ` +
      `If that is wrong, upload the file again with decimal_mark=${other} for all columns, or with ` +
      `${columns.map(({ name }) => `decimal_mark[${name}]=${other}`).join(", ")}.`,
  };
}
