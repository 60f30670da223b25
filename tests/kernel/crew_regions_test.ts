/** Regions that threads deal out among each other: what each has of the others', and ranges of the summary. */
import assert from "node:assert/strict";
import { nameOrder } from "../../src/pipeline/kernel/name_order.ts";
import { type Random, seeded } from "../support/random.ts";
import { agree } from "./crews.ts";

function rows(count: number, row: (random: Random, index: number) => string): string[] {
  const random = seeded(5);
  return Array.from({ length: count }, (_, index) => row(random, index));
}

Deno.test("regions that all threads have met come together, whatever their names have in common", async () => {
  const kinds: Record<string, (n: number) => string> = {
    short: (n) => `${n}`,
    "of sixteen bytes": (n) => `region ${String(n).padStart(9, "0")}`,
    "alike for long": (n) => `a region of this country with the number ${n}`,
    "alike but one": (n) => n === 7 ? "Z" : n === 8 ? "prefix" : `prefix of names ${n}`,
    mixed: (n) => ["Ärger", "A", "北区 und mehr", "\u{1f600}", "a\u0000", ""][n % 6] + n,
  };
  for (const [kind, name] of Object.entries(kinds)) {
    const made = rows(20_000, (random) => {
      return `${name(random.whole(0, 5_000))},p,${random.whole(0, 99_999) / 100},2,0.5`;
    });
    const { counts } = await agree(made);
    assert.ok(counts.regions > 4_800, `${kind}: ${counts.regions}`);
  }
});

Deno.test("sums beyond 64 bits go with their regions", async () => {
  const { counts } = await agree(rows(6_000, (random) => {
    const revenue = random.pick(["9007199254740992", "0.00000000000001", "1e300", "-3"]);
    return `region ${random.whole(0, 500)},p,${revenue},1,0.5`;
  }));
  assert.equal(counts.regions, 501);
});

Deno.test("there may be as many regions over all threads as with one, and no more", async () => {
  const made = rows(6_000, (_, index) => `R${index % 3_000},p,1,1,0`);
  const { counts, error } = await agree(made, { limits: { regionsMax: 3_000 } });
  assert.deepEqual([counts.regions, error], [3_000, null]);
  const tooMany = await agree(made, { limits: { regionsMax: 2_999 } });
  assert.equal(tooMany.error.code, "too-many-regions");
});

Deno.test("what is rejected behind one region too many is in no artifact, even if only all threads together have so many", async () => {
  const made = [
    ...rows(12_000, (_, index) => `R${Math.floor(index / 60)},p,1,1,0`),
    ...rows(8_000, () => `R0,${"w".repeat(100)},bad,1,0`), // more than is kept before it is written
  ];
  const { counts, error } = await agree(made, { limits: { regionsMax: 150 } });
  assert.equal(error.code, "too-many-regions");
  assert.equal(counts.rows_rejected, 0);
});

Deno.test("an order cuts its sample into ranges of as many names, behind what they have in common", () => {
  const sample = Array.from({ length: 64 }, (_, i) => {
    return new TextEncoder().encode(`the region ${String(i).padStart(2, "0")}`);
  });
  const { prefix, bounds } = nameOrder(sample.toReversed(), 4);
  assert.equal(new TextDecoder().decode(prefix), "the region ");
  const texts = [...bounds].map((bound) =>
    String.fromCharCode(Number(bound >> 56n), Number(bound >> 48n & 255n))
  );
  assert.deepEqual(texts, ["16", "32", "48"]);
  assert.deepEqual(nameOrder([], 4), { prefix: new Uint8Array(), bounds: new BigUint64Array() });
});
