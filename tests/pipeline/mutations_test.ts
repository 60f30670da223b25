/**
 * Files of the corpus with bytes changed, cut, spliced, repeated and taken out: each is refused with a reason or read to its
 * end, the same at every read size and by every engine; never anything else, and soon.
 *
 * `DATATASKER_TEST_MUTATIONS=100000 deno test --allow-env tests/pipeline/mutations_test.ts` is the long run; one mutation comes
 * back with `DATATASKER_TEST_SEED=… DATATASKER_TEST_CASE=…`.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { InputError } from "../../src/domain/errors.ts";
import { normalize } from "../../src/pipeline/normalize/normalize.ts";
import { corpus } from "../fixtures/corpus.ts";
import type { Fixture } from "../fixtures/fixture.ts";
import { asLiteral } from "../property/file_text.ts";
import { caseNumbers, MUTATIONS, ONLY_CASE, SEED } from "../property/settings.ts";
import { shrunk } from "../property/shrink.ts";
import { readUpload, termsOf } from "../support/front_door.ts";
import { liveBytes } from "../support/live_memory.ts";
import { memorySource } from "../support/memory_artifacts.ts";
import { type Random, seeded } from "../support/random.ts";
import { recordsOf } from "../support/records.ts";

/** The longest that one file of a few kilobytes may take; a thousandth is usual. */
const MS_MAX = 5_000;
/** What may be in use at the end of a run beyond what is after its first quarter. */
const GROWTH_BYTES_MAX = 4 * 1024 * 1024;
const FAILURES_MAX = 3;
const SIGNS = new TextEncoder().encode("\"';,\t|\\\r\n \u00e9\u0000");

type Mutate = (bytes: number[], random: Random, other: Uint8Array) => void;

const MUTATES: readonly Mutate[] = [
  function flipBits(bytes, random) {
    for (let times = random.whole(1, 4); times > 0; times--) {
      bytes[random.whole(0, bytes.length - 1)] ^= 1 << random.whole(0, 7);
    }
  },
  function truncate(bytes, random) {
    bytes.splice(random.whole(0, bytes.length));
  },
  function splice(bytes, random, other) {
    const from = random.whole(0, other.length);
    const piece = other.subarray(from, from + random.whole(1, 400));
    bytes.splice(random.whole(0, bytes.length), random.whole(0, 200), ...piece);
  },
  function repeat(bytes, random) {
    const at = random.whole(0, bytes.length);
    const piece = bytes.slice(at, at + random.whole(1, 60));
    for (let times = random.whole(1, 5); times > 0; times--) bytes.splice(at, 0, ...piece);
  },
  function takeOut(bytes, random) {
    bytes.splice(random.whole(0, bytes.length), random.whole(1, 60));
  },
  function addSigns(bytes, random) {
    const signs = Array.from({ length: random.whole(1, 6) }, () => random.pick([...SIGNS]));
    bytes.splice(random.whole(0, bytes.length), 0, ...signs);
  },
];

interface Mutant {
  number: number;
  /** The file that it was, and what was done to it. */
  origin: string;
  bytes: Uint8Array;
  options: Record<string, string>;
}

function mutant(files: readonly Fixture[], number: number): Mutant {
  const random = seeded(SEED + number * 7919);
  const { name, bytes, expected } = random.pick(files);
  const mutated = [...bytes];
  const done: string[] = [];
  for (let times = random.whole(1, 4); times > 0; times--) {
    const mutate = random.pick(MUTATES);
    done.push(mutate.name);
    mutate(mutated, random, random.pick(files).bytes);
  }
  const options = random.pick([true, false]) ? expected.options : {};
  return {
    number,
    origin: `${name}: ${done.join(", ")}`,
    bytes: Uint8Array.from(mutated),
    options,
  };
}

/** Of a compressed file with two faults the one that is met first is told, which is a matter of how it arrives. */
const DAMAGED = '[{"code":"bad-compression"';

/** What comes of an upload, as text to be compared. */
async function outcome({ bytes, options }: Mutant, chunkBytes: number): Promise<string> {
  const answer = await readUpload(bytes, termsOf(options), chunkBytes);
  if ("refused" in answer) {
    assert.ok(
      answer.refused.length > 0 && answer.refused.every(({ detail }) => detail.length > 10),
    );
    return JSON.stringify(answer.refused);
  }
  const { dialect, run: { error, result, artifacts } } = answer;
  const { rows_total, rows_accepted, rows_rejected } = result.counts;
  assert.equal(rows_accepted + rows_rejected, rows_total);
  assert.equal(rows_accepted === 0, error !== null);
  const texts = artifacts.opened.filter((kind) => kind !== "report").map((kind) =>
    artifacts.text(kind)
  );
  return JSON.stringify([dialect, error, result.counts, texts]);
}

/** Whether normalize writes it: plain, or refuses it. */
async function isNormalized({ bytes }: Mutant): Promise<boolean> {
  try {
    const { bytes: chunks, findings } = normalize(memorySource(bytes).open());
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk.slice());
    const records = recordsOf(Buffer.concat(parts));
    assert.ok(records.every(Array.isArray), "what normalize wrote isn't plain");
    assert.equal(records.length, findings().records);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

type Fate = "read" | "failed" | "refused";

/** @throws whatever is wrong with it */
async function fateOf(one: Mutant): Promise<Fate> {
  const whole = await outcome(one, Infinity);
  const pieces = seeded(one.number).whole(1, 40);
  const inPieces = await outcome(one, pieces);
  const isDamaged = [inPieces, whole].some((text) => text.startsWith(DAMAGED)) &&
    [inPieces, whole].every((text) => text.startsWith('[{"code":'));
  if (!isDamaged) assert.equal(inPieces, whole, `in chunks of ${pieces} bytes`);
  await isNormalized(one);
  const answer = JSON.parse(whole);
  if (answer.length !== 4 || answer[0].code !== undefined) return "refused";
  return answer[1] === null ? "read" : "failed";
}

/** What is wrong with a mutant; null if nothing is. */
async function faultOf(one: Mutant): Promise<string | null> {
  const begun = performance.now();
  try {
    await fateOf(one);
  } catch (error) {
    return String((error as Error).stack).slice(0, 1_500);
  }
  const ms = performance.now() - begun;
  return ms > MS_MAX ? `it took ${Math.round(ms)} ms` : null;
}

async function account(one: Mutant, fault: string): Promise<string> {
  const small = await shrunk(
    one.bytes,
    async (bytes) => await faultOf({ ...one, bytes }) !== null,
  );
  return [
    `DATATASKER_TEST_SEED=${SEED} DATATASKER_TEST_CASE=${one.number} (${one.origin})`,
    `options ${JSON.stringify(one.options)}`,
    fault,
    `shrunk to ${asLiteral(small)}`,
  ].join("\n");
}

Deno.test("whatever is done to the bytes of a file, it is read or refused, soon and with flat memory", async () => {
  const files = corpus().filter(({ bytes }) => bytes.length > 0);
  const numbers = caseNumbers(MUTATIONS);
  const fates: Record<Fate, number> = { read: 0, failed: 0, refused: 0 };
  const wrong: string[] = [];
  let liveAfterQuarter = 0;
  let peak = 0;
  let slowest = { ms: 0, origin: "" };
  for (const [i, number] of numbers.entries()) {
    const one = mutant(files, number);
    const begun = performance.now();
    try {
      fates[await fateOf(one)]++;
    } catch (error) {
      wrong.push(await account(one, String((error as Error).stack).slice(0, 1_500)));
    }
    const ms = performance.now() - begun;
    if (ms > MS_MAX) wrong.push(await account(one, `it took ${Math.round(ms)} ms`));
    if (ms > slowest.ms) slowest = { ms, origin: `${number}, ${one.origin}` };
    if (i + 1 === Math.ceil(numbers.length / 4)) liveAfterQuarter = await liveBytes();
    peak = Math.max(peak, Deno.memoryUsage().rss);
    if (wrong.length === FAILURES_MAX) break;
  }
  const live = await liveBytes();
  const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  console.log(
    `seed ${SEED}: ${numbers.length} mutations: ${JSON.stringify(fates)}; slowest ` +
      `${Math.round(slowest.ms)} ms (${slowest.origin}); in use after a quarter ` +
      `${mebibytes(liveAfterQuarter)}, at the end ${mebibytes(live)}; peak of the process ${
        mebibytes(peak)
      }`,
  );
  assert.ok(wrong.length === 0, wrong.join("\n\n"));
  if (ONLY_CASE !== null) return;
  assert.ok(live - liveAfterQuarter < GROWTH_BYTES_MAX, "memory grows");
  for (const [fate, count] of Object.entries(fates)) {
    assert.ok(count > numbers.length / 100, `${fate}: only ${count}`);
  }
});
