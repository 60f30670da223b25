import assert from "node:assert/strict";
import { plainDigits, readNumber } from "./decimal.ts";
import { inSmallestDoubles, nearestDouble, nearestSquareRoot } from "./rational.ts";

/** Doubles of any size, with the edges among them. */
function someDoubles(): number[] {
  const view = new DataView(new ArrayBuffer(8));
  let bits = 1n;
  const any = Array.from({ length: 2_000 }, () => {
    bits = BigInt.asUintN(64, bits * 6364136223846793005n + 1442695040888963407n); // Knuth's MMIX
    view.setBigUint64(0, bits >> 1n); // without sign
    return view.getFloat64(0);
  });
  const edges = [0, 1, 2, 4, 5e-324, 1e-323, 2.2250738585072014e-308, Number.MAX_VALUE];
  return [...edges, ...any.filter(Number.isFinite)];
}

Deno.test("a double made exact is nearest to itself, of either sign", () => {
  for (const double of someDoubles()) {
    for (const signed of [double, 0 - double]) {
      assert.equal(nearestDouble({ num: inSmallestDoubles(signed), den: 1n << 1074n }), signed);
    }
  }
});

Deno.test("the nearest square root is the one that IEEE 754 demands of the engine", () => {
  for (const double of someDoubles()) {
    const root = nearestSquareRoot({ num: inSmallestDoubles(double), den: 1n << 1074n });
    assert.equal(root, Math.sqrt(double), String(double));
  }
});

Deno.test("what lies between two doubles goes to the nearer, a tie to the even one", () => {
  const two53 = 2n ** 53n;
  assert.equal(nearestDouble({ num: two53 + 1n, den: 1n }), 2 ** 53);
  assert.equal(nearestDouble({ num: two53 + 3n, den: 1n }), 2 ** 53 + 4);
  assert.equal(nearestDouble({ num: 3n * (two53 + 1n) + 1n, den: 3n }), 2 ** 53 + 2);
  assert.equal(nearestDouble({ num: 1n, den: 2n << 1074n }), 0);
  assert.equal(nearestDouble({ num: 3n, den: 2n << 1074n }), 1e-323);
  assert.equal(nearestDouble({ num: 1n, den: 3n }), 1 / 3);
  assert.equal(nearestDouble({ num: (1n << 1024n) - (1n << 970n), den: 1n }), Infinity);
  assert.equal(
    nearestDouble({ num: (1n << 1024n) - (1n << 970n) - 1n, den: 1n }),
    Number.MAX_VALUE,
  );
});

Deno.test("roots beyond a double and below the least one are rounded too", () => {
  assert.equal(nearestSquareRoot({ num: 10n ** 620n, den: 1n }), Infinity);
  assert.equal(nearestSquareRoot({ num: 10n ** 400n, den: 1n }), 1e200);
  assert.equal(nearestSquareRoot({ num: 1n, den: 1n << 2150n }), 0); // half of the least double: even is 0
  assert.equal(nearestSquareRoot({ num: 9n, den: 1n << 2150n }), 1e-323); // one and a half
  assert.equal(nearestSquareRoot({ num: 1n, den: 1n << 2149n }), 5e-324);
});

Deno.test("a number is what its form says, or the code of its fault", () => {
  const digits = (text: string) => {
    const number = readNumber(text);
    return typeof number === "string" ? number : plainDigits(number.decimal);
  };
  const expected: Record<string, string> = {
    "-0.00": "0",
    "1.50": "1.5",
    "5.": "5",
    ".5e1": "5",
    "+12e-3": "0.012",
    "-1e3": "-1000",
    "1e-400": "0." + "0".repeat(399) + "1",
    "1e309": "non-finite",
    "1e401": "non-finite",
    "0e401": "non-finite",
    "1e0000400": "non-finite",
    "0e0000400": "0",
    "-Infinity": "non-finite",
    ".": "type-error",
    "1e": "type-error",
    "１": "type-error",
    "": "type-error",
  };
  for (const [text, value] of Object.entries(expected)) assert.equal(digits(text), value, text);
  assert.notEqual(readNumber("1." + "0".repeat(399)), "non-finite");
  assert.equal(readNumber("1." + "0".repeat(400)), "non-finite");
  assert.equal(readNumber("0.0" + "1".repeat(401)), "non-finite");
  assert.ok(Object.is((readNumber("-0") as { double: number }).double, -0));
});
