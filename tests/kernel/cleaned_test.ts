/** The accepted rows themselves, written by the kernel: cells as they stand where they may stay, numbers as their value. */
import assert from "node:assert/strict";
import { OPTION_DEFAULTS } from "../../src/domain/options.ts";
import { Kernel, type PlainRecords } from "../../src/pipeline/kernel/kernel.ts";
import { KernelEngine } from "../../src/pipeline/kernel/kernel_engine.ts";
import { KERNEL_SIZES } from "../../src/pipeline/kernel/kernel_sizes.ts";
import { WINDOW } from "../../src/pipeline/kernel/memory_layout.ts";
import { PlainEngine } from "../../src/pipeline/run/engine.ts";
import { memorySource } from "../support/memory_artifacts.ts";
import { runFile } from "../support/pipeline_run.ts";
import { seeded } from "../support/random.ts";
import { agree } from "./crews.ts";
import { firstDifference, runWhole } from "./engines.ts";

const PLAIN: PlainRecords = {
  columns: 6,
  bytesMax: 1 << 18,
  linesMax: 1_000,
  schemaColumns: [0, 1, 2, 3, 4],
};

/** What the kernel writes of a record which it takes. */
function written(record: string, plain: Partial<PlainRecords> = {}): string {
  const kernel = Kernel.acquire()!;
  try {
    const text = new TextEncoder().encode(`${record}\n`);
    kernel.reset(1n, false);
    kernel.prepare({ ...PLAIN, ...plain });
    kernel.bytes.set(text, WINDOW);
    kernel.index(WINDOW, WINDOW + text.length);
    kernel.decode(0xffff_fffe);
    assert.equal(kernel.rows, 1, `it doesn't take ${record}`);
    assert.equal(kernel.writeCleaned(0, 1), 1);
    assert.equal(kernel.rowsWritten, 1);
    return new TextDecoder().decode(kernel.cleaned);
  } finally {
    kernel.release();
  }
}

Deno.test("cells that may stay as they are do, and others are trimmed, quoted or made canonical", () => {
  const cases: [record: string, row: string][] = [
    ["N,p,1.5,2,0.1,note", "N,p,1.5,2,0.1,note"],
    ["N,p,1.50,02,0.10,", "N,p,1.5,2,0.1,"],
    ["N,p,100,20,0,0.10", "N,p,100,20,0,0.10"],
    ["N,p,0.00,1,-0,-0", "N,p,0,1,0,-0"],
    ["N,p,-1.50,.5,5.,x", "N,p,-1.5,0.5,5,x"],
    ["N,p,3036.7599999999998,7,0.010000000000,x", "N,p,3036.7599999999998,7,0.01,x"],
    ["N,p,$1.50,1,5%,x", "N,p,1.5,1,0.05,x"],
    [" N\t, p,\u00a01 , 2,0,  ", "N,p,1,2,0,"],
    ['"N","p","1","2","0","x"', "N,p,1,2,0,x"],
    ['"N, S","p","1,234.50",2,0,"a ""b"" c"', '"N, S",p,1234.5,2,0,"a ""b"" c"'],
    ['N,5" pipe,1,2,0,"two\nlines"', 'N,"5"" pipe",1,2,0,"two\nlines"'],
    ['N,p,1,2,0," ""x"" "', 'N,p,1,2,0,"""x"""'],
    ["Köln,東京,1,2,0,é", "Köln,東京,1,2,0,é"],
    ["Köln,東京\u3000,1.0,2,0,é ", "Köln,東京,1,2,0,é"],
  ];
  for (const [record, row] of cases) assert.equal(written(record), `${row}\n`, record);
});

Deno.test("another delimiter becomes a comma, and a decimal comma a point", () => {
  const plain = { delimiter: 0x3b, hasDecimalComma: true };
  assert.equal(written("N;p;1.234,50;2;0,1;a;", { ...plain, columns: 7 }), "N,p,1234.5,2,0.1,a,\n");
  assert.equal(written('N;"a;b";1,5;2;0;c,d', plain), 'N,a;b,1.5,2,0,"c,d"\n');
});

Deno.test("columns that are no artifact's are left out, wherever they stand", () => {
  const record = "N,p,1.0,2,0,x";
  assert.equal(written(record, { notOwn: [5] }), "N,p,1,2,0\n");
  assert.equal(written(`_,${record}`, shifted({ notOwn: [0] })), "N,p,1,2,0,x\n");
  assert.equal(written(`_, ${record}`, shifted({ notOwn: [0, 6] })), "N,p,1,2,0\n");
  assert.equal(written("_,N,p,1,2,0,", shifted({ notOwn: [0] })), "N,p,1,2,0,\n");
  function shifted(plain: Partial<PlainRecords>): Partial<PlainRecords> {
    return { ...plain, columns: 7, schemaColumns: [1, 2, 3, 4, 5] };
  }
});

Deno.test("numbers of all kinds come to what the plain engine writes of them, with any number of threads", async () => {
  const random = seeded(41);
  const digits = (most: number) => String(random.whole(0, 10 ** random.whole(0, most)));
  const cell = () => {
    const whole = random.pick(["", "0", "00", digits(7), digits(15)]);
    const decimals = random.pick(["", ".", ".0", ".50", `.${digits(3)}`, `.${digits(16)}0`]);
    const number = random.pick(["", "", "", "-", "+"]) + whole + decimals;
    const marked = random.pick([
      number,
      number,
      `${number}%`,
      `$${number}`,
      `(${number})`,
      `${number}e1`,
    ]);
    return random.pick([marked, marked, ` ${marked}`, `"${marked}"`]);
  };
  const rows = Array.from({ length: 6_000 }, () => {
    const text = random.pick(["p", "", " p", '"a,b"', '"""q"""', '5" p']);
    return `N,${random.pick(["p", text])},${cell()},${cell()},${cell()},${text}`;
  });
  const { counts } = await agree(rows, {
    header: "region,product,revenue,quantity,discount,_note",
  });
  assert.ok(counts.rows_accepted > 2_000, `${counts.rows_accepted} rows`);
  await agree(rows, { header: "region,product,revenue,quantity,discount %,note" });
});

Deno.test("records of the largest size are written whole, if all of them is quotes too", async () => {
  const cell = `5${'"'.repeat(250_000)}`;
  const rows = Array.from({ length: 12 }, (_, row) => `N,p,${row}00,1,0,${cell}`);
  const bytes = new TextEncoder().encode(
    `region,product,revenue,quantity,discount,note\n${rows.join("\n")}\n`,
  );
  // Nearly all are anomalies.
  const options = { ...OPTION_DEFAULTS, cleaned: true, k: 0.01 };
  const testCase = { number: 0, kind: "large", bytes, options, limits: {} };
  const plain = await runWhole(testCase, 1, new PlainEngine());
  const found = await runWhole(testCase, 1, KernelEngine.acquire()!);
  assert.equal(firstDifference(plain, found), null);
  assert.ok(plain.artifacts.cleaned!.length > 12 * 500_000);
});

Deno.test("an input that changes before its accepted rows are written is damaged", async () => {
  const first = new TextEncoder().encode(
    `region,product,revenue,quantity,discount\n${"N,p,10,1,0\n".repeat(9_000)}`,
  );
  const second = new TextEncoder().encode(
    new TextDecoder().decode(first).replace("N,p,10", "N,p,1x"),
  );
  // The first is read for its numbers, too.
  const versions = [first, first, second];
  const source = { open: () => memorySource(versions.shift()!).open() };
  const running = runFile(first, { run: { source }, options: { cleaned: true } });
  await assert.rejects(running, /changed while it was read/);
});

Deno.test("without a column for discounts, quantities are written where they stand", async () => {
  const rows = Array.from({ length: 400 }, (_, row) => `N,p,${row}.50,${row + 1}.0\n`).join("");
  const testCase = {
    number: 0,
    kind: "cleaned",
    bytes: new TextEncoder().encode(`region,product,revenue,quantity\n${rows}`),
    options: { ...OPTION_DEFAULTS, cleaned: true, discount: "optional" as const },
    limits: {},
  };
  const plain = await runWhole(testCase, 1, new PlainEngine());
  for (const sizes of [KERNEL_SIZES, { ...KERNEL_SIZES, fillBytes: 65, pieceBytes: 7 }]) {
    const found = await runWhole(testCase, 1, KernelEngine.acquire(sizes)!);
    assert.equal(firstDifference(plain, found), null);
  }
  assert.match(new TextDecoder().decode(plain.artifacts.cleaned), /^N,p,7\.5,8$/m);
});
