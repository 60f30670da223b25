import assert from "node:assert/strict";
import { READ_BYTES } from "../../src/domain/limits.ts";
import { inputSource } from "../../src/worker/input_source.ts";

/** Count the bytes of a file that should have so many. */
async function count(path: string, bytes: number): Promise<number> {
  let total = 0;
  for await (const chunk of inputSource(path, bytes).open()) total += chunk.length;
  return total;
}

async function withFile(bytes: number, work: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, new Uint8Array(bytes));
    await work(path);
  } finally {
    await Deno.remove(path);
  }
}

for (const bytes of [0, 1, READ_BYTES, READ_BYTES + 1, 3 * READ_BYTES]) {
  Deno.test(`all ${bytes} bytes of a file are read, each time from its beginning`, () =>
    withFile(bytes, async (path) => {
      const source = inputSource(path, bytes);
      for (let pass = 0; pass < 2; pass++) {
        let total = 0;
        for await (const chunk of source.open()) total += chunk.length;
        assert.equal(total, bytes);
      }
    }));
}

Deno.test("a reader that stops early leaves nothing open", () =>
  withFile(3 * READ_BYTES, async (path) => {
    for await (const _ of inputSource(path, 3 * READ_BYTES).open()) break;
  }));

Deno.test("a file that isn't there, or is a folder, can't be read", async () => {
  const unreadable = { name: "OperatingError", code: "input-unreadable" };
  const folder = await Deno.makeTempDir();
  await assert.rejects(count(`${folder}/absent`, 1), unreadable);
  await assert.rejects(count(folder, 1), unreadable);
  await Deno.remove(folder);
});

Deno.test("a file that is shorter or longer than it was is damaged", () =>
  withFile(10, async (path) => {
    const damaged = { name: "OperatingError", code: "input-damaged" };
    await assert.rejects(count(path, 11), damaged);
    await assert.rejects(count(path, 9), damaged);
    assert.equal(await count(path, 10), 10);
  }));
