import assert from "node:assert/strict";
import { InputError, type InputFault } from "../../src/domain/errors.ts";
import type { Dialect } from "../../src/domain/report.ts";
import { IntakeCheck } from "../../src/pipeline/intake_check.ts";

const HEADER = "region,product,revenue,quantity,discount\n";

function bytesOf(file: string | Uint8Array): Uint8Array {
  return typeof file === "string" ? new TextEncoder().encode(file) : file;
}

function check(file: string | Uint8Array, chunkBytes = Infinity): Dialect {
  const bytes = bytesOf(file);
  const check = new IntakeCheck();
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    check.push(bytes.subarray(at, at + chunkBytes));
  }
  return check.finish();
}

/** The faults for which a file is refused, the same in chunks of any size. */
function faultsOf(file: string | Uint8Array): readonly InputFault[] {
  const [first, ...others] = [Infinity, 1, 7].map((chunkBytes) => {
    try {
      check(file, chunkBytes);
    } catch (error) {
      if (error instanceof InputError) return error.faults;
      throw error;
    }
    assert.fail("the file wasn't refused");
  });
  for (const other of others) assert.deepEqual(other, first);
  return first;
}

function refusalOf(file: string): InputError {
  try {
    check(file);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  assert.fail("the file wasn't refused");
}

function codesOf(file: string | Uint8Array): string[] {
  return faultsOf(file).map(({ code }) => code);
}

Deno.test("a file with the schema's columns is let in, in any order, among others", () => {
  for (const chunkBytes of [1, 5, Infinity]) {
    assert.deepEqual(check(HEADER, chunkBytes), {
      encoding: "utf-8",
      delimiter: ",",
      header_line: 1,
    });
  }
  const file =
    '\uFEFF\r\n \r\n_line,,note,note, Discount ,"QUANTITY",Revenue-,_region_,_revenue,region,product';
  assert.equal(check(file, 1).header_line, 3);
});

Deno.test("a file without any record is empty", () => {
  for (const file of ["", "\uFEFF", "\n\n  \r\n", "\u3000"]) {
    assert.deepEqual(codesOf(file), ["empty-file"], JSON.stringify(file));
  }
});

Deno.test("a missing column is named, with what was found and the nearest label", () => {
  const [fault, ...others] = faultsOf("region,product,revenu,quantity,discount\nEast,A,1,1,0\n");
  assert.deepEqual(others, []);
  assert.equal(fault.code, "missing-column");
  assert.equal(fault.field, "revenue");
  assert.equal(fault.line, 1);
  assert.equal(
    fault.detail,
    'Column "revenue" is missing. Found: region, product, revenu, quantity, discount. Did you mean "revenu"? Rename it, or name it with the option columns[revenue]=revenu.',
  );
});

Deno.test("all missing and doubled columns are told together", () => {
  const faults = faultsOf("Region,region,product,revenue,quantity\n");
  assert.deepEqual(faults.map(({ code, field }) => [code, field]), [
    ["duplicate-column", "region"],
    ["missing-column", "discount"],
  ]);
  assert.match(
    faults[0].detail,
    /"region" is there 2 times, as columns 1 \("Region"\), 2 \("region"\)\./,
  );
  assert.match(faults[1].detail, /Add a column with the label "discount"\./);
});

Deno.test("a column that begins with _ is ignored, so it can't be a schema column", () => {
  assert.deepEqual(codesOf("_region,product,revenue,quantity,discount\n"), ["missing-column"]);
  assert.equal(check(`_region,${HEADER}`).header_line, 1);
});

Deno.test("a missing column is told of the labels between other delimiters too", () => {
  const [fault] = faultsOf("region;product;revenue;quantity\nEast;A;1;1\n");
  assert.equal(fault.field, "discount");
  assert.match(fault.detail, /Found: region, product, revenue, quantity\./);
  assert.match(fault.detail, /The file was read as UTF-8 with semicolons\.$/);
});

Deno.test("a header of thousands of long labels makes a short error", () => {
  const labels = Array.from({ length: 4_000 }, (_, i) => `column${i}${"x".repeat(200)}`);
  for (const { detail } of faultsOf(labels.join(","))) {
    assert.ok(detail.length < 2_000, `${detail.length}`);
    assert.match(detail, /and 3980 more/);
  }
});

Deno.test("a header that can't be read is refused with its line and reason", () => {
  const cases: [string | Uint8Array, RegExp][] = [
    [`\n"region,${HEADER}`, /on line 2, can't be read\. A quoted cell is not closed\./],
    [`"region"x,${HEADER}`, /Text follows a closing quote\./],
    [Uint8Array.of(0xff, 0xc3, 0xa9, 0x2c, 0x61), /not valid UTF-8/],
    [",".repeat(4_096), /exceeds a limit/],
  ];
  for (const [file, reason] of cases) {
    const [fault] = faultsOf(file);
    assert.equal(fault.code, "bad-header");
    assert.match(fault.detail, reason);
  }
});

Deno.test("what is plainly no CSV is told by its first bytes, whatever the chunks", () => {
  const files: [number[], RegExp][] = [
    [[0x50, 0x4b, 3, 4, 20], /Excel workbook \(\.xlsx\)/],
    [[0x25, 0x50, 0x44, 0x46, 0x2d, 0x31], /a PDF document/],
    [[0x1f, 0x8b, 8], /a gzip archive/],
    [[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], /\.xls\)/],
    [[0x28, 0xb5, 0x2f, 0xfd], /Zstandard/],
    [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], /a PNG picture/],
    [[0x61, 0x00], /NUL bytes/],
  ];
  for (const [bytes, name] of files) {
    const [fault] = faultsOf(Uint8Array.from(bytes));
    assert.equal(fault.code, "not-csv");
    assert.match(fault.detail, name);
    assert.match(fault.detail, /CSV \(UTF-8, with commas\)/);
  }
});

Deno.test("a NUL in the first 64 KiB means no CSV, even behind a wrong header; later it doesn't", () => {
  const file = new Uint8Array(70_000).fill(0x61);
  file[65_535] = 0;
  assert.deepEqual(codesOf(file), ["not-csv"]);
  const later = bytesOf(HEADER + "x".repeat(70_000) + "\0");
  assert.equal(check(later).header_line, 1);
});

Deno.test("a wrong file is refused once 64 KiB are known, not only at its end", () => {
  const check = new IntakeCheck();
  const chunk = bytesOf("a,b\n".repeat(1_000));
  let pushed = 0;
  assert.throws(() => {
    for (; pushed < 100_000; pushed += chunk.length) check.push(chunk);
  }, InputError);
  assert.equal(pushed, 64_000);
});

Deno.test("after header and 1 MiB a chunk isn't looked at any more", () => {
  const check = new IntakeCheck();
  check.push(bytesOf(HEADER + "x".repeat(1_048_576)));
  // A proxy would throw on any access.
  const untouchable = new Proxy(new Uint8Array(1), {
    get() {
      throw new Error("looked");
    },
  });
  check.push(untouchable);
  assert.equal(check.finish().header_line, 1);
});

Deno.test("several missing columns are told in one short sentence, each with its cure beside it", () => {
  const labels = [
    "region",
    "revenu",
    ...Array.from({ length: 40 }, (_, i) => `${"x".repeat(60)}${i}`),
  ];
  const error = refusalOf(`${labels.join(",")}\nEast,1,2\n`);
  assert.match(
    error.message,
    /^Columns "product", "revenue", "quantity" and "discount" are missing\. Found: region, revenu, x+…, .* and 34 more\. Did you mean "revenu" for "revenue"\? Rename /,
  );
  assert.equal(error.message.match(/Found:/g)!.length, 1);
  assert.ok(error.message.length < 600, error.message);
  assert.deepEqual(error.faults.map(({ field }) => field), [
    "product",
    "revenue",
    "quantity",
    "discount",
  ]);
  assert.match(error.faults[1].detail, /columns\[revenue\]=revenu\.$/);
  assert.match(refusalOf("East,A,1,2,0\n").message, /Found: East, .* header=none/);
  const semicolons = refusalOf("region;product\nEast;A\nWest;B\n").message;
  assert.equal(semicolons.match(/The file was read as/g)!.length, 1);
});

Deno.test("a page or a JSON document is called what it is", () => {
  for (
    const [text, name] of [
      ["<!DOCTYPE html>\n<title>Sign in</title>", "an HTML page"],
      ['\uFEFF \n<html lang="en">', "an HTML page"],
      ['{"rows": [1, 2]}', "JSON"],
      ['[\n  {"region": "East"}\n]', "JSON"],
      ["[]", "JSON"],
    ]
  ) {
    const [fault, ...others] = faultsOf(text);
    assert.deepEqual([fault.code, others.length], ["not-csv", 0], text);
    assert.ok(fault.detail.startsWith(`The file is ${name}`), fault.detail);
    assert.match(fault.detail, /as CSV/);
  }
  assert.deepEqual(codesOf("[Q3],<b>\n").slice(0, 1), ["missing-column"]);
  assert.equal(check(`["Q3"]\n${HEADER}East,A,1,1,0\n`).header_line, 2);
});

Deno.test("a header in another encoding is refused with the option that says which", () => {
  const bytes = Uint8Array.of(...bytesOf("r\u00e9gion,"), 0xe9, 0x81, ...bytesOf(`,${HEADER}`));
  const [fault] = faultsOf(bytes);
  assert.equal(fault.code, "bad-header");
  assert.match(fault.detail, /not valid UTF-8\. Save it as UTF-8, or say encoding=windows-1252\.$/);
});
