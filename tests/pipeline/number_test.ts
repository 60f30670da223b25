import assert from "node:assert/strict";
import fc from "fast-check";
import { isNumber, NumberCell } from "../../src/pipeline/number/number.ts";
import { nearestQuotient } from "../../src/pipeline/exact/rational.ts";
import { compare, decimal } from "../support/exact.ts";

const encoder = new TextEncoder();

function read(text: string): NumberCell {
  // Bytes around the cell, which must not be looked at.
  const bytes = encoder.encode(`9${text}9`);
  const cell = new NumberCell();
  cell.read(bytes, 1, bytes.length - 1);
  return cell;
}

function faultOf(text: string): string | null {
  return read(text).fault;
}

/** The exact number that was read, as a rational. */
function exact({ wide, units, scale }: NumberCell) {
  const numerator = wide ?? BigInt(units);
  return scale >= 0
    ? { numerator, denominator: 10n ** BigInt(scale) }
    : { numerator: numerator * 10n ** BigInt(-scale), denominator: 1n };
}

function assertReads(text: string): void {
  const cell = read(text);
  const { numerator, denominator } = decimal(text);
  assert.equal(cell.fault, null, text);
  assert.equal(compare(exact(cell), { numerator, denominator }), 0, text);
  assert.equal(cell.value + 0, nearestQuotient(numerator, denominator), text);
}

Deno.test("an empty cell and the words for nothing are missing, in any case", () => {
  for (const word of ["", "NA", "n/a", "#N/A", "Null", "none", "NaN", "-"]) {
    assert.equal(faultOf(word), "required-value", word);
  }
});

Deno.test("numbers are written in ASCII with a point, with or without sign and exponent", () => {
  for (
    const text of [
      ..."0 7 007 -7 +7 1.5 1. .5 -.5 0.10 1e3 1E3 1e+3 1e-3 1.e2 .5e1 -0 -0.0 0e5 1e-400"
        .split(" "),
      "9007199254740991",
      "9007199254740992",
      "-9007199254740993",
      "0.30000000000000004",
      "1234567890123456789012345678901234567890",
      "179769313486231580793728971405301e276",
    ]
  ) assertReads(text);
});

Deno.test("all else is a type-error", () => {
  for (
    const text of [
      ".",
      "+",
      "+-1",
      "--1",
      "1.2.3",
      "1,5",
      "e5",
      "1e",
      "1e+",
      "1e5.0",
      "0x10",
      "1_000",
      "١",
      "５",
      "1e5x",
      "abc",
      "-nan",
      "infinit",
      "∞",
      "--",
      "n.a.",
    ]
  ) assert.equal(faultOf(text), "type-error", text);
});

Deno.test("infinities, overflows and exponents out of range are non-finite", () => {
  for (
    const text of [
      "inf",
      "-INF",
      "+Infinity",
      "1e309",
      "-1e309",
      "1e401",
      "1e-401",
      "0e401",
      "1e99999999999999999999",
      "1e-99999999999999999999",
    ]
  ) assert.equal(faultOf(text), "non-finite", text);
  assert.equal(faultOf("1e-400"), null);
  assert.equal(read("1e-400").value, 0);
  assert.equal(faultOf("1e-000400"), null);
});

Deno.test("a number has at most 400 digits, counted from the first that isn't zero", () => {
  const digits = "123456789".repeat(45);
  const nines = digits.slice(0, 400);
  assertReads(`.${nines}`);
  assertReads(`000.000${nines}`);
  assertReads(`-1.${digits.slice(0, 399)}`);
  assert.equal(faultOf(`0.0${digits.slice(0, 401)}`), "non-finite");
  assert.equal(faultOf(`1.${digits.slice(0, 400)}`), "non-finite");
  assertReads(`1${"0".repeat(300)}.${"0".repeat(99)}`);
  assert.equal(faultOf(`1${"0".repeat(300)}.${"0".repeat(100)}`), "non-finite", "zeros count");
  assertReads("0".repeat(1_000));
  assertReads(`-0.${"0".repeat(1_000)}`);
});

Deno.test("a cell of 260,000 zeros is read in no time", () => {
  const zeros = "0".repeat(260_000);
  assert.equal(read(`${zeros}12345678901234567890`).value, 12345678901234567890);
  assert.equal(read(`0.${zeros}1`).value, 0);
  assert.equal(read(`0.${zeros}1`).scale, 260_001);
  assert.equal(read(`0.${zeros}1e400`).fault, null);
  assert.equal(faultOf(`${zeros}x`), "type-error");
});

Deno.test("values are the nearest doubles, and digits are kept exactly", () => {
  const digits = fc.stringMatching(/^[0-9]{0,40}$/);
  const exponent = fc.oneof(
    fc.constant(""),
    fc.integer({ min: -400, max: 250 }).map((e) => `e${e}`),
  );
  const literal = fc.tuple(fc.constantFrom("", "-", "+"), digits, digits, exponent)
    .filter(([, whole, part]) => whole + part !== "")
    .map(([sign, whole, part, exponent]) => `${sign}${whole}.${part}${exponent}`);
  fc.assert(fc.property(literal, assertReads), { seed: 7, numRuns: 2_000 });
});

Deno.test("more decimals than there are exact powers of ten are read exactly", () => {
  for (let zeros = 18; zeros < 30; zeros++) {
    assertReads(`0.${"0".repeat(zeros)}7`);
    assertReads(`-3.${"0".repeat(zeros)}`);
  }
});

Deno.test("halfway cases with hundreds of digits are rounded by their last digit", () => {
  // The middle between 1 and its neighbour, exactly, and a trace above it.
  const middle = "1.00000000000000011102230246251565404236316680908203125";
  assert.equal(read(middle).value, 1);
  assert.equal(read(`${middle}${"0".repeat(300)}1`).value, 1 + Number.EPSILON);
});

Deno.test("what is a number doesn't depend on whether it is finite", () => {
  for (const text of ["1", "-1.5e3", "1e999"]) {
    assert.ok(isNumber(encoder.encode(text), 0, text.length), text);
  }
  for (const text of ["", "-", "=1", "inf", "NA", "1 "]) {
    assert.ok(!isNumber(encoder.encode(text), 0, text.length), text);
  }
});
