/** Numbers as people write them: section 4 of the semantics, form by form. */
import assert from "node:assert/strict";
import { canonicalNumber } from "../../src/pipeline/number/canonical_number.ts";
import { NumberCell } from "../../src/pipeline/number/number.ts";
import { NUMBER_MARKS } from "../../src/pipeline/number/number_marks.ts";

const encoder = new TextEncoder();

function cellOf(text: string, mark: "." | ",", isPercent = false): NumberCell {
  // Bytes around the cell, which must not be looked at.
  const bytes = encoder.encode(`9${text}9`);
  const cell = new NumberCell({ mark, isPercent });
  cell.read(bytes, 1, bytes.length - 1);
  return cell;
}

/** The canonical number, or the fault. */
function read(text: string, mark: "." | "," = ".", isPercent = false): string {
  const cell = cellOf(text, mark, isPercent);
  return cell.fault ?? canonicalNumber(cell);
}

function taken(text: string, mark: "." | "," = "."): string[] {
  const cell = cellOf(text, mark);
  return NUMBER_MARKS.filter(([bit]) => (cell.taken & bit) !== 0).map(([, name]) => name);
}

Deno.test("currency signs and codes stand on either side, with or without spaces", () => {
  for (
    const text of [
      ..."$1.5 1.5$ €1.5 1.5€ £1.5 ¥1.5 ₹1.5 ₿1.5 US$1.5 R$1.5 USD1.5 1.5EUR kr1.5 kr.1.5 Rs.1.5 1.5zł"
        .split(" "),
      ...["$ 1.5", "1.5 €", "1.5\u00a0€", "CHF\u202f1.5", "USD  1.5", "$1.5 USD", "+$1.5", "$+1.5"],
    ]
  ) {
    assert.equal(read(text), "1.5", text);
    assert.deepEqual(taken(text), ["currency"], text);
  }
  for (
    const text of ["usd 1.5", "1.5 PCS", "$$1.5", "1.5€€", "¢5", "USD", "$", "1.5 $ €", "e5 €"]
  ) {
    assert.equal(read(text), "type-error", text);
  }
});

Deno.test("thousands are marked by one kind of mark, in groups of three, or as in India", () => {
  for (
    const text of [
      "1,234,567.5",
      "1 234 567.5",
      "1\u00a0234\u00a0567.5",
      "1'234'567.5",
      "1’234’567.5",
    ]
  ) {
    assert.equal(read(text), "1234567.5", text);
    assert.deepEqual(taken(text), ["thousands"], text);
  }
  assert.equal(read("1.234.567,5", ","), "1234567.5");
  assert.equal(read("12,34,567.00"), "1234567");
  assert.equal(read("1,23,456"), "123456");
  for (
    const text of [
      ...["1,23", "12,345,67", "1234,567", "0,123", "1,234 567", "1 234'567", "1,,234", ",123"],
      ...[
        "123,45,678",
        "1,234,56",
        "1,234e3",
        "1 23",
        "12 34 567",
        "1,234,",
        "1.234,5",
        "1.234.567",
      ],
    ]
  ) assert.equal(read(text), "type-error", text);
  assert.equal(read("12.34.567", ","), "type-error", "pairs are marked by commas only");
});

Deno.test("parentheses and a minus behind make a number negative, once", () => {
  for (
    const text of [
      "(12.5)",
      "( 12.5 )",
      "12.5-",
      "12.5 -",
      "($12.5)",
      "$(12.5)",
      "(12.5)$",
      "12.5$-",
    ]
  ) {
    assert.equal(read(text), "-12.5", text);
    assert.ok(taken(text).includes("negative-form"), text);
  }
  assert.equal(read("-$12.5"), "-12.5");
  assert.deepEqual(taken("$-12.5"), ["currency"]);
  assert.ok(Object.is(cellOf("(0)", ".").value, -0));
  for (
    const text of ["(-5)", "-(5)", "-5-", "(5", "5)", "((5))", "--5", "- 5", "$ - 5", "()", "+5-"]
  ) {
    assert.equal(read(text), "type-error", text);
  }
});

Deno.test("a percent sign, or a column of percentages, divides by 100 once", () => {
  for (const text of ["5%", "5 %", "5\u00a0%"]) {
    for (const isPercent of [false, true]) assert.equal(read(text, ".", isPercent), "0.05", text);
  }
  assert.equal(read("5", ".", true), "0.05");
  assert.equal(read("1e2", ".", true), "1");
  assert.equal(read("(12,5 %)", ","), "-0.125");
  for (const text of ["%5", "5%%", "$5%", "5%$", "%"]) assert.equal(read(text), "type-error", text);
  assert.equal(cellOf("1.8e308%", ".").value, 1.8e306, "only what is divided has to fit");
  assert.equal(cellOf("-0%", ".").value, -0);
  for (const digits of ["0.1", "7", "33.3", "9007199254740993", "0.30000000000000004", "1e-300"]) {
    const [mantissa, exponent = "0"] = digits.split("e");
    const nearest = Number(`${mantissa}e${Number(exponent) - 2}`);
    assert.equal(cellOf(`${digits}%`, ".").value, nearest, digits);
  }
});

Deno.test("under the comma, a point marks thousands and nothing else", () => {
  assert.equal(read("1234,5", ","), "1234.5");
  assert.equal(read(",5", ","), "0.5");
  assert.equal(read("1,5e3", ","), "1500");
  assert.equal(read("1.234", ","), "1234");
  assert.equal(read("12", ","), "12");
  assert.deepEqual(taken("1.234,5 €", ","), ["currency", "thousands", "decimal-comma"]);
  for (const text of ["12.5", "0.123", "1.5e3", "1,234,567", "1234.567"]) {
    const cell = cellOf(text, ",");
    assert.equal(cell.fault, "type-error", text);
    assert.ok(cell.isUnderOtherMark, text);
  }
  assert.ok(!cellOf("abc", ",").isUnderOtherMark);
});

Deno.test("words for nothing and infinities stand alone, and digits count whatever is between them", () => {
  assert.equal(read("NA", ","), "required-value");
  assert.equal(read("-", ",", true), "required-value");
  assert.equal(read("-inf", ",", true), "non-finite");
  for (const text of ["$-", "(NA)", "inf%", "$inf", "(-)"]) {
    assert.equal(read(text), "type-error", text);
  }
  assert.equal(read(`1${",000".repeat(133)}`), "non-finite", "400 digits, beyond a double");
  assert.equal(read(`1${",000".repeat(134)}`), "non-finite", "403 digits");
  assert.equal(read("1e401%"), "non-finite");
});

Deno.test("a cell as long as cells may be is judged in no time", () => {
  const begun = performance.now();
  for (const part of ["1", ",000", " ", "$", "(", "1 ", "1,", "%", "e"]) {
    const text = `1${part.repeat(262_000 / part.length)}x`;
    assert.equal(read(text), "type-error");
    assert.equal(read(text, ","), "type-error");
  }
  assert.ok(performance.now() - begun < 3_000);
});
