import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { CompressionFormat } from "../../src/domain/compression.ts";
import { COMPRESSION_RATIO_BYTES_MIN, COMPRESSION_RATIO_MAX } from "../../src/domain/limits.ts";
import { decompress } from "../../src/tasks/decompress.ts";
import { compressed, SKIPPABLE_FRAME, zstdBomb } from "../support/compressed.ts";
import { SALES_CSV } from "../support/service.ts";

const encoder = new TextEncoder();

/** The bytes in chunks of this size, all in one buffer, as bodies are read: whoever keeps a chunk sees it change. */
async function* inChunks(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(chunkBytes);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const part = bytes.subarray(at, at + chunkBytes);
    buffer.fill(0xff);
    buffer.set(part);
    yield buffer.subarray(0, part.length);
    await Promise.resolve();
  }
}

async function read(
  sent: Uint8Array,
  { chunkBytes = 65_536, declared = null as CompressionFormat | null } = {},
) {
  const plain = decompress(inChunks(sent, chunkBytes), declared);
  const out: Uint8Array[] = [];
  for await (const bytes of plain.bytes) out.push(bytes.slice());
  return { text: Buffer.concat(out).toString(), compression: plain.compression() };
}

Deno.test("plain bytes stay as they are, in chunks of any size, however few they are", async () => {
  for (const text of ["", "a", "\x1f", "P*M", "(µ/", "a,b\n1,2\n", SALES_CSV]) {
    for (let chunkBytes = 1; chunkBytes <= 8; chunkBytes++) {
      const result = await read(encoder.encode(text), { chunkBytes });
      assert.deepEqual(result, { text, compression: null });
    }
  }
});

Deno.test("compressed bytes are known by how they begin, in chunks of any size", async () => {
  for (const format of ["gzip", "zstd"] as const) {
    const sent = compressed(format, SALES_CSV.slice(0, 50), SALES_CSV.slice(50));
    for (let chunkBytes = 1; chunkBytes <= sent.length; chunkBytes++) {
      const { text, compression } = await read(sent, { chunkBytes });
      assert.equal(text, SALES_CSV);
      assert.deepEqual(compression, { format, bytes: sent.length });
    }
  }
  assert.equal((await read(SKIPPABLE_FRAME)).compression?.format, "zstd");
});

Deno.test("gzip of two bytes is gzip that breaks off", async () => {
  await assert.rejects(read(Uint8Array.of(0x1f, 0x8b)), /breaks off/);
});

Deno.test("what is declared must be what the bytes are", async () => {
  const gzip = compressed("gzip", SALES_CSV);
  assert.equal((await read(gzip, { declared: "gzip" })).text, SALES_CSV);
  for (const sent of [gzip, encoder.encode(SALES_CSV), encoder.encode("a")]) {
    await assert.rejects(read(sent, { declared: "zstd", chunkBytes: 1 }), {
      name: "InputError",
      message: /says Content-Encoding: zstd/,
    });
  }
  assert.deepEqual(await read(new Uint8Array(), { declared: "gzip" }), {
    text: "",
    compression: null,
  });
});

Deno.test("only one layer is taken off", async () => {
  const inner = compressed("gzip", SALES_CSV);
  const { text } = await read(compressed("gzip", inner));
  assert.equal(text.charCodeAt(0), 0x1f);
});

Deno.test("past a size, what decompresses to far more than any table does is refused", async () => {
  const bombs = { gzip: compressed("gzip", new Uint8Array(2 ** 26)), zstd: zstdBomb(10, 2 ** 32) };
  for (const [format, bomb] of Object.entries(bombs)) {
    for (const chunkBytes of [1_000, bomb.length]) {
      const plain = decompress(inChunks(bomb, chunkBytes));
      const begin = performance.now();
      let bytes = 0;
      await assert.rejects(async () => {
        for await (const chunk of plain.bytes) bytes += chunk.length;
      }, (error: Error) => {
        assert.match(error.message, new RegExp(`more than ${COMPRESSION_RATIO_MAX} times`));
        return true;
      });
      assert.ok(bytes <= COMPRESSION_RATIO_BYTES_MIN, `${format}: ${bytes} bytes came out`);
      assert.ok(performance.now() - begin < 1_000, `${format}: ${performance.now() - begin} ms`);
    }
  }
});

Deno.test("below that size nothing is said about the most repetitive table", async () => {
  const rows = "East,A,1200,2,0.05\n".repeat(1_000_000);
  for (const format of ["gzip", "zstd"] as const) {
    assert.equal((await read(compressed(format, rows))).text.length, rows.length);
  }
});

Deno.test("past that size a table that repeats itself but says something is read", async () => {
  let rows = "";
  for (let i = 0; rows.length < 1_000_000; i++) rows += `East,A,1200,2,0.05,order ${i}\n`;
  const sent = compressed("gzip", rows.repeat(40));
  let bytes = 0;
  for await (const chunk of decompress(inChunks(sent, 65_536)).bytes) bytes += chunk.length;
  assert.equal(bytes, 40 * rows.length);
});

Deno.test("who stops reading stops the reading of what is sent, at once", async () => {
  const sent = compressed("gzip", "a,b\n".repeat(100_000), "c,d\n".repeat(100_000));
  let chunks = 0;
  let isStopped = false;
  async function* watched() {
    try {
      for await (const chunk of inChunks(sent, 100)) {
        chunks++;
        yield chunk;
      }
    } finally {
      isStopped = true;
    }
  }
  for await (const _ of decompress(watched()).bytes) break;
  assert.ok(isStopped);
  assert.ok(chunks <= 2, `${chunks} chunks were read for the first bytes`);
});

Deno.test("what breaks the reading breaks it under its own name", async () => {
  async function* broken() {
    yield compressed("gzip", SALES_CSV).subarray(0, 30);
    await Promise.resolve();
    throw new RangeError("gone");
  }
  const { bytes } = decompress(broken());
  await assert.rejects(async () => {
    for await (const _ of bytes);
  }, RangeError);
});
