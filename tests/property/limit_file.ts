/** Files whose records end just before, at and just past tiny limits. */
import type { Limits } from "../oracle/oracle.ts";
import type { Dice } from "./dice.ts";
import { fileBytes } from "./file_text.ts";
import { assemble, cell, type Column, line, someColumns, type Style } from "./sales_file.ts";

/** Limits small enough to be met by a short line. Some leave no room for the header. */
export function tinyLimits(dice: Dice): Partial<Limits> {
  const some = <T>(probability: number, limit: T) => dice.chance(probability) ? limit : {};
  return {
    ...some(0.6, {
      recordBytesMax: dice.weighted([[9, dice.whole(50, 120)], [1, dice.whole(20, 50)]]),
    }),
    ...some(0.5, {
      cellBytesMax: dice.weighted([[9, dice.whole(12, 30)], [1, dice.whole(5, 12)]]),
    }),
    ...some(0.5, { recordLinesMax: dice.whole(1, 4) }),
    ...some(0.5, { columnsMax: dice.weighted([[9, dice.whole(5, 9)], [1, 4]]) }),
    ...some(0.3, { regionsMax: dice.whole(1, 4) }),
    ...some(0.5, { rawBytesMax: dice.whole(1, 60) }),
    ...some(0.3, { blockBytes: dice.whole(1, 200) }),
    ...some(0.3, { loneBytesMax: dice.whole(1, 30) }),
    ...some(0.4, { asideRecordsMax: dice.whole(1, 3) }),
  };
}

export function limitFile(dice: Dice, style: Style, limits: Partial<Limits>): string {
  const columns = someColumns(dice, style).slice(
    0,
    dice.chance(0.9) ? limits.columnsMax : undefined,
  );
  const header = columns.map(({ label }) => cell(dice, label, 0)).join();
  const near = (limit: number) => Math.max(0, limit + dice.whole(-2, 2));
  const lines = dice.times(2, 10, () => {
    const plain = line(dice, { ...style, faults: dice.chance(0.8) ? 0 : 1 }, columns);
    return dice.weighted<() => string>([
      [2, () => plain],
      [2, () => filledLine(dice, columns, plain, near(limits.cellBytesMax ?? 20))],
      [3, () => {
        const room = near(limits.recordBytesMax ?? 80) - (fileBytes(plain).length - 1);
        return filledLine(dice, columns, plain, room);
      }],
      [2, () => {
        const ends = dice.times(
          0,
          near(limits.recordLinesMax ?? 2),
          () => dice.pick(["\n", "\r\n", "\r"]),
        );
        return `${dice.chance(0.5) ? "a," : ""}"${ends.map((end) => "x" + end).join("")}",${plain}`;
      }],
      [2, () => {
        const more = near(limits.columnsMax ?? 6) - columns.length;
        return plain + dice.times(more, more, () => dice.pick([",", ",x", ',""', ',"y"'])).join("");
      }],
    ])();
  });
  // The end of the file is a limit's hardest neighbour: often enough it is where the last cell's quote closes.
  if (dice.chance(0.5)) {
    lines.push(`a,${filled(dice, near(limits.cellBytesMax ?? (limits.recordBytesMax ?? 80) - 2))}`);
  }
  return assemble(dice, style, [header, ...lines]);
}

/** The line with one cell in place of another, of so many bytes. */
function filledLine(dice: Dice, columns: readonly Column[], plain: string, bytes: number): string {
  const cells = plain.split(","); // cuts quoted cells too: all the better
  const last = cells.length - 1; // where the line, and maybe the file, ends with the cell
  const free = columns.findIndex(({ field }) => field === dice.pick(["product", "region", null]));
  const at = dice.chance(0.3) || free > last ? last : Math.max(free, 0);
  return cells.with(at, filled(dice, bytes)).join();
}

/** A cell of exactly so many bytes as it stands, unless quotes need more. */
function filled(dice: Dice, bytes: number): string {
  if (dice.chance(0.4)) return fill(dice, bytes, ["x", "x", "é", "😀", '"', " "], "x");
  const inside = fill(dice, bytes - 2, ["x", "x", "é", '""', '""', "\n", "\r\n", ","], "x");
  return dice.chance(0.9) ? `"${inside}"` : `"${inside}`;
}

function fill(dice: Dice, bytes: number, pieces: readonly string[], last: string): string {
  let text = "";
  let left = bytes;
  while (left > 0) {
    const piece = dice.pick(pieces);
    const length = fileBytes(piece).length;
    const fits = length <= left ? piece : last;
    // A quote must not come first: it would open the cell.
    text += text === "" && fits === '"' ? last : fits;
    left -= fits === piece ? length : 1;
  }
  return text;
}
