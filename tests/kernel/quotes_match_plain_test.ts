/**
 * Long files of quoted text, stray quotes and marked amounts through both engines. The property tests' files are too small for what the
 * kernel does with the tenth cell from which something was taken off, and have few cells that are longer than a block of its index.
 */
import assert from "node:assert/strict";
import { OPTION_DEFAULTS } from "../../src/domain/options.ts";
import { KernelEngine } from "../../src/pipeline/kernel/kernel_engine.ts";
import { KERNEL_SIZES } from "../../src/pipeline/kernel/kernel_sizes.ts";
import { PlainEngine } from "../../src/pipeline/run/engine.ts";
import { type Random, seeded } from "../support/random.ts";
import { firstDifference, runWhole } from "./engines.ts";
import { rewritten, WRITINGS } from "./rewritten.ts";

const CASES = 60;
const SIZES = [
  KERNEL_SIZES,
  { ...KERNEL_SIZES, fillBytes: 4096, pieceBytes: 1000 },
  { ...KERNEL_SIZES, fillBytes: 300, pieceBytes: 128 },
  { ...KERNEL_SIZES, fillBytes: 64, pieceBytes: 64, carryBytesMax: 100 },
];
const SOUP = [..."ab \r\nü,", '"', '""', "\r\n", '","', '",', ',"'];
const QUOTED = ["x", 'x, ""y"" z', "line\nend", "l\r\nm", "", " pad ", '""', ",", "a".repeat(150)];
const TEXTS = ["North", "South", "E", " pad", '12" nail', "Straße", "", "x".repeat(90)];
const NUMBERS = ["1", "2.50", "-3", "+4.25", "123456789.12", "12345678", ".5", "5.", "1e3", "0"]
  .concat(["$5", '"$1,234.50"', '"7"', " 8", "9 ", '"1,000"', "€2", '"12,5"']);
/** Currencies in front and behind, with the spaces that belong to them: a file has two of these. */
const FORMS = ["$", "€", "€ ", "EUR ", "kr", "kr.", "Rs ", "US$\u00a0", "£"].map((
  form,
) => [form, ""])
  .concat(["€", " €", "\u00a0€", "EUR", " kr", "kr.", "\u202fzł", " E"].map((form) => ["", form]));
const AMOUNTS = [
  "5",
  "0.5",
  ".5",
  "5.",
  "1,234.50",
  "1;234.50",
  "1,234.",
  "12,345",
  "-7",
  "0",
  "1,23",
  "1.000",
  "(3)",
];
/** Labels by the place of the column: the schema's own order, and others with a column of no schema in between. */
const HEADERS = [
  ["region", "product", "revenue", "quantity", "discount", "note"],
  ["note", "region", "product", "revenue", "quantity", "discount"],
  ["revenue", "region", "note", "quantity", "product", "discount"],
  ["discount", "quantity", "note", "revenue", "product", "region"],
];

/** @param noise how likely a text is a soup of separators and quotes */
function textCell(random: Random, noise: number): string {
  if (random.next() < noise) {
    const length = random.whole(0, random.pick([3, 8, 150]));
    return Array.from({ length }, () => random.pick(SOUP)).join("");
  }
  return random.next() < 0.3 ? `"${random.pick(QUOTED)}"` : random.pick(TEXTS);
}

function salesFile(random: Random): Uint8Array {
  const labels = random.pick(HEADERS);
  const lineEnd = random.pick(["\n", "\r\n"]);
  const noise = random.pick([0, 0, 0.005, 0.02, 0.2]);
  const forms = [random.pick(FORMS), random.pick(FORMS)];
  const numberCell = () => {
    const [front, behind] = random.next() < 0.9 ? forms[0] : forms[1];
    return random.next() < 0.6
      ? random.pick(NUMBERS)
      : `"${front}${random.pick(AMOUNTS)}${behind}"`;
  };
  const isNumber = (label: string) => ["revenue", "quantity", "discount"].includes(label);
  const rows = Array.from(
    { length: random.whole(200, 800) },
    () =>
      labels.map((label) =>
        isNumber(label) && random.next() > noise / 3 ? numberCell() : textCell(random, noise)
      ).join(","),
  );
  const end = random.pick(["", lineEnd]);
  return new TextEncoder().encode([labels.join(","), ...rows].join(lineEnd) + end);
}

Deno.test("quotes of all kinds and marked amounts come to what the plain engine comes to", async () => {
  const random = seeded(23);
  let rowsByKernel = 0;
  for (let number = 0; number < CASES; number++) {
    const bytes = salesFile(random);
    const made = {
      number,
      kind: "quotes",
      bytes,
      options: { ...OPTION_DEFAULTS, cleaned: true },
      limits: {},
    };
    // Every other one with another delimiter, another decimal mark or both.
    const testCase = number % 2 === 0 ? made : rewritten(made, random.pick(WRITINGS));
    const plain = await runWhole(testCase, 1, new PlainEngine());
    for (const sizes of SIZES) {
      const kernel = await runWhole(testCase, 1, KernelEngine.acquire(sizes)!);
      assert.equal(
        firstDifference(plain, kernel),
        null,
        `case ${number}, ${JSON.stringify(sizes)}`,
      );
      const { run, counts } = JSON.parse(new TextDecoder().decode(kernel.artifacts.report));
      rowsByKernel += counts.rows_total - run.plain_rows;
    }
  }
  assert.ok(rowsByKernel > 5_000, `only ${rowsByKernel} rows by the kernel`);
});
