/** Text that isn't UTF-8, by the kernel: it comes to what the plain decoder makes of it, wherever a thread begins to read and whatever it has room for. */
import assert from "node:assert/strict";
import { type Encoding, ENCODINGS } from "../../src/domain/dialect.ts";
import { Kernel } from "../../src/pipeline/kernel/kernel.ts";
import { kernelDecoderOf } from "../../src/pipeline/kernel/kernel_decoder.ts";
import { RAW_BYTES, WINDOW } from "../../src/pipeline/kernel/memory_layout.ts";
import { textReaderOf } from "../../src/pipeline/kernel/text_reader.ts";
import { decoderOf } from "../../src/pipeline/text/decode.ts";
import { encoded } from "../support/dialect_file.ts";
import { type Random, seeded } from "../support/random.ts";
import { agree } from "./crews.ts";

const LETTERS = ["a", "é", "€"];

/** Bytes that are mostly ASCII, with all others there are in between; of UTF-16, with halves of characters and perhaps half a unit at the end. */
function someBytes(random: Random, encoding: Encoding, length: number): Uint8Array {
  const unit = () => {
    if (random.whole(0, 15) > 0) return random.whole(0x20, 0x7e);
    if (encoding === "windows-1252") return random.whole(0, 0xff);
    const odd = [0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000];
    return random.pick([...odd, 0xfeff, 0xffff, random.whole(0, 0xffff)]);
  };
  const units = Array.from({ length }, unit);
  if (encoding === "windows-1252") return Uint8Array.from(units);
  const text = units.map((unit) => String.fromCharCode(unit)).join("");
  return Uint8Array.from([...encoded(text, encoding), ...random.pick([[], [0x41], [0xd8]])]);
}

function decoded(bytes: Uint8Array, encoding: Encoding): Uint8Array {
  const decoder = decoderOf(encoding);
  return Uint8Array.from([...decoder.decode(bytes), ...decoder.end()]);
}

Deno.test("the kernel decodes any bytes as the plain decoder does, in chunks of any size", () => {
  const random = seeded(31);
  const kernel = Kernel.acquire()!;
  try {
    for (let run = 0; run < 400; run++) {
      const encoding = random.pick(ENCODINGS);
      const bytes = someBytes(random, encoding, random.pick([0, 1, 7, 40, 300]));
      const decoder = kernelDecoderOf(encoding, kernel);
      const parts: number[] = [];
      for (let at = 0; at < bytes.length;) {
        const size = random.pick([1, 2, 3, 17, 64, 1_000]);
        parts.push(...decoder.decode(bytes.subarray(at, at + size)));
        at += size;
      }
      parts.push(...decoder.end());
      assert.deepEqual(Uint8Array.from(parts), decoded(bytes, encoding), `${encoding} ${run}`);
    }
    for (const encoding of ENCODINGS) {
      const bytes = someBytes(random, encoding, RAW_BYTES); // more than the kernel takes at a time
      const decoder = kernelDecoderOf(encoding, kernel);
      const text = decoder.decode(bytes).slice();
      assert.deepEqual(Uint8Array.from([...text, ...decoder.end()]), decoded(bytes, encoding));
    }
  } finally {
    kernel.release();
  }
});

Deno.test("a thread reads the same text from wherever it begins, and knows where in the input each character stands", () => {
  const random = seeded(32);
  const kernel = Kernel.acquire()!;
  try {
    for (let run = 0; run < 400; run++) {
      const encoding = random.pick(ENCODINGS);
      const letters = encoding === "windows-1252"
        ? LETTERS
        : encoding === "utf-8"
        ? [...LETTERS, "😀"]
        : [...LETTERS, "😀", "\ud83d"];
      const text = Array.from({ length: 120 }, () => random.pick(letters)).join("");
      const bytes = encoded(text, encoding);
      const reader = textReaderOf(encoding, kernel, (position, target) => {
        const part = bytes.subarray(position, position + target.length);
        target.set(part);
        return part.length;
      });
      const length = Math.floor(bytes.length / reader.unitBytes);
      const begin = reader.unitBytes * random.whole(0, length);
      const stop = random.pick([
        Infinity,
        begin + reader.unitBytes * random.whole(1, 60),
      ]);
      reader.begin(begin, stop);
      const found: number[] = [];
      for (let count = -1; count !== 0;) {
        const room = kernel.bytes.subarray(WINDOW, WINDOW + random.pick([4, 5, 20, 1_000]));
        count = reader.read(room, random.pick([1, 4, 30]));
        found.push(...room.subarray(0, count));
      }
      const rest = bytes.subarray(begin);
      assert.deepEqual(Uint8Array.from(found), decoded(rest, encoding), `${encoding} ${run}`);
      assert.equal(reader.bytesRead, rest.length);
      const known = reader.stopOffset;
      for (let offset = 0; offset <= found.length; offset++) {
        if ((found[offset] & 0xc0) === 0x80) continue;
        const position = reader.positionOf(offset);
        const before = decoded(bytes.subarray(begin, position), encoding);
        assert.equal(before.length, offset, `${encoding} ${run}: ${offset} is at ${position}`);
        if (stop === Infinity) continue;
        if (position < stop) assert.ok(offset < known);
        // A character that it cuts in two, or which follows half of one there, counts as one before it.
        const late = reader.unitBytes === 1 ? 0 : 2;
        if (position >= stop + late) assert.ok(offset >= known, `${offset} ${known}`);
      }
    }
  } finally {
    kernel.release();
  }
});

Deno.test("a file in any encoding is for the kernel and all threads", async () => {
  const random = seeded(33);
  const regions = ["Köln", "Île-de-France", "Málaga", "Tromsø", "München – Süd"];
  for (const encoding of ENCODINGS) {
    const note = () => encoding === "windows-1252" ? "’n’ €" : random.pick(["東京", "😀 x", "Ω"]);
    const rows = Array.from({ length: 6_000 }, (_, row) => {
      const revenue = row % 50 === 0 ? random.pick(["é", "", "1,2,3"]) : `${row},${row % 10}`;
      return `${random.pick(regions)};"Crème; ${note()}";${revenue};${random.whole(1, 9)};0,25`;
    });
    const { counts, run } = await agree(rows, {
      header: "region;product;revenue;quantity;discount",
      encoding,
      dialect: { encoding: "utf-8", delimiter: ";", confidence: 1 },
    });
    assert.equal(run.threads, 4);
    assert.equal(counts.rows_rejected, 120);
    assert.ok(run.plain_rows < 300, `${encoding}: ${run.plain_rows} rows`);
  }
});
