import assert from "node:assert/strict";
import fc from "fast-check";
import { nearestQuotient, nearestRoot } from "../../src/pipeline/exact/rational.ts";
import { compare, exactly, isEven, midpoint, neighbours, type Rational } from "../support/exact.ts";

/** Whether no double is nearer to a value than this one, given how the value compares to any rational. */
function assertNearest(double: number, compareTo: (boundary: Rational) => number): void {
  assert.ok(Number.isFinite(double), `${double}`);
  const [down, up] = neighbours(double);
  const below = compareTo(midpoint(down, double));
  const above = compareTo(midpoint(double, up));
  assert.ok(below > 0 || (below === 0 && isEven(double)), `${double} is too large`);
  assert.ok(above < 0 || (above === 0 && isEven(double)), `${double} is too small`);
}

const big = (bits: number) => fc.bigInt({ min: 1n, max: (1n << BigInt(bits)) - 1n });

Deno.test("a quotient of integers becomes the nearest double", () => {
  fc.assert(
    fc.property(
      fc.oneof(big(10), big(60), big(300)),
      fc.oneof(big(10), big(60), big(300)),
      fc.integer({ min: -700, max: 700 }),
      fc.boolean(),
      (n, d, shift, negative) => {
        const numerator = (negative ? -n : n) << BigInt(Math.max(0, shift));
        const denominator = d << BigInt(Math.max(0, -shift));
        assertNearest(
          nearestQuotient(numerator, denominator),
          (boundary) => compare({ numerator, denominator }, boundary),
        );
      },
    ),
    { seed: 3, numRuns: 1_000 },
  );
});

Deno.test("every double is the nearest to itself, subnormals too", () => {
  const double = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(double, (x) => {
      const { numerator, denominator } = exactly(x);
      assert.equal(nearestQuotient(numerator, denominator), x + 0);
    }),
    { seed: 4, numRuns: 1_000 },
  );
});

Deno.test("ties go to the even neighbour, and a trace beyond a tie goes up", () => {
  const one = 1n << 53n;
  assert.equal(nearestQuotient(one + 1n, 1n), 2 ** 53);
  assert.equal(nearestQuotient(one + 3n, 1n), 2 ** 53 + 4);
  assert.equal(nearestQuotient(((one + 1n) << 900n) + 1n, 1n << 900n), 2 ** 53 + 2);
  assert.equal(nearestQuotient(1n, 1n << 1075n), 0);
  assert.ok(Object.is(nearestQuotient(-1n, 1n << 1075n), 0), "zero has no sign");
  assert.equal(nearestQuotient(3n, 1n << 1075n), 2 * Number.MIN_VALUE);
  assert.equal(nearestQuotient(3n, 1n << 1076n), Number.MIN_VALUE);
});

Deno.test("what rounds beyond all doubles is an infinity", () => {
  const limit = (1n << 1024n) - (1n << 970n);
  assert.equal(nearestQuotient(limit, 1n), Infinity);
  assert.equal(nearestQuotient(limit - 1n, 1n), Number.MAX_VALUE);
  assert.equal(nearestQuotient(-limit, 1n), -Infinity);
  assert.equal(nearestRoot(limit * limit, 1n), Infinity);
  assert.equal(nearestRoot(limit * limit - 1n, 1n), Number.MAX_VALUE);
});

Deno.test("the root of a quotient becomes the nearest double", () => {
  fc.assert(
    fc.property(
      fc.oneof(big(10), big(60), big(300)),
      fc.oneof(big(10), big(60), big(300)),
      fc.integer({ min: -1400, max: 1400 }),
      (n, d, shift) => {
        const numerator = n << BigInt(Math.max(0, shift));
        const denominator = d << BigInt(Math.max(0, -shift));
        assertNearest(nearestRoot(numerator, denominator), (boundary) => {
          if (boundary.numerator < 0n) return 1;
          const squared = {
            numerator: boundary.numerator ** 2n,
            denominator: boundary.denominator ** 2n,
          };
          return compare({ numerator, denominator }, squared);
        });
      },
    ),
    { seed: 5, numRuns: 1_000 },
  );
});

Deno.test("roots of squares are exact", () => {
  assert.equal(nearestRoot(0n, 7n), 0);
  assert.equal(nearestRoot(9n, 4n), 1.5);
  assert.equal(nearestRoot(2n, 1n), Math.SQRT2);
  assert.equal(nearestRoot(1n, 1n << 2148n), Number.MIN_VALUE);
});

Deno.test("a root on a tie goes to the even neighbour, and with a trace beyond it up", () => {
  const tie = (1n << 53n) + 1n;
  assert.equal(nearestRoot(tie * tie, 1n), 2 ** 53);
  assert.equal(nearestRoot(((tie * tie) << 300n) + 1n, 1n << 300n), 2 ** 53 + 2);
});

Deno.test("a denominator that isn't positive is refused", () => {
  assert.throws(() => nearestQuotient(1n, 0n), RangeError);
  assert.throws(() => nearestRoot(1n, -1n), RangeError);
  assert.throws(() => nearestRoot(-1n, 1n), RangeError);
});
