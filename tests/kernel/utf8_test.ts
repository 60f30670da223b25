/** Which bytes are UTF-8, and which of them white space: for the kernel as for the plain engine, wherever they stand. */
import assert from "node:assert/strict";
import { OPTION_DEFAULTS } from "../../src/domain/options.ts";
import { KernelEngine } from "../../src/pipeline/kernel/kernel_engine.ts";
import { PlainEngine } from "../../src/pipeline/run/engine.ts";
import { seeded } from "../support/random.ts";
import { firstDifference, runWhole } from "./engines.ts";

const HEADER = "region,product,revenue,quantity,discount,note\n";
/** On either side of each bound there is. */
const FIRST = [0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef]
  .concat(0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf8, 0xff);
const NEXT = [0x20, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xf0, 0xff];

Deno.test("any two bytes are UTF-8 or not as the plain engine says", async () => {
  const pairs: number[][] = [];
  for (let first = 0; first < 256; first++) {
    for (let second = 0; second < 256; second++) pairs.push([first, second]);
  }
  await agreeOn(pairs);
});

Deno.test("three and four bytes on either side of every bound are UTF-8 or not as the plain engine says", async () => {
  const sequences = FIRST.flatMap((first) => {
    return NEXT.flatMap((second) =>
      NEXT.flatMap((third) => {
        return [[first, second, third], ...NEXT.map((fourth) => [first, second, third, fourth])];
      })
    );
  });
  await agreeOn(sequences);
});

Deno.test("a file in which all is UTF-8 is for the kernel, whatever the script", async () => {
  const random = seeded(11);
  const texts = [
    "São Paulo",
    "北京市",
    "서울",
    "\u3000東京",
    "\u00a0Köln\u2009",
    "Ω",
    "🙂 shop",
    "é",
  ];
  const rows = Array.from({ length: 5_000 }, () => {
    return `${random.pick(texts)},${random.pick(texts)},${random.whole(1, 99)},1,0,${
      random.pick(texts)
    }\n`;
  });
  const { run } = await agreed(new TextEncoder().encode(HEADER + rows.join("")));
  assert.ok(run.plain_rows < 100, `${run.plain_rows} rows`);
});

/** Runs two rows for each of these sequences, in a text behind up to sixteen letters and at the end of the record, through both engines. */
async function agreeOn(sequences: readonly number[][]) {
  const random = seeded(12);
  const marks = [0x0a, 0x0d, 0x22, 0x2c];
  const bytes = sequences.filter((sequence) => !sequence.some((byte) => marks.includes(byte)))
    .flatMap((sequence) => {
      const before = "N,".padEnd(2 + random.whole(0, 16), "x");
      const after = "".padEnd(random.whole(0, 4), "y");
      return [
        ...[...ascii(before), ...sequence, ...ascii(`${after},1,1,0,n\n`)],
        ...[...ascii(`${before},1,1,0,`), ...sequence, 0x0a],
      ];
    });
  const { counts, run } = await agreed(Uint8Array.from([...ascii(HEADER), ...bytes]));
  // Beside those that aren't UTF-8 the first with white space around a text, which are shown.
  assert.ok(counts.rows_rejected > 0);
  assert.ok(run.plain_rows - counts.rows_rejected < 20, `${run.plain_rows} rows`);
}

async function agreed(bytes: Uint8Array) {
  const testCase = {
    number: 0,
    kind: "utf-8",
    bytes,
    options: { ...OPTION_DEFAULTS, cleaned: true },
    limits: {},
  };
  const plain = await runWhole(testCase, 1, new PlainEngine());
  const found = await runWhole(testCase, 1, KernelEngine.acquire()!);
  assert.equal(firstDifference(plain, found), null);
  return JSON.parse(new TextDecoder().decode(found.artifacts.report));
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
