/** One case of the property test: a file, the options of its task, and the limits under which it is read. */
import type { Limits, Options, Spec } from "../oracle/oracle.ts";
import { Dice } from "./dice.ts";
import { fileBytes, rawByte } from "./file_text.ts";
import { headerFile } from "./header_file.ts";
import { limitFile, tinyLimits } from "./limit_file.ts";
import { mappedFile } from "./mapping_file.ts";
import { numberFile } from "./number_file.ts";
import { line, salesFile, someColumns, someStyle } from "./sales_file.ts";
import { statisticsFile } from "./statistics_file.ts";
import { noText } from "./text_cells.ts";

export interface TestCase {
  number: number;
  /** Which generator made it. */
  kind: string;
  bytes: Uint8Array;
  options: Options;
  limits: Partial<Limits>;
  /** Of a file that isn't plain. */
  dialect?: Spec["dialect"];
}

type Content = Pick<TestCase, "bytes" | "limits" | "dialect"> & { options?: Partial<Options> };

/** The case of this number; the same for the same seed. */
export function makeCase(seed: number, number: number): TestCase {
  const dice = new Dice(seed, number);
  const [kind, make] = dice.weighted<[string, (dice: Dice) => Content]>([
    [24, ["sales", sales]],
    [18, ["soup", soup]],
    [16, ["limits", limits]],
    [14, ["blocks", blocks]],
    [18, ["statistics", statistics]],
    [8, ["header", header]],
    [12, ["mapping", mapping]],
    [24, ["numbers", numbers]],
    [10, ["mutated", mutated]],
  ]);
  const options = {
    k: dice.pick([2, 2, 2, 1.5, 1, 0.5, 3, 0.1, 100]),
    keep_totals: dice.chance(0.3),
    cleaned: dice.chance(0.2),
    ...budget(dice, 0.1),
    columns: {},
    header: "present" as const,
    discount: dice.chance(0.1) ? "optional" as const : "required" as const,
    decimal_mark: {},
    percent: null,
  };
  const content = make(dice);
  return { number, kind, ...content, options: { ...options, ...content.options } };
}

function budget(dice: Dice, probability: number) {
  const rows = dice.chance(probability) ? dice.pick([0, 0, 1, 2, 3, 5, 10]) : null;
  const ratio = dice.chance(probability)
    ? dice.pick([0, 0.1, 0.25, 1 / 3, 0.3, 0.5, 0.9, 1])
    : null;
  return { max_bad_rows: rows, max_bad_ratio: ratio };
}

function sales(dice: Dice): Content {
  const limits = dice.chance(0.4) ? { asideRecordsMax: dice.whole(1, 3) } : {};
  return { bytes: fileBytes(salesFile(dice, someStyle(dice))), limits };
}

function numbers(dice: Dice): Content {
  const { text, ...others } = numberFile(dice);
  return { ...others, bytes: fileBytes(text) };
}

/** Structure without sense, after a header that has some. */
function soup(dice: Dice): Content {
  const style = {
    ...someStyle(dice),
    fancyHeader: dice.chance(0.3),
    rows: [0, 0] as [number, number],
  };
  const row = () =>
    line(dice, { ...style, faults: 0 }, someColumns(dice, { ...style, fancyHeader: false }));
  const pieces = dice.times(3, 60, () =>
    dice.weighted<() => string>([
      [30, () => dice.pick([",", '"', '""', '"', "\n", "\r", "\r\n", ',"', '",', '"\n', '\n"'])],
      [15, () => dice.pick([" ", "a", "1", "\t", "\u00a0", "é", "😀", "total", "NA", "0"])],
      [2, () => dice.chance(0.5) ? noText(dice) : rawByte(dice.whole(0x80, 0xff))],
      [6, () => `\n${row()}\n`],
    ])());
  return {
    bytes: fileBytes(salesFile(dice, style) + "\n" + pieces.join("")),
    limits: dice.chance(0.5) ? tinyLimits(dice) : {},
  };
}

function limits(dice: Dice): Content {
  const limits = tinyLimits(dice);
  const style = { ...someStyle(dice), quotes: dice.pick([0, 0.2]), fancyHeader: dice.chance(0.3) };
  return { bytes: fileBytes(limitFile(dice, style, limits)), limits };
}

/** Error budgets, looked at on a fine grid, or where the ratio starts to count. */
function blocks(dice: Dice): Content {
  const faults = dice.pick([0.05, 0.2, 0.5]);
  const isLong = dice.chance(0.15);
  const style = {
    ...someStyle(dice),
    faults,
    rows: (isLong ? [97, 112] : [3, 40]) as [number, number],
  };
  return {
    bytes: fileBytes(salesFile(dice, style)),
    options: { ...budget(dice, 0.6) },
    limits: {
      blockBytes: dice.pick([dice.whole(1, 40), dice.whole(40, 400), dice.whole(400, 4000)]),
      ...(isLong ? {} : { badRatioRowsMin: dice.whole(1, 20) }),
    },
  };
}

function statistics(dice: Dice): Content {
  const style = { ...someStyle(dice), faults: 0, fancyHeader: dice.chance(0.2) };
  const { text, k } = statisticsFile(dice, style);
  return { bytes: fileBytes(text), options: { k }, limits: {} };
}

function header(dice: Dice): Content {
  return {
    bytes: fileBytes(headerFile(dice, someStyle(dice))),
    limits: dice.chance(0.2) ? tinyLimits(dice) : {},
  };
}

function mapping(dice: Dice): Content {
  const { text, options } = mappedFile(dice, someStyle(dice));
  return {
    bytes: fileBytes(text),
    options,
    limits: dice.chance(0.2) ? tinyLimits(dice) : {},
  };
}

/** A sound file with some bytes changed, taken out, doubled or put in. */
function mutated(dice: Dice): Content {
  const style = { ...someStyle(dice), faults: 0.1, rows: [4, 20] as [number, number] };
  const bytes = [...fileBytes(salesFile(dice, style))];
  dice.times(1, 8, () => {
    const least = dice.chance(0.9) ? Math.floor(bytes.length / 3) : 0; // mostly past the header
    const at = dice.whole(least, bytes.length);
    const byte = dice.chance(0.7) ? dice.pick([...'",\n\r ']).charCodeAt(0) : dice.whole(1, 255);
    const span = dice.chance(0.8) ? 1 : dice.whole(1, 30);
    dice.pick([
      () => bytes.splice(at, 1, byte),
      () => bytes.splice(at, 0, byte),
      () => bytes.splice(at, span),
      () => bytes.splice(at, 0, ...bytes.slice(at, at + span)),
    ])();
  });
  return { bytes: Uint8Array.from(bytes), limits: dice.chance(0.2) ? tinyLimits(dice) : {} };
}
