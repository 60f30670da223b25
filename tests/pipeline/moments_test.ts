import assert from "node:assert/strict";
import fc from "fast-check";
import { Moments } from "../../src/pipeline/exact/moments.ts";
import { nearestQuotient, nearestRoot } from "../../src/pipeline/exact/rational.ts";
import { add, exactly, multiply, type Rational } from "../support/exact.ts";

function momentsOf(values: Iterable<number>): Moments {
  const moments = new Moments();
  for (const value of values) moments.add(value);
  return moments;
}

/** Mean and sd by rational arithmetic, one value at a time. */
function twin(values: readonly number[]): { mean: number; sd: number } {
  const zero: Rational = { numerator: 0n, denominator: 1n };
  const n = { numerator: BigInt(values.length), denominator: 1n };
  let sum = zero;
  let squares = zero;
  for (const value of values) {
    const x = exactly(value);
    sum = add(sum, x);
    squares = add(squares, multiply(x, x));
  }
  const minus = { numerator: -1n, denominator: 1n };
  const spread = add(multiply(n, squares), multiply(minus, multiply(sum, sum)));
  return {
    mean: nearestQuotient(sum.numerator, sum.denominator * n.numerator),
    sd: nearestRoot(
      spread.numerator,
      spread.denominator * n.numerator * (n.numerator - 1n),
    ),
  };
}

const double = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: 0, max: 1e6, noNaN: true }),
  fc.integer().map((cents) => cents / 100),
  fc.constantFrom(5e-324, -5e-324, 2.2250738585072014e-308, Number.MAX_VALUE, 0, -0, 1, 3, 0.1),
);

Deno.test("mean and sd are those of exact arithmetic", () => {
  fc.assert(
    fc.property(fc.array(double, { minLength: 2, maxLength: 8 }), (values) => {
      const moments = momentsOf(values);
      const { mean, sd } = twin(values);
      assert.equal(moments.mean(), mean);
      assert.equal(moments.sd(), sd);
    }),
    { seed: 6, numRuns: 1_000 },
  );
});

Deno.test("the order of the values doesn't matter, however they cancel", () => {
  const values = [1e300, 1, -1e300, 1e-300, 3, 1e16, -1e16];
  const moments = momentsOf(values);
  assert.equal(moments.mean(), momentsOf(values.toReversed()).mean());
  assert.equal(moments.mean(), 4 / 7);
  assert.equal(moments.sd(), momentsOf(values.toSorted()).sd());
});

Deno.test("equal values have a spread of exactly zero", () => {
  const moments = momentsOf(Array(1_000).fill(0.1));
  assert.equal(moments.mean(), 0.1);
  assert.equal(moments.sd(), 0);
});

Deno.test("sums stay exact over many flushes, with the largest mantissas", () => {
  // Two neighbours, far from 0: the spread is what is left when nearly all of the squares cancels.
  const [a, b] = [2 - 2 ** -52, 2 - 2 ** -51];
  const moments = new Moments();
  const pairs = 70_000;
  for (let i = 0; i < pairs; i++) {
    moments.add(a);
    moments.add(b);
  }
  // Each value is half a step away from the mean; the step is 2^-52.
  const n = 2n * BigInt(pairs);
  assert.equal(moments.mean(), nearestQuotient((1n << 54n) - 3n, 1n << 53n));
  assert.equal(moments.sd(), nearestRoot(n, (n - 1n) << 106n));
});

Deno.test("asking in between changes nothing", () => {
  const moments = momentsOf([1, 2]);
  assert.equal(moments.mean(), 1.5);
  moments.add(6);
  assert.equal(moments.mean(), 3);
  assert.equal(moments.sd(), Math.sqrt(7));
});

Deno.test("what doesn't exist is null, what is beyond a double is infinite", () => {
  assert.equal(momentsOf([]).mean(), null);
  assert.equal(momentsOf([]).sd(), null);
  assert.equal(momentsOf([7]).mean(), 7);
  assert.equal(momentsOf([7]).sd(), null);
  assert.equal(momentsOf([Number.MAX_VALUE, -Number.MAX_VALUE]).sd(), Infinity);
});
