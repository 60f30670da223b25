import assert from "node:assert/strict";
import { join } from "node:path";
import { Paths } from "../../src/storage/paths.ts";
import { prepareDataFolder } from "../../src/storage/prepare_data_folder.ts";
import { testWithMount, withMount } from "../support/mount.ts";

async function withDir(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "datatasker-data-" });
  try {
    await body(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("a data folder is made with all that belongs in it, for its user alone, and again without harm", async () => {
  await withDir(async (dir) => {
    const paths = new Paths(join(dir, "some where", "data"));
    await prepareDataFolder(paths);
    await Deno.writeTextFile(paths.input("kept"), "");
    await prepareDataFolder(paths);
    const entries = await Array.fromAsync(Deno.readDir(paths.root));
    assert.deepEqual(
      entries.map((entry) => entry.name).sort(),
      ["artifacts", "consumers", "inputs", "scratch", "uploads", "work"],
    );
    assert.equal((await Deno.stat(paths.root)).mode! & 0o777, 0o700);
    assert.ok((await Deno.stat(paths.input("kept"))).isFile);
  });
});

Deno.test("a scratch file that a killed runner left is gone after the next start", async () => {
  await withDir(async (dir) => {
    const paths = new Paths(dir);
    await prepareDataFolder(paths);
    await Deno.writeTextFile(join(paths.scratch, "scratch-left"), "");
    await prepareDataFolder(paths);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(paths.scratch)), []);
  });
});

Deno.test("the mode of a data folder that exists is left to its owner", async () => {
  await withDir(async (dir) => {
    await Deno.chmod(dir, 0o750);
    await prepareDataFolder(new Paths(dir));
    assert.equal((await Deno.stat(dir)).mode! & 0o777, 0o750);
  });
});

for (const [what, path] of [["is", "file"], ["lies below", "file/data"]]) {
  Deno.test(`a data folder that ${what} a file is refused with what to do`, async () => {
    await withDir(async (dir) => {
      await Deno.writeTextFile(join(dir, "file"), "mine");
      await assert.rejects(
        prepareDataFolder(new Paths(join(dir, path))),
        /The data folder can't be used: .*file.* is a file.*DATATASKER_DATA_DIR/,
      );
      assert.equal(await Deno.readTextFile(join(dir, "file")), "mine");
    });
  });
}

const REFUSED = "a data folder that can't be written to is refused with what to do";
if (Deno.uid() === 0) {
  // Modes don't bind root, a read-only file system does.
  await testWithMount(REFUSED, "tmpfs", async () => {
    await withMount("tmpfs", "tmpfs", "size=64k,ro", async (dir) => {
      await assert.rejects(
        prepareDataFolder(new Paths(join(dir, "data"))),
        /can't be used: .*data is on a read-only file system\. .*DATATASKER_DATA_DIR/,
      );
      await assert.rejects(prepareDataFolder(new Paths(dir)), /is on a read-only file system/);
    });
  });
} else {
  Deno.test(REFUSED, async () => {
    await withDir(async (dir) => {
      const closed = join(dir, "closed");
      await Deno.mkdir(closed, { mode: 0o500 });
      await assert.rejects(
        prepareDataFolder(new Paths(closed)),
        /can't be used: .*closed.* may not be written to by this user\. .*DATATASKER_DATA_DIR/,
      );
    });
  });
}

Deno.test("a folder in the data folder that can't be used is named", async () => {
  await withDir(async (dir) => {
    const paths = new Paths(dir);
    await Deno.writeTextFile(paths.inputs, "");
    await assert.rejects(prepareDataFolder(paths), new RegExp(`${paths.inputs} is a file`));
  });
});

Deno.test("a data folder with a comma in its path is refused with what to do", async () => {
  await withDir(async (dir) => {
    await assert.rejects(
      prepareDataFolder(new Paths(join(dir, "a,b"))),
      /can't be used: .*a,b has a comma.*DATATASKER_DATA_DIR/,
    );
  });
});
