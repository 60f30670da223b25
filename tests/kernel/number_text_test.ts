/** The kernel's text of doubles, against that of JavaScript: over all exponents, at the borders of each, and of quotients as files have them. */
import assert from "node:assert/strict";
import { Kernel } from "../../src/pipeline/kernel/kernel.ts";
import { seeded } from "../support/random.ts";

const HEAD_BYTES = 24;
const BATCH = 20_000;
const EXPONENTS = 2_047;

Deno.test("the kernel writes doubles as JavaScript does", () => {
  const random = seeded(5);
  const bits = new BigUint64Array(1);
  const double = new Float64Array(bits.buffer);
  const values: number[] = [0, 1e21, 1e-6, 1e-7, 123456789012345680000, 100, 9007199254740993];
  for (let exponent = 0; exponent < EXPONENTS; exponent++) {
    const fraction = BigInt(random.whole(0, 2 ** 48)) * 16n + 1n;
    for (const low of [0n, 1n, (1n << 52n) - 1n, fraction]) {
      bits[0] = BigInt(exponent) << 52n | low;
      values.push(double[0]);
    }
  }
  while (values.length < 5 * BATCH) {
    values.push(random.whole(-1_000_000, 1_000_000) / 100 / random.whole(1, 100));
  }
  const kernel = Kernel.acquire();
  assert.ok(kernel !== null);
  try {
    kernel.prepare({
      columns: 5,
      schemaColumns: [0, 1, 2, 3, 4],
      bytesMax: 1,
      linesMax: 1,
    });
    for (let from = 0; from < values.length; from += BATCH) {
      const batch = values.slice(from, from + BATCH);
      assert.equal(written(kernel, batch), batch.map(expected).join(""));
    }
  } finally {
    kernel.release();
  }
});

/** The rows of anomalies whose records are empty: mean 0 and sd 1 leave each value as it is. */
function written(kernel: Kernel, values: readonly number[]): string {
  const kept = new Uint8Array(values.length * HEAD_BYTES);
  const view = new DataView(kept.buffer);
  values.forEach((value, i) => {
    view.setFloat64(i * HEAD_BYTES, value, true);
    view.setUint32(i * HEAD_BYTES + 8, i, true);
    view.setUint32(i * HEAD_BYTES + 16, 1, true);
  });
  kernel.putCandidates(kept);
  const statistics = { n: 2, mean: 0, sd: 1, k: 2, threshold: -Infinity };
  assert.equal(kernel.writeAnomalies(0, kept.length, statistics, 0), kept.length);
  return new TextDecoder().decode(kernel.written);
}

function expected(value: number, index: number): string {
  return `,${value},true,${value},${index + 1}\n`;
}
