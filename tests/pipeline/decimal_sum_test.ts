import assert from "node:assert/strict";
import fc from "fast-check";
import { DecimalSum } from "../../src/pipeline/number/decimal_sum.ts";
import { NumberCell } from "../../src/pipeline/number/number.ts";
import { nearestQuotient } from "../../src/pipeline/exact/rational.ts";
import { add, compare, decimal, type Rational } from "../support/exact.ts";

const encoder = new TextEncoder();

function sumOf(literals: readonly string[]): DecimalSum {
  const sum = new DecimalSum();
  const cell = new NumberCell();
  for (const literal of literals) {
    const bytes = encoder.encode(literal);
    cell.read(bytes, 0, bytes.length);
    assert.equal(cell.fault, null, literal);
    sum.add(cell);
  }
  return sum;
}

function twin(literals: readonly string[]): Rational {
  return literals.map(decimal).reduce(add, { numerator: 0n, denominator: 1n });
}

function assertSums(literals: readonly string[]): void {
  const expected = twin(literals);
  const sum = sumOf(literals);
  const rows = literals.length;
  const mean = nearestQuotient(expected.numerator, expected.denominator * BigInt(rows));
  assert.equal(sum.mean(rows), mean);
  const text = sum.toString();
  assert.match(text, /^(0|-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?)$/, "plain digits");
  assert.equal(compare(decimal(text), expected), 0, text.slice(0, 100));
  assert.equal(sum.mean(rows), mean, "asking changes nothing");
}

Deno.test("three times 0.10 is 0.3", () => {
  assert.equal(sumOf(["0.10", "0.10", "0.10"]).toString(), "0.3");
  assert.equal(sumOf(["0.10", "0.10", "0.10"]).mean(3), 0.1);
});

Deno.test("sums are in plain digits, without trailing zeros, and zero has no sign", () => {
  assert.equal(sumOf(["1e3", "2.50"]).toString(), "1002.5");
  assert.equal(sumOf(["1.5", "-1.50"]).toString(), "0");
  assert.equal(sumOf(["-0", "-0.0"]).toString(), "0");
  assert.ok(Object.is(sumOf(["-0"]).mean(1), 0));
  assert.equal(sumOf(["-0.05"]).toString(), "-0.05");
  assert.equal(sumOf(["1e21"]).toString(), "1000000000000000000000");
  assert.equal(sumOf(["1e-30"]).toString(), "0.000000000000000000000000000001");
});

Deno.test("sums go on beyond the safe integers", () => {
  assertSums(Array(5).fill("9007199254740991"));
  assertSums(["9007199254740989", "9007199254740988"]);
  assertSums(Array(5).fill("-90071992547409.91"));
  assertSums(["9007199254740991", "0.0001", "-9007199254740991"]);
  assertSums(["1e308", "1e-400", "-1e308"]);
  assertSums(["1e308", "1e308"]);
  assertSums(["0.1234567890123456789", "1", "0.30000000000000004"]);
});

Deno.test("sums are exact whatever is added in whatever order", () => {
  const literal = fc.oneof(
    fc.integer({ min: -1_000_000, max: 1_000_000 }).map((cents) => (cents / 100).toFixed(2)),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.tuple(fc.stringMatching(/^-?[0-9]{1,30}\.[0-9]{0,30}$/), fc.integer({ min: -400, max: 250 }))
      .map(([digits, exponent]) => `${digits}e${exponent}`),
    fc.tuple(fc.constantFrom("", "-"), fc.integer({ min: 0, max: 5_000 }), fc.nat())
      .map(([sign, zeros, digits]) => `${sign}0.${"0".repeat(zeros)}${digits}`),
  );
  fc.assert(fc.property(fc.array(literal, { minLength: 1, maxLength: 12 }), assertSums), {
    seed: 8,
    numRuns: 500,
  });
});

Deno.test("deep decimals carry and borrow across limbs", () => {
  const deep = (zeros: number, digits: string) => `0.${"0".repeat(zeros)}${digits}`;
  assertSums([deep(3_000, "1"), `-${deep(3_000, "2")}`]);
  assertSums(["1", `-${deep(5_000, "1")}`]);
  assertSums(["-1", deep(5_000, "1")]);
  assertSums(Array(30).fill(deep(2_199, "9")));
  assertSums([deep(4_000, "7"), `-${deep(4_000, "7")}`]);
  assertSums([deep(1_099, "5"), deep(1_100, "5"), deep(1_101, "5")]);
});

Deno.test("a trace far below decides a tie of the mean", () => {
  const tie = "1.00000000000000011102230246251565404236316680908203125";
  assert.equal(sumOf([tie]).mean(1), 1);
  assert.equal(sumOf([tie, `0.${"0".repeat(9_000)}1`]).mean(1), 1 + Number.EPSILON);
  assert.equal(sumOf([tie, `-0.${"0".repeat(9_000)}1`]).mean(1), 1);
  const tieAbove = "1.00000000000000033306690738754696212708950042724609375";
  assert.equal(sumOf([tieAbove, `-0.${"0".repeat(9_000)}1`]).mean(1), 1 + Number.EPSILON);
});

Deno.test("one cell of 260,000 decimals doesn't slow the ordinary rows down", () => {
  const sum = sumOf([`0.${"0".repeat(260_000)}1`]);
  const cell = new NumberCell();
  const bytes = encoder.encode("0.30000000000000004");
  cell.read(bytes, 0, bytes.length);
  // An integer aligned to 260,000 decimals would need minutes for this.
  for (let i = 0; i < 50_000; i++) sum.add(cell);
  assert.equal(sum.toString(), `15000.000000000002${"0".repeat(260_000 - 12)}1`);
});
