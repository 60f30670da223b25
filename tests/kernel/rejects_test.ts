/** Faulty records that the kernel rejects by itself: the plain engine says the same of each, and decides about all others. */
import assert from "node:assert/strict";
import { OPTION_DEFAULTS, type TaskOptions } from "../../src/domain/options.ts";
import { CrewEngine, GRID_SIZES, type GridSizes } from "../../src/pipeline/kernel/crew_engine.ts";
import { KernelEngine } from "../../src/pipeline/kernel/kernel_engine.ts";
import { type Engine, PlainEngine } from "../../src/pipeline/run/engine.ts";
import { readInputAt } from "../../src/worker/input_source.ts";
import { KernelCrew } from "../../src/worker/kernel_crew.ts";
import { Dice } from "../property/dice.ts";
import { asLiteral } from "../property/file_text.ts";
import { caseNumbers, SEED } from "../property/settings.ts";
import type { TestCase } from "../property/test_case.ts";
import { firstDifference, runWhole } from "./engines.ts";

const CASES = 400;
const HEADER = ["region", "product", "revenue", "quantity", "discount"];
/** Without them a file whose numbers have commas may be for the plain engine alone. */
const OPTIONS: TaskOptions = {
  ...OPTION_DEFAULTS,
  decimal_mark: { revenue: ".", quantity: ".", discount: "." },
  percent: [],
};

const SHOWN_BYTES_MAX = 10_000;

const PLAIN = "N,p,1,2,0.5";
const CERTAIN = [
  "N,p,abc,3,0.1",
  "N,p,,3,0.1",
  ",p,1,3,0.1\r",
  "N,\u00a0,1,3,0.1",
  "N,p,n/A,#n/a,-",
  "N,p,NULL,none,NaN",
  'N,"p, ""q""",5,na,"\n"',
  'N,p,"12,5",3,0.1',
  'N,p,"-1,25","+0,5","1234,56"',
  "N,p,1,0,0.1",
  "N,p,1,-.0,0.1",
  'N,p,"not ""known""",3,0.1',
  "N,p,\u00e9,=,0.1",
  "N,p,1,2,a word of more than sixteen letters",
];
const DOUBTFUL = [
  "N,p,1e3,0,0.1",
  "N,p,12 apples,3,0.1",
  'N,p,"1,234",0,0.1',
  "N,p,inf,3,0.1",
  "N,p,+,3,0.1",
  'N,p,"5""",3,0.1',
  'N,"p",1,x"y,0.1',
  "N,p,x,3,12345678901234567",
  "Rp,pp,rr,-,dd", // a header begins with the same letters
];

const REGIONS = [
  "N",
  "",
  " ",
  "Total",
  "TOTALS",
  "sub-total",
  "Texas",
  "region",
  "-Region",
  "\u212a",
];
const PRODUCTS = ["p", "", "product", "\u00a0", " p ", "Product"];
const NUMBERS = [
  ...[
    "1",
    "2.5",
    "0",
    "-0",
    ".0",
    "+7",
    " 3 ",
    "",
    "\u3000",
    "abc",
    "\u00e9",
    "€",
    "$5",
    "1e3",
    "5%",
  ],
  ...[
    "N/A",
    "na",
    "#n/A",
    "Null",
    "none",
    "NAN",
    "-",
    "--",
    "+",
    "n\x0fa",
    "\x03n/a",
    "nab",
    "n/a.",
  ],
  ...["inf", "-Inf", "Infinity", "infinite", "i", "12,5", "-12,5", "+0,25", "1,234", "0,123", ",5"],
  ...["5,", "1,2,3", "1234,567", "12345,67", "(5)", "=SUM(C2:C9)", "=A1", "12345678901234567"],
  ...["revenue", "Quantity", "_discount", "20,23", '1"2', '"', "a,b", "a\nb", "1\n", "2\r\n"],
];

/** Files whose columns are named and ordered in different ways. */
const HEADERS: readonly { labels: readonly string[]; options?: Partial<TaskOptions> }[] = [
  { labels: HEADER },
  { labels: ["note", "Discount", "quantity", "revenue", "product", "region"] },
  { labels: ["region", "product", "revenue", "quantity"], options: { discount: "optional" } },
  { labels: [...HEADER, "_line"] },
  {
    labels: ["\u00e9tat", "[net]", '"20,23"', "Quantity", "discount"],
    options: { columns: { region: "\u00e9tat", product: "[net]", revenue: "20,23" } },
  },
];

Deno.test("faulty rows are rejected in the same words whoever rejects them", async () => {
  await withCrew(async (crewOn) => {
    for (const number of caseNumbers(CASES)) {
      const dice = new Dice(SEED + 4, number);
      const testCase = someCase(number, dice);
      const sizes: GridSizes = {
        ...GRID_SIZES,
        fillBytes: 4_096,
        pieceBytes: dice.whole(1, 2_000),
        firstSegmentBytes: dice.whole(1, 500),
        segmentBytes: dice.whole(20, 4_000),
      };
      await agree(testCase, KernelEngine.acquire(sizes)!);
      await crewOn(testCase, sizes);
    }
  });
});

Deno.test("what is certainly wrong is rejected without the plain engine", async () => {
  const rows = Array.from({ length: 3_000 }, (_, i) => CERTAIN[i % (CERTAIN.length + 5)] ?? PLAIN);
  assert.equal(await agree(caseOf([HEADER.join(","), ...rows]), KernelEngine.acquire()!), 0);
});

Deno.test("where there is any doubt the plain engine decides, and the kernel goes on behind it", async () => {
  const rows = DOUBTFUL.flatMap((row) => [row, CERTAIN[0]]);
  const plainRows = await agree(caseOf([HEADER.join(","), ...rows]), KernelEngine.acquire()!);
  assert.equal(plainRows, DOUBTFUL.length);
});

Deno.test("rejects of a segment are put together whatever their size", async () => {
  const wide = HEADER.map(() => "x".repeat(200_000)).join(","); // further between two gaps than there is room for
  const rows = Array.from({ length: 60_000 }, (_, i) => CERTAIN[i % CERTAIN.length]);
  rows.splice(30_000, 0, wide, PLAIN, wide);
  await withCrew((crewOn) => crewOn(caseOf([HEADER.join(","), ...rows, PLAIN]), GRID_SIZES));
});

/** Has both engines read a file, which must agree; how many rows the plain engine's code took of the second. */
async function agree(testCase: TestCase, engine: Engine): Promise<number> {
  const plain = await runWhole(testCase, 1, new PlainEngine());
  const found = await runWhole(testCase, 1, engine);
  const difference = firstDifference(plain, found);
  assert.ok(
    difference === null,
    `DATATASKER_TEST_SEED=${SEED} DATATASKER_TEST_CASE=${testCase.number}\n` +
      `options ${JSON.stringify(testCase.options)}\n` +
      `file ${asLiteral(testCase.bytes.subarray(0, SHOWN_BYTES_MAX))}\n${difference}`,
  );
  return JSON.parse(new TextDecoder().decode(found.artifacts.report)).run.plain_rows;
}

/** Agrees about a file that two threads read. */
type CrewOn = (testCase: TestCase, sizes: GridSizes) => Promise<void>;

async function withCrew(work: (crewOn: CrewOn) => Promise<void>): Promise<void> {
  const crew = new KernelCrew(1);
  const path = await Deno.makeTempFile();
  try {
    await work(async (testCase, sizes) => {
      await Deno.writeFile(path, testCase.bytes);
      crew.open(path);
      using file = await Deno.open(path);
      await agree(testCase, CrewEngine.acquire(crew, readInputAt(file), sizes)!);
    });
  } finally {
    crew.close();
    await Deno.remove(path);
  }
}

function caseOf(
  lines: readonly string[],
  options: Partial<TaskOptions> = {},
  number = 0,
): TestCase {
  const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
  return { number, kind: "rejects", bytes, options: { ...OPTIONS, ...options }, limits: {} };
}

/** Mostly faulty rows, of cells that are at the edge of what is certain, and what decides about lone ones. */
function someCase(number: number, dice: Dice): TestCase {
  const { labels, options } = dice.pick(HEADERS);
  const faulty = dice.pick([0.2, 0.7, 1]);
  const rows = dice.times(1, 200, () => {
    if (dice.chance(0.06)) return labels.join(",");
    if (dice.chance(0.1)) return labels.map((_, i) => i === 0 ? "Source: ERP" : "").join(",");
    const row = labels.map((label) => someCell(label.toLowerCase(), faulty, dice)).join(",");
    return dice.chance(0.2) ? `${row}\r` : row;
  });
  const budget = dice.chance(0.2) ? { max_bad_rows: dice.whole(0, 100) } : {};
  const totals = { keep_totals: dice.chance(0.3) };
  return caseOf([labels.join(","), ...rows], { ...options, ...budget, ...totals }, number);
}

function someCell(label: string, faulty: number, dice: Dice): string {
  const isText = ["region", "\u00e9tat", "product", "[net]", "note", "_line"].includes(label);
  if (!dice.chance(faulty)) return isText ? "N" : String(dice.whole(1, 99) / 4);
  const text = dice.pick(
    label === "product" || label === "[net]" ? PRODUCTS : isText ? REGIONS : NUMBERS,
  );
  const needsQuotes = /^"|[,\n]/.test(text);
  return needsQuotes || dice.chance(0.2) ? `"${text.replaceAll('"', '""')}"` : text;
}
