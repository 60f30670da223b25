import assert from "node:assert/strict";
import { excelVariant } from "../../src/pipeline/artifacts/excel.ts";
import { memorySource } from "../support/memory_artifacts.ts";
import { runRows } from "../support/pipeline_run.ts";

async function excel(csv: string, chunkBytes = Infinity): Promise<string> {
  const bytes = new TextEncoder().encode(csv);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  for await (const chunk of excelVariant(memorySource(bytes, chunkBytes).open())) {
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

Deno.test("the variant begins with a byte order mark and ends its lines with CRLF", async () => {
  assert.equal(await excel("a,b\n1,é\n"), "\uFEFFa,b\r\n1,é\r\n");
  assert.equal(await excel(""), "\uFEFF");
});

Deno.test("text that looks like a formula gets an apostrophe, in the header too", async () => {
  assert.equal(
    await excel('=a,b\n+x,-y\n@z,"=1,2"\n"\tt","\rc"\n-,-inf\n=,+1-2\n'),
    "\uFEFF'=a,b\r\n'+x,'-y\r\n'@z,\"'=1,2\"\r\n'\tt,\"'\rc\"\r\n'-,'-inf\r\n'=,'+1-2\r\n",
  );
});

Deno.test("numbers stay numbers, and other text stays as it is", async () => {
  const cells = "-5,+5,-0.5,-.5,+1e3,-1e999,a=b, =c,'d,\n";
  assert.equal(await excel(cells), `\uFEFF${cells.replace("\n", "\r\n")}`);
});

Deno.test("line ends inside cells stay as they are", async () => {
  assert.equal(await excel('a,"b\nc\r\nd"\n'), '\uFEFFa,"b\nc\r\nd"\r\n');
});

Deno.test("chunks of any size give the same bytes, for each artifact of a run", async () => {
  const run = await runRows(
    "=R,A,1,1,0\n".repeat(9) +
      '=R,"@A\n,""x",90,1,-0\n-1,"a\tb"x,?\n+S,-,?,1,0\n\u3000=é,A,1,1,0\n',
  );
  for (const kind of ["summary", "anomalies", "rejects"] as const) {
    const csv = run.artifacts.text(kind);
    const whole = await excel(csv);
    for (const chunkBytes of [1, 2, 3, 16]) assert.equal(await excel(csv, chunkBytes), whole, kind);
    assert.match(whole, /'=|'\+/);
  }
});

Deno.test("an artifact larger than its buffers comes in several chunks", async () => {
  const csv = "name,note\n" + `a,${"=".repeat(300_000)}\n`.repeat(10);
  const bytes = new TextEncoder().encode(csv);
  let chunks = 0;
  let length = 0;
  for await (const chunk of excelVariant(memorySource(bytes, 65_536).open())) {
    chunks++;
    length += chunk.length;
  }
  assert.ok(chunks > 5, `${chunks}`);
  assert.equal(length, 3 + bytes.length + 11 + 10);
});

Deno.test("bytes that no artifact has are refused", async () => {
  await assert.rejects(excel('a\n"b\n'), TypeError);
});

Deno.test("nothing is given before the first bytes of the artifact are there", async () => {
  // deno-lint-ignore require-yield -- a file that is damaged from its beginning
  async function* damaged(): AsyncGenerator<Uint8Array> {
    throw new RangeError("damaged");
  }
  await assert.rejects(excelVariant(damaged()).next(), RangeError);
});
