/** What a run keeps on disk while it lasts. */
import assert from "node:assert/strict";
import { OperatingError } from "../../src/domain/errors.ts";
import { ScratchFile } from "../../src/worker/scratch_file.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

function textAt(scratch: ScratchFile, position: number, length: number): string {
  const target = new Uint8Array(length);
  scratch.read(position, target);
  return new TextDecoder().decode(target);
}

async function withFolder(work: (folder: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    work(folder);
    assert.deepEqual([...Deno.readDirSync(folder)], [], "nothing is left in the folder");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("what was put into scratch can be read in any order, and its folder stays empty", () =>
  withFolder((folder) => {
    const scratch = new ScratchFile(folder, 100);
    const [first, second] = ["first", "second"].map((text) => scratch.append(bytesOf(text)));
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    assert.equal(textAt(scratch, second!, 6), "second");
    const third = scratch.append(bytesOf("third"));
    assert.equal(textAt(scratch, first!, 5), "first");
    assert.equal(textAt(scratch, third!, 5), "third");
    scratch.close();
  }));

Deno.test("scratch takes no more than it may, and nothing more once it was full", () =>
  withFolder((folder) => {
    const scratch = new ScratchFile(folder, 10);
    assert.equal(scratch.append(bytesOf("12345678")), 0);
    assert.equal(scratch.append(bytesOf("123")), null);
    assert.equal(scratch.append(bytesOf("1")), null);
    assert.equal(textAt(scratch, 0, 8), "12345678");
    scratch.close();
  }));

Deno.test("scratch that can't be made has no room", () =>
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/file`, "");
    const scratch = new ScratchFile(`${folder}/file`, 100);
    assert.equal(scratch.append(bytesOf("1")), null);
    scratch.close();
    Deno.removeSync(`${folder}/file`);
  }));

Deno.test("scratch that lost what it had is an operating error", () =>
  withFolder((folder) => {
    const scratch = new ScratchFile(folder, 100);
    scratch.append(bytesOf("1"));
    assert.throws(() => textAt(scratch, 0, 2), OperatingError);
    scratch.close();
  }));
