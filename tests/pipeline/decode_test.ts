import assert from "node:assert/strict";
import { ENCODINGS } from "../../src/domain/dialect.ts";
import { decoderOf } from "../../src/pipeline/text/decode.ts";
import { EncodingEvidence } from "../../src/pipeline/dialect/encoding_evidence.ts";
import { encoded } from "../support/dialect_file.ts";
import { seeded } from "../support/random.ts";

/** All that a decoder gives, as one array, read in chunks of this size. */
function decoded(bytes: Uint8Array, encoding: typeof ENCODINGS[number], chunkBytes: number) {
  const decoder = decoderOf(encoding);
  const parts: number[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    parts.push(...decoder.decode(bytes.slice(at, at + chunkBytes)));
  }
  parts.push(...decoder.end());
  return Uint8Array.from(parts);
}

Deno.test("valid text decodes as the platform decodes it, in chunks of any size", () => {
  const text = "\uFEFFab é\u0800\uffff😀\u{10ffff}\r\n";
  for (const encoding of ["utf-8", "utf-16le", "utf-16be"] as const) {
    for (const chunkBytes of [1, 2, 3, 1_000]) {
      const bytes = decoded(encoded(text, encoding), encoding, chunkBytes);
      assert.equal(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), text);
    }
  }
});

Deno.test("every byte of Windows-1252 is the character that WHATWG gives it", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const expected = new TextDecoder("windows-1252").decode(bytes);
  assert.equal(new TextDecoder().decode(decoded(bytes, "windows-1252", 7)), expected);
});

Deno.test("any bytes of UTF-16 give UTF-8 that is invalid just where they are", () => {
  const random = seeded(3);
  for (let run = 0; run < 200; run++) {
    const units = Array.from(
      { length: random.whole(0, 12) },
      () => random.pick([0x41, 0xe9, 0x20ac, 0xd800, 0xdbff, 0xdc00, 0xdfff]),
    );
    const text = String.fromCharCode(...units);
    const bytes = encoded(text, "utf-16be");
    const whole = decoded(bytes, "utf-16be", 1_000);
    for (const chunkBytes of [1, 3]) {
      assert.deepEqual(decoded(bytes, "utf-16be", chunkBytes), whole);
    }
    if (text.isWellFormed()) assert.equal(new TextDecoder().decode(whole), text);
    else assert.throws(() => new TextDecoder("utf-8", { fatal: true }).decode(whole));
  }
});

Deno.test("an odd last byte leaves a byte that no UTF-8 has", () => {
  assert.deepEqual(decoded(Uint8Array.of(0x41, 0, 0x42), "utf-16le", 2), Uint8Array.of(0x41, 0xff));
});

Deno.test("evidence for an encoding is the same in chunks of any size", () => {
  const random = seeded(4);
  for (let run = 0; run < 300; run++) {
    const bytes = Uint8Array.from(
      { length: random.whole(0, 12) },
      () => random.pick([0x41, 0x0a, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x81, 0xff]),
    );
    const [first, ...others] = [1, 2, 5, 100].map((chunkBytes) => {
      const evidence = new EncodingEvidence();
      for (let at = 0; at < bytes.length; at += chunkBytes) {
        evidence.push(bytes.slice(at, at + chunkBytes));
      }
      evidence.end();
      return evidence.encoding;
    });
    for (const other of others) assert.equal(other, first, bytes.join());
    const isValid = new TextDecoder().decode(bytes).includes("\ufffd") === false;
    if (isValid) assert.equal(first, "utf-8");
  }
});
