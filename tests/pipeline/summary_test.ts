import assert from "node:assert/strict";
import fc from "fast-check";
import { compareCodePoints, RegionTable } from "../../src/pipeline/aggregate/region_table.ts";
import { rowsOf, runRows } from "../support/pipeline_run.ts";

const encoder = new TextEncoder();

Deno.test("regions are sorted by code point, where UTF-16 would put emoji before some signs", async () => {
  const names = ["z", "Z", "é", "\uFFFD", "😀", "\uE000", "a b", "a"];
  const run = await runRows(names.map((name) => `${name},A,1,1,0\n`).join(""));
  assert.deepEqual(rowsOf(run, "summary").map((row) => row.split(",")[0]), [
    "Z",
    "a",
    "a b",
    "z",
    "é",
    "\uE000",
    "\uFFFD",
    "😀",
  ]);
});

Deno.test("regions are told apart by case and by Unicode form, and trimmed", async () => {
  const run = await runRows("e\u0301,A,1,1,0\né,A,1,1,0\nÉ,A,1,1,0\n\u2003é\uFEFF,A,1,1,0\n");
  assert.deepEqual(rowsOf(run, "summary").map((row) => row.split(",").at(-1)), ["1", "1", "2"]);
});

Deno.test("a region is quoted only if it must be", async () => {
  const run = await runRows(
    '"a,b",A,1,1,0\n"c""d",A,1,1,0\n"e\nf",A,1,1,0\n"g h",A,1,1,0\n=x,A,1,1,0\n',
  );
  assert.deepEqual(rowsOf(run, "summary").join("\n").split("\n"), [
    "=x,1,1,1,0,1",
    '"a,b",1,1,1,0,1',
    '"c""d",1,1,1,0,1',
    '"e',
    'f",1,1,1,0,1',
    "g h,1,1,1,0,1",
  ]);
});

Deno.test("sums are exact decimals, and means the doubles nearest to exact quotients", async () => {
  const run = await runRows("East,A,0.10,1e-3,1\nEast,A,0.10,0.001,1\nEast,A,0.10,2,0\n");
  assert.deepEqual(rowsOf(run, "summary"), [`East,0.3,0.1,2.002,${2 / 3},3`]);
});

Deno.test("the table finds each name again, and is no larger than it may be", () => {
  const name = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 6 }),
    fc.string({ unit: "binary", maxLength: 3 }),
    fc.integer({ min: 0, max: 5_000 }).map((i) => `Region ${i}`),
    fc.constantFrom("a", "b").map((end) => "x".repeat(80) + end),
  );
  fc.assert(
    fc.property(fc.array(name, { maxLength: 100 }), (names) => {
      const table = new RegionTable();
      const counts = new Map<string, number>();
      for (const name of names) {
        const text = encoder.encode(`<${name}>`);
        const region = table.find(text, 1, text.length - 1, 100)!;
        region.rows++;
        const known = name.toWellFormed();
        counts.set(known, (counts.get(known) ?? 0) + 1);
      }
      assert.equal(table.size, counts.size);
      for (const { name, rows } of table.sorted()) assert.equal(rows, counts.get(name));
    }),
    { seed: 9, numRuns: 300 },
  );
});

Deno.test("names that collide, and many more than the table begins with, are still found", () => {
  const table = new RegionTable();
  // The hash looks at the first 64 bytes and the length: these all collide.
  const colliding = Array.from({ length: 50 }, (_, i) => "x".repeat(64) + String(100 + i));
  const many = Array.from({ length: 5_000 }, (_, i) => `r${i}`);
  for (let round = 0; round < 2; round++) {
    for (const name of [...colliding, ...many]) {
      const bytes = encoder.encode(name);
      const region = table.find(bytes, 0, bytes.length, 1e6)!;
      assert.equal(region.name, name);
      region.rows++;
    }
  }
  assert.equal(table.size, 5_050);
  assert.ok(table.sorted().every(({ rows }) => rows === 2));
});

Deno.test("a name that begins like another is another, whatever their hashes", () => {
  for (let prefix = 0; prefix < 20; prefix++) {
    const table = new RegionTable();
    for (const end of ["a", "", "ab", "é"]) {
      for (let i = 0; i < 500; i++) {
        const name = `é${prefix}.${i}${end}`;
        const bytes = encoder.encode(name);
        assert.equal(table.find(bytes, 0, bytes.length, 1e6)?.name, name);
      }
    }
  }
});

Deno.test("one region too many isn't added", () => {
  const table = new RegionTable();
  const find = (name: string) => table.find(encoder.encode(name), 0, name.length, 2)?.name ?? null;
  assert.deepEqual(["a", "b", "c", "a"].map(find), ["a", "b", null, "a"]);
  assert.equal(table.size, 2);
});

Deno.test("the order of code points is a total order that agrees with UTF-8", () => {
  const text = fc.string({ unit: "binary", maxLength: 4 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      const [x, y] = [encoder.encode(a), encoder.encode(b)];
      const at = x.findIndex((byte, i) => byte !== y[i]);
      const bytes = at < 0 ? x.length - y.length : x[at] - (y[at] ?? -1);
      assert.equal(Math.sign(compareCodePoints(a, b)), Math.sign(bytes));
    }),
    { seed: 10, numRuns: 1_000 },
  );
});
