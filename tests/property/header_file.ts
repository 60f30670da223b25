/** Files that are refused for their header, and some that only just aren't. */
import { ALIASES } from "../oracle/header.ts";
import type { Dice } from "./dice.ts";
import { noText } from "./text_cells.ts";
import { assemble, cell, FIELDS, line, someColumns, type Style } from "./sales_file.ts";

export function headerFile(dice: Dice, style: Style): string {
  const columns = someColumns(dice, style);
  const rows = dice.times(0, 3, () => line(dice, { ...style, faults: 0.2 }, columns));
  const labels = columns.map(({ label }) => label);
  const at = dice.whole(0, labels.length - 1);
  const written = (labels: string[]) =>
    labels.map((label) => cell(dice, label, style.quotes)).join();
  const file = (header: string) => assemble(dice, style, [header, ...rows]);
  return dice.weighted<() => string>([
    [2, () => file(written(dice.shuffled(labels).slice(0, -dice.whole(1, labels.length))))],
    [2, () => file(written([...labels, ...dice.times(1, 3, () => dice.pick(FIELDS))]))],
    [2, () => {
      // Two aliases of a field, in the place of its name or of another column.
      const field = dice.pick(FIELDS);
      const own = columns.findIndex((column) => column.field === field);
      const alias = () => dice.pick(ALIASES[field]);
      return file(written([...labels.with(own, alias()), ...dice.times(1, 2, alias)]));
    }],
    [
      2,
      () =>
        file(written(labels.with(at, dice.pick([...FIELDS, "revenues", "_region", "qty", ""])))),
    ],
    [1, () => file(written(labels) + dice.pick([',"a"b', ',"a', ',"', "," + noText(dice)]))],
    [1, () => file(dice.pick(['"a"b,', '"', noText(dice)]) + written(labels))],
    [
      1,
      () => dice.pick(["", "\ufeff"]) + dice.pick(["", "\n", " \r\n\t\r\u3000", "\ufeff", "\r\n"]),
    ],
    [1, () => file(dice.pick(["abc", ",,,,", '""', "\ufeff,\ufeff", "region;product;revenue"]))],
    [1, () => rows.join("\n")],
    [1, () => file(written(labels))],
  ])();
}
