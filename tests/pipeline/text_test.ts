import assert from "node:assert/strict";
import { comparedLabel, isIgnoredLabel } from "../../src/pipeline/header/label.ts";
import { isUtf8, sequenceLength } from "../../src/pipeline/text/utf8.ts";
import { trimmedEnd, trimmedStart, whiteSpaceLength } from "../../src/pipeline/text/white_space.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

Deno.test("white space is what trim() removes, for every code point, at either end", () => {
  let found = 0;
  // No white space lies beyond the Basic Multilingual Plane, and these bytes don't begin one.
  for (let codePoint = 0; codePoint <= 0x10100; codePoint++) {
    if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue;
    const text = String.fromCodePoint(codePoint);
    const bytes = encoder.encode(text);
    const { length } = bytes;
    const white = text.trim() === "" ? length : 0;
    if (white > 0) found++;
    const isRight = whiteSpaceLength(bytes, 0, length) === white &&
      trimmedStart(bytes, 0, length) === white && trimmedEnd(bytes, 0, length) === length - white;
    if (!isRight) assert.fail(`U+${codePoint.toString(16)}`);
  }
  assert.equal(found, 25);
});

Deno.test("trimming stops at the first text from either end and looks at nothing outside", () => {
  const text = " \u3000\tα β\u00A0\uFEFF \n";
  const bytes = encoder.encode(`  ${text}  `);
  const end = bytes.length - 2;
  const from = trimmedStart(bytes, 2, end);
  const to = trimmedEnd(bytes, from, end);
  assert.equal(decoder.decode(bytes.subarray(from, to)), text.trim());
  const cut = encoder.encode("\u3000");
  assert.equal(whiteSpaceLength(cut, 0, 2), 0);
  assert.equal(trimmedEnd(cut, 1, 3), 3);
});

Deno.test("valid UTF-8 is what a decoder takes without a replacement, at every border of the encoding", () => {
  const borders = [
    ...[0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1],
    ...[0xec, 0xed, 0xee, 0xf0, 0xf1, 0xf4, 0xf5],
  ];
  let valid = 0;
  for (const a of borders) {
    for (const b of borders) {
      for (const c of borders) {
        for (const d of borders) {
          const bytes = Uint8Array.of(a, b, c, d);
          if (a >= 0x80 && isUtf8(bytes, 0, 4)) valid++;
          if (isUtf8(bytes, 0, 4) === decoder.decode(bytes).includes("\uFFFD")) {
            assert.fail(`${bytes}`);
          }
        }
      }
    }
  }
  assert.ok(valid > 100);
});

Deno.test("a sequence that is cut by the end isn't valid", () => {
  const bytes = encoder.encode("é€😀");
  assert.deepEqual([0, 2, 5].map((at) => sequenceLength(bytes, at, bytes.length)), [2, 3, 4]);
  assert.deepEqual([[0, 1], [2, 4], [5, 8]].map(([at, end]) => sequenceLength(bytes, at, end)), [
    0,
    0,
    0,
  ]);
});

Deno.test("labels compare without case, and runs of _, - and white space as one space", () => {
  for (
    const label of ["Rev per unit", "REV_PER_UNIT", " rev--per\u00A0 _unit ", "-rev per unit_"]
  ) {
    assert.equal(comparedLabel(label), "rev per unit", label);
  }
  assert.notEqual(comparedLabel("revper unit"), "rev per unit");
  assert.ok(isIgnoredLabel("_line"));
  assert.ok(!isIgnoredLabel("-line"));
});
