import assert from "node:assert/strict";
import type { Dialect } from "../../src/domain/dialect.ts";
import { excelVariant } from "../../src/pipeline/artifacts/excel.ts";
import {
  type FinishedRun,
  HEADER,
  reportOf,
  runFile,
  runRows,
  type RunSettings,
} from "../support/pipeline_run.ts";

const CLEANED = { options: { cleaned: true } };

async function cleanedOf(rows: string, settings: RunSettings = CLEANED): Promise<string> {
  return (await runRows(rows, settings)).artifacts.text("cleaned");
}

Deno.test("accepted rows are written as they were read: trimmed, with canonical numbers, in their order", async () => {
  const file = "note,_line,Region,Item,revenue,quantity,discount,Z Score,note\r\n" +
    ' a ,7," East\t",A,"$1,234.50",007,5%,1e3, b\r\n' +
    "x,7,Total,A,1,1,0,,\r\n" +
    "x,7,West,A,abc,1,0,,\r\n" +
    'x,7,"West, far","say ""x""",(10),+1.,.50,,"\n"\r\n';
  const run = await runFile(file, CLEANED);
  assert.equal(
    run.artifacts.text("cleaned"),
    "note,Region,Item,revenue,quantity,discount,Z Score (input),note\n" +
      "a,East,A,1234.5,7,0.05,1e3,b\n" +
      'x,"West, far","say ""x""",-10,1,0.5,,\n',
  );
  assert.deepEqual(run.artifacts.opened, ["rejects", "anomalies", "cleaned", "summary", "report"]);
  assert.deepEqual(
    run.result.artifacts.map(({ kind, path, rows }) => [kind, path, rows])[3],
    ["cleaned", "artifacts/task/1/cleaned_task.csv", 2],
  );
  assert.equal(reportOf(run).options.cleaned, true);
});

Deno.test("a canonical number is its exact decimal in plain digits", async () => {
  const canonical = {
    "0": "0",
    "-0": "0",
    "-0.00": "0",
    "0e400": "0",
    "+007.50": "7.5",
    "5.": "5",
    ".5": "0.5",
    "-.5e1": "-5",
    "100": "100",
    "1e3": "1000",
    "1.5e1": "15",
    "12.50e-1": "1.25",
    "9007199254740993": "9007199254740993",
    "-9007199254740993.10": "-9007199254740993.1",
    "1e308": `1${"0".repeat(308)}`,
    "1e-400": `0.${"0".repeat(399)}1`,
    "-12e-400": `-0.${"0".repeat(398)}12`,
    [`0.${"0".repeat(500)}10`]: `0.${"0".repeat(500)}1`,
    [`${"7".repeat(400)}e-400`]: `0.${"7".repeat(400)}`,
  };
  const rows = Object.keys(canonical).map((number) => `East,A,${number},1,0\n`).join("");
  const lines = (await cleanedOf(rows)).split("\n").slice(1, -1);
  assert.deepEqual(lines.map((line) => line.split(",")[2]), Object.values(canonical));
});

Deno.test("a cleaned file comes to the same summary, and cleaned again to the same bytes", async () => {
  const rows = ' East,A,"$1,000.10",2,0.1\nWest,"a\r\nb",1e-3,007,0\nEast,,1,1,0\n'.repeat(9);
  const run = await runRows(rows, CLEANED);
  const again = await runFile(run.artifacts.text("cleaned"), CLEANED);
  assert.equal(again.artifacts.text("cleaned"), run.artifacts.text("cleaned"));
  assert.equal(again.artifacts.text("summary"), run.artifacts.text("summary"));
  assert.deepEqual(reportOf(again).changes, []);
});

Deno.test("whatever the dialect of the file, it is plain", async () => {
  const file = "Title\r\nregion;product;revenue;quantity;discount\r\n" +
    "Köln ;'a;b';1.234,50;2;0,10\r\nBonn;it's, \"B\";10,5;1;0\r\n";
  const bytes = Uint8Array.from(file, (sign) => sign.charCodeAt(0));
  const dialect: Dialect = {
    encoding: "windows-1252",
    delimiter: ";",
    header_line: 2,
    quote: "'",
    escape: "doubled",
    newline: "crlf",
    confidence: 1,
  };
  const input = { bytes: bytes.length, sha256: "00".repeat(32), dialect };
  const run = await runFile(bytes, { ...CLEANED, run: { input } });
  assert.equal(
    run.artifacts.text("cleaned"),
    `${HEADER}Köln,a;b,1234.5,2,0.1\nBonn,"it's, ""B""",10.5,1,0\n`,
  );
});

Deno.test("only a task that was asked for it has it, and none that failed", async () => {
  assert.equal((await runRows("East,A,1,1,0\n")).artifacts.bytes("cleaned"), null);
  const failed = [
    await runRows("East,A,x,1,0\n", CLEANED),
    await runRows("East,A,1,1,0\nEast,A,x,1,0\n", {
      options: { cleaned: true, max_bad_rows: 0 },
    }),
  ];
  for (const { error, artifacts } of failed) {
    assert.notEqual(error, null);
    assert.deepEqual(artifacts.opened, ["rejects", "report"]);
  }
});

Deno.test("without a header, the columns have the labels that the other artifacts give them", async () => {
  const columns = { region: "1", product: "2", revenue: "4", quantity: "5", discount: "6" };
  const options = { cleaned: true, header: "none" as const, columns };
  const input = { dialect: { encoding: "utf-8", delimiter: ",", header_line: null } } as const;
  const file = "East,A, n ,10,2,0\n";
  const run = await runFile(file, {
    options,
    run: { input: { bytes: file.length, sha256: "00".repeat(32), ...input } },
  });
  assert.equal(
    run.artifacts.text("cleaned"),
    "region,product,column_3,revenue,quantity,discount\nEast,A,n,10,2,0\n",
  );
});

Deno.test("it comes to the same whatever is read at once and whichever engine reads, and progress reaches its end", async () => {
  // Large enough for the kernel.
  const rows = Array.from(
    { length: 4_000 },
    (_, i) => ` N${i % 7},p,${i}.50,1 ,${i % 9 === 0 ? "$1" : 0}\n`,
  );
  const file = HEADER + rows.join("") + "N,p,9e9,1,0\n";
  const runs: FinishedRun[] = [];
  for (const chunkBytes of [Infinity, 1_009]) {
    let last = 0;
    const onProgress = (
      { bytes_read, bytes_total }: { bytes_read: number; bytes_total: number },
    ) => {
      assert.ok(bytes_read / bytes_total >= last && bytes_read <= bytes_total);
      last = bytes_read / bytes_total;
    };
    runs.push(await runFile(file, { ...CLEANED, chunkBytes, onProgress }));
    assert.equal(last, 1);
  }
  const [whole, cut] = runs;
  assert.equal(whole.result.counts.anomalies, 1);
  assert.equal(whole.artifacts.text("cleaned").split("\n").length, 4_003);
  assert.equal(whole.artifacts.text("cleaned"), cut.artifacts.text("cleaned"));
});

Deno.test("in the spreadsheet's variant its negative numbers stay numbers", async () => {
  const cleaned = new TextEncoder().encode(await cleanedOf("=East,A,(5),1,0\n"));
  const source = async function* () {
    yield await Promise.resolve(cleaned);
  };
  let text = "";
  for await (const bytes of excelVariant(source())) {
    text += new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  }
  assert.equal(text, `\ufeff${HEADER.trim()}\r\n'=East,A,-5,1,0\r\n`);
});
