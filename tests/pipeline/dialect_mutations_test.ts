/** Damaged files of every dialect: refused, or read to their end; never anything else. */
import assert from "node:assert/strict";
import { DELIMITERS, type Dialect, ENCODINGS } from "../../src/domain/dialect.ts";
import { InputError } from "../../src/domain/errors.ts";
import { IntakeCheck } from "../../src/pipeline/intake_check.ts";
import { dialectFile } from "../support/dialect_file.ts";
import { runFile } from "../support/pipeline_run.ts";
import { type Random, seeded } from "../support/random.ts";

const RUNS = 400;

const TABLE = [
  ["Region", "Product", "Año", "Revenue", "Quantity", "Discount"],
  ...Array.from({ length: 6 }, (_, i) => ["Köln", `P, ${i}; x`, "", `${i}.5`, "1", "0.1"]),
];

function someFile(random: Random): Uint8Array {
  const file = dialectFile(TABLE, {
    encoding: random.pick(ENCODINGS),
    delimiter: random.pick(DELIMITERS),
    quote: random.pick(['"', "'"]),
    escape: random.pick(["doubled", "backslash"]),
    quotesAll: random.pick([true, false]),
    newline: random.pick(["\n", "\r\n", "\r"]),
    hasMark: false,
    hasSepLine: random.pick([true, false]),
    preamble: random.pick([[], ['Sales; "Q3"']]),
  });
  return mutated(file, random);
}

function mutated(file: Uint8Array, random: Random): Uint8Array {
  const bytes = [...file];
  for (let times = random.whole(0, 6); times > 0; times--) {
    const at = random.whole(0, bytes.length);
    const span = random.whole(1, 30);
    random.pick([
      () => bytes[at] ^= 1 << random.whole(0, 7),
      () => bytes.splice(at, span),
      () => bytes.splice(at, 0, ...bytes.slice(at, at + span)),
      () =>
        bytes.splice(
          at,
          0,
          ..."\"';,\t|\\\n".slice(0, random.whole(1, 8)).split("").map((sign) =>
            sign.charCodeAt(0)
          ),
        ),
      () => bytes.splice(at),
    ])();
  }
  return Uint8Array.from(bytes);
}

function dialectOf(bytes: Uint8Array, chunkBytes: number): Dialect | string {
  const check = new IntakeCheck();
  try {
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      check.push(bytes.slice(at, at + chunkBytes));
    }
    return check.finish();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

Deno.test("what the intake lets in, the pipeline reads, and both at any read size", async () => {
  const random = seeded(20240607);
  let read = 0;
  for (let number = 0; number < RUNS; number++) {
    const bytes = someFile(random);
    const dialect = dialectOf(bytes, Infinity);
    assert.deepEqual(dialectOf(bytes, 1), dialect, `file ${number}`);
    assert.deepEqual(dialectOf(bytes, 13), dialect, `file ${number}`);
    if (typeof dialect === "string") continue;
    read++;
    const run = { input: { bytes: bytes.length, sha256: "00".repeat(32), dialect } };
    const whole = await runFile(bytes, { run });
    const cut = await runFile(bytes, { run, chunkBytes: random.whole(1, 9) });
    assert.deepEqual(cut.result, whole.result, `file ${number}`);
  }
  assert.ok(read > RUNS / 3, `only ${read} of ${RUNS} files were read`);
});
