import assert from "node:assert/strict";
import { readLines } from "../../src/worker/lines.ts";

/** A stream of this text in chunks of so many bytes. */
function inChunks(text: string, bytes: number): ReadableStream<Uint8Array> {
  const all = new TextEncoder().encode(text);
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < all.length; at += bytes) {
        controller.enqueue(all.slice(at, at + bytes));
      }
      controller.close();
    },
  });
}

async function lines(text: string, bytes: number, bytesMax = 100): Promise<string[]> {
  return await Array.fromAsync(readLines(inChunks(text, bytes), bytesMax));
}

Deno.test("lines are the same at every chunk size, with characters cut in two", async () => {
  const text = "one\n\nзwei — 🌍\nlast without a line feed";
  for (let bytes = 1; bytes <= text.length * 2; bytes++) {
    assert.deepEqual(await lines(text, bytes), text.split("\n"));
  }
});

Deno.test("a last line feed begins no line", async () => {
  assert.deepEqual(await lines("one\n", 2), ["one"]);
  assert.deepEqual(await lines("", 2), []);
});

Deno.test("a line may have as many bytes as allowed and no more", async () => {
  for (const bytes of [1, 3, 100]) {
    assert.deepEqual(await lines("12345\n12345\n", bytes, 5), ["12345", "12345"]);
    await assert.rejects(lines("12345\n123456\n", bytes, 5), RangeError);
    await assert.rejects(lines("123456", bytes, 5), RangeError);
  }
});

Deno.test("bytes that aren't UTF-8 are refused", async () => {
  const stream = new Blob([new Uint8Array([65, 0xff, 10])]).stream();
  await assert.rejects(Array.fromAsync(readLines(stream, 100)), TypeError);
});
