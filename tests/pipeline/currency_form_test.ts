/** What of an amount is its currency, and where it stands. */
import assert from "node:assert/strict";
import { currencyFormOf, isSameForm } from "../../src/pipeline/number/currency_form.ts";

const encoder = new TextEncoder();

function formOf(amount: string): [name: string, text: string, isBehind: boolean] | null {
  const bytes = encoder.encode(`,${amount},`);
  const form = currencyFormOf(bytes, 1, bytes.length - 1);
  return form && [form.name, new TextDecoder().decode(form.bytes), form.isBehind];
}

Deno.test("a form is the currency with the spaces up to the number", () => {
  assert.deepEqual(formOf("$1,234.50"), ["$", "$", false]);
  assert.deepEqual(formOf("EUR  5"), ["€", "EUR  ", false]);
  assert.deepEqual(formOf("kr.5"), ["kr", "kr.", false]);
  assert.deepEqual(formOf("1.234,50\u00a0€"), ["€", "\u00a0€", true]);
  assert.deepEqual(formOf("5kr."), ["kr", "kr.", true]);
});

Deno.test("an amount with anything else beside its digits has no form", () => {
  for (
    const amount of ["$-5", "-$5", "$.5", "5.$", "($5)", "$5 USD", "5 $-", "$ 5%", "5", "", "$"]
  ) {
    assert.equal(formOf(amount), null, amount);
  }
  assert.equal(formOf(`EUR${" ".repeat(6)}5`), null, "too long");
});

Deno.test("forms are the same if their bytes and their place are", () => {
  const form = (text: string, isBehind: boolean) => {
    return { name: "€", bytes: encoder.encode(text), isBehind };
  };
  assert.ok(isSameForm(form("€", true), form("€", true)));
  assert.ok(!isSameForm(form("€", true), form("€", false)));
  assert.ok(!isSameForm(form("€", true), form(" €", true)));
  assert.ok(!isSameForm(form("€", true), form("EUR", true)));
});
