/**
 * Every plain file of the property tests with another delimiter, decimal mark and encoding through the kernel, on one thread and on several: no
 * byte of any artifact may differ from those of the plain engine.
 */
import assert from "node:assert/strict";
import { OPTION_DEFAULTS } from "../../src/domain/options.ts";
import { InputError } from "../../src/domain/errors.ts";
import { CrewEngine, GRID_SIZES } from "../../src/pipeline/kernel/crew_engine.ts";
import { KernelEngine } from "../../src/pipeline/kernel/kernel_engine.ts";
import { KERNEL_SIZES } from "../../src/pipeline/kernel/kernel_sizes.ts";
import { PlainEngine } from "../../src/pipeline/run/engine.ts";
import { readInputAt } from "../../src/worker/input_source.ts";
import { KernelCrew } from "../../src/worker/kernel_crew.ts";
import { compareCases } from "../property/compare_cases.ts";
import { Dice } from "../property/dice.ts";
import type { TestCase } from "../property/test_case.ts";
import { ONLY_CASE, SEED } from "../property/settings.ts";
import { engineOf, firstDifference, headerLineOf, runWhole } from "./engines.ts";
import { ENCODINGS, rewritten, type Writing, WRITINGS } from "./rewritten.ts";

const TINY = { ...KERNEL_SIZES, fillBytes: 65, pieceBytes: 7, carryBytesMax: 100 };
const TINY_GRID = { ...GRID_SIZES, ...TINY, firstSegmentBytes: 50, segmentBytes: 90 };

interface Way extends Writing {
  engine: "whole" | "tiny" | "crew";
}

Deno.test("files with any delimiter, decimal mark and encoding come to the same with every engine, byte for byte", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/input`;
  const crew = new KernelCrew(2);
  let byKernel = 0;
  try {
    const count = await compareCases<Way>({
      waysOf({ number }) {
        const dice = new Dice(SEED + 5, number);
        return (["whole", "tiny", "crew"] as const).map((engine) => ({
          ...dice.pick(WRITINGS),
          encoding: dice.pick(ENCODINGS),
          engine,
        }));
      },
      async difference(plainCase, way) {
        const headerLine = headerLineOf(plainCase);
        if (headerLine === undefined || plainCase.dialect) return null;
        const testCase = rewritten(plainCase, way);
        const plain = await runWhole(testCase, headerLine, new PlainEngine()).catch(refused);
        await Deno.writeFile(path, testCase.bytes);
        using file = await Deno.open(path);
        crew.open(path);
        const engine = way.engine === "crew"
          ? CrewEngine.acquire(crew, readInputAt(file), TINY_GRID)
          : KernelEngine.acquire(way.engine === "tiny" ? TINY : KERNEL_SIZES);
        assert.ok(engine !== null, "the kernel wasn't released");
        const found = await runWhole(testCase, headerLine, engine).catch(refused);
        if (typeof plain === "string" || typeof found === "string") {
          return plain === found ? null : `plain ${plain}\n  found ${found}`;
        }
        if (engineOf(found) === "kernel") byKernel++;
        return firstDifference(plain, found);
      },
      described: (way) => JSON.stringify(way),
      differencesMax: 3,
    });
    console.log(`${byKernel} runs by the kernel`);
    if (ONLY_CASE === null) assert.ok(byKernel > count, "the kernel had too few of the runs");
  } finally {
    crew.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("what means something else with another delimiter or mark is read as the plain engine reads it", async () => {
  const files: [Writing, string[]][] = [
    [{ delimiter: "\t", mark: "." }, [
      "N\tp\t1.5\t2\t3",
      "\t\t\t\t",
      " \t\t\t\t",
      "\t",
      "N\t\t1\t2\t3",
    ]],
    [
      { delimiter: ";", mark: "," },
      [
        ...[
          "$1,234",
          "1,234",
          "12,",
          ",5",
          ",",
          "-3,25",
          "+1,5",
          "1.234,50",
          "1.234",
          "€ 2,5",
          "1,5e3",
        ],
        ...["1,2,3", "$1,234,567", "12,5%", "1234567,125", "123456789012345,5", "  7,5 ", "7"],
        ...["1.234,", "1.234,5 €", "12.345 €", "5 €", ",5 €", "5, €", "1.23 €", "-1 €", "€1"],
      ].map((number) => `N;p;${number};2,0;0,25`),
    ],
    [{ delimiter: "|", mark: "." }, [
      "N|p|1,234.50|2|3",
      "N|a,b|$1,234|2|3",
      '"a|b"|p|1|2|3',
      "N|p|1;5|2|3",
    ]],
  ];
  for (const [{ delimiter, mark }, rows] of files) {
    const header = ["region", "product", "revenue", "quantity", "discount"].join(delimiter);
    const lines = [header, ...Array<string[]>(40).fill(rows).flat(), ""];
    const testCase: TestCase = {
      number: 0,
      kind: "doubtful",
      bytes: new TextEncoder().encode(lines.join("\n")),
      options: {
        ...OPTION_DEFAULTS,
        decimal_mark: { revenue: mark, quantity: mark, discount: mark },
      },
      limits: {},
      dialect: { encoding: "utf-8", delimiter, quote: '"', escape: "doubled", confidence: 1 },
    };
    const plain = await runWhole(testCase, 1, new PlainEngine());
    const found = await runWhole(testCase, 1, KernelEngine.acquire()!);
    assert.equal(engineOf(found), "kernel");
    assert.equal(firstDifference(plain, found), null, JSON.stringify({ delimiter, mark }));
  }
});

Deno.test("lines above the header, marks and characters of all sizes are read as the plain engine reads them", async () => {
  const above = 'Report "2024\n;;\n\n';
  const rows = Array.from(
    { length: 400 },
    (_, i) =>
      `${["Süd", "東京", "😀 North", "Ost"][i % 4]};${i % 7 ? "Wïdget" : ""};${i},25;2;0,${
        i % 10
      }\n`,
  );
  const text = `\ufeff${above}region;product;revenue;quantity;discount\n${rows.join("")}`;
  const folder = await Deno.makeTempDir();
  const path = `${folder}/input`;
  const crew = new KernelCrew(2);
  try {
    for (const encoding of ENCODINGS) {
      for (const lastByte of [[], [0x41]]) {
        const bytes = Uint8Array.from([...encodeText(text, encoding), ...lastByte]);
        const testCase: TestCase = {
          number: 0,
          kind: "above",
          bytes,
          // A row is an anomaly that stands in the first segment, which is read again.
          options: { ...OPTION_DEFAULTS, k: 0.1 },
          limits: {},
          dialect: {
            encoding: encoding as "utf-8",
            delimiter: ";",
            quote: '"',
            escape: "doubled",
            confidence: 1,
          },
        };
        const plain = await runWhole(testCase, 4, new PlainEngine());
        await Deno.writeFile(path, bytes);
        using file = await Deno.open(path);
        crew.open(path);
        const engines = [
          () => KernelEngine.acquire()!,
          () => KernelEngine.acquire(TINY)!,
          () => CrewEngine.acquire(crew, readInputAt(file), TINY_GRID)!,
        ];
        for (const acquire of engines) {
          const found = await runWhole(testCase, 4, acquire());
          assert.equal(engineOf(found), "kernel");
          assert.equal(firstDifference(plain, found), null, encoding);
        }
      }
    }
  } finally {
    crew.close();
    await Deno.remove(folder, { recursive: true });
  }
});

function encodeText(text: string, encoding: (typeof ENCODINGS)[number]): Uint8Array {
  if (encoding === "utf-8") return new TextEncoder().encode(text);
  const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  if (encoding === "windows-1252") {
    return Uint8Array.from(units.filter((unit) => unit !== 0xfeff).map((unit) => unit & 0xff));
  }
  const [low, high] = [(unit: number) => unit & 0xff, (unit: number) => unit >> 8];
  const order = encoding === "utf-16le" ? [low, high] : [high, low];
  return Uint8Array.from(units.flatMap((unit) => order.map((part) => part(unit))));
}

/** Why there is no header: a tab around a label, which is white space in a plain file, is a comma within it here. */
function refused(fault: unknown): string {
  if (fault instanceof InputError) return JSON.stringify(fault.faults);
  throw fault;
}
