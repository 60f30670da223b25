import assert from "node:assert/strict";
import fc from "fast-check";
import { ARTIFACT_KINDS } from "../../src/domain/artifact.ts";
import { runFile } from "../support/pipeline_run.ts";

const encoder = new TextEncoder();

/** Rows of every kind there is. */
const ROWS = [
  "East,A,10,2,0.1\n",
  "West ,B,0.30000000000000004,3,1e-2\r\n",
  '"No\nrth","a ""b""",-5,1,0\n',
  "South,é,900,1,0.5\r",
  "\n",
  " \u3000\t\r\n",
  "total,,,,\n",
  "region,product,revenue,quantity,discount\n",
  "East,A,abc,NA,\n",
  "East,A,1,0,0\n",
  "East,A,1e300,1e-300,0\n",
  "East,A,1\n",
  "East,A,1,1,0,0\n",
  'East,"A"x,1,1,0\n',
  '"East,A,1,1,0\n',
  `East,${"long".repeat(20)},1,1,0\n`,
].map((row) => [...encoder.encode(row)]).concat([[0x45, 0xff, 0x2c, 0xe2, 0x82, 0x0a]]);

Deno.test("every chunk size down to one byte gives the same bytes, and the same outcome", async () => {
  const file = fc.tuple(fc.boolean(), fc.array(fc.constantFrom(...ROWS), { maxLength: 40 })).map(
    ([hasMark, rows]) =>
      Uint8Array.from([
        ...encoder.encode(hasMark ? "\uFEFF\n" : ""),
        ...encoder.encode("region,product,revenue,quantity,discount\n"),
        ...rows.flat(),
      ]),
  );
  const limits = {
    recordBytesMax: 60,
    recordLinesMax: 3,
    cellBytesMax: 40,
    blockBytes: 64,
    badRatioRowsMin: 8,
    rawBytesMax: 24,
    regionsMax: 3,
  };
  const options = fc.record({
    max_bad_rows: fc.constantFrom(null, 5),
    max_bad_ratio: fc.constantFrom(null, 0.6),
  });
  await fc.assert(
    fc.asyncProperty(file, options, fc.boolean(), async (bytes, options, isTiny) => {
      const settings = { options, limits: isTiny ? limits : undefined };
      const whole = await runFile(bytes, settings);
      for (const chunkBytes of [1, 2, 5, 64]) {
        const cut = await runFile(bytes, { ...settings, chunkBytes });
        assert.deepEqual(cut.error, whole.error);
        assert.deepEqual(cut.result, whole.result);
        for (const kind of ARTIFACT_KINDS) {
          assert.deepEqual(cut.artifacts.bytes(kind), whole.artifacts.bytes(kind), kind);
        }
      }
    }),
    { seed: 11, numRuns: 150 },
  );
});

Deno.test("a chunk larger than what is read at once is the same as many", async () => {
  const rows = "East,A,10,2,0.1\nWest,B,oops,1,0\n".repeat(50_000);
  const file = `region,product,revenue,quantity,discount\n${rows}`;
  const whole = await runFile(file);
  const cut = await runFile(file, { chunkBytes: 100_003 });
  assert.deepEqual(cut.result, whole.result);
  assert.equal(whole.result.counts.rows_rejected, 50_000);
});
