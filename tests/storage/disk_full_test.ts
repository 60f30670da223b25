import assert from "node:assert/strict";
import { join } from "node:path";
import { OperatingError } from "../../src/domain/errors.ts";
import { nameDiskFull } from "../../src/storage/disk_full.ts";
import { LocalFileStore } from "../../src/storage/local_file_store.ts";
import { Paths } from "../../src/storage/paths.ts";
import { system } from "../../src/system.ts";
import { testWithMount, withMount } from "../support/mount.ts";

const isDiskFull = (error: unknown) =>
  error instanceof OperatingError && error.code === "disk-full";

for (const code of ["ENOSPC", "EDQUOT"]) {
  Deno.test(`${code} is a full disk, with a sentence that helps and no path`, () => {
    const cause = Object.assign(new Error(`write '/srv/data/x' failed`), { code });
    const error = nameDiskFull(cause);
    assert.ok(error instanceof OperatingError);
    assert.equal(error.code, "disk-full");
    assert.match(error.message, /Free space/);
    assert.doesNotMatch(error.message, /srv/);
    assert.equal(error.cause, cause);
  });
}

Deno.test("other errors are no full disk", () => {
  for (const error of [new Error("x"), new Deno.errors.NotFound("x"), "x", null, undefined]) {
    assert.equal(nameDiskFull(error), error);
  }
});

await testWithMount(
  "on a full disk an upload fails as disk-full, leaves no trace, and the next one works once there is space",
  "tmpfs",
  async () => {
    await withMount("tmpfs", "tmpfs", "size=1500k", async (dir) => {
      const paths = new Paths(join(dir, "data"));
      const store = new LocalFileStore(paths, system);
      await store.prepare();
      const file = await store.receive();
      const buffer = new Uint8Array(1024 * 1024);
      await file.write(buffer);
      // Half of it fits: the write behind is cut short, and whatever comes next must say so.
      await file.write(buffer);
      await assert.rejects(file.write(buffer), isDiskFull);
      await file.discard();
      assert.deepEqual(await Array.fromAsync(Deno.readDir(paths.uploads)), []);

      const last = await store.receive();
      await last.write(buffer);
      await last.write(buffer.subarray(1));
      await assert.rejects(last.keep("0198c0de-0000-7000-8000-00000000000b"), isDiskFull);
      await last.discard();
      assert.deepEqual(await Array.fromAsync(Deno.readDir(paths.uploads)), []);

      const small = await store.receive();
      await small.write(buffer);
      await small.keep("0198c0de-0000-7000-8000-00000000000a");
    });
  },
);

await testWithMount(
  "without space for another name a body, a work folder and the data folder are refused as disk-full",
  "tmpfs",
  async () => {
    await withMount("tmpfs", "tmpfs", "size=1m,nr_inodes=8", async (dir) => {
      const store = new LocalFileStore(new Paths(dir), system);
      await store.prepare();
      const last = await store.receive();
      await store.openWork("0198c0de-0000-7000-8000-00000000000a", 1).catch(() => {});
      await assert.rejects(store.receive(), isDiskFull);
      await assert.rejects(
        store.openWork("0198c0de-0000-7000-8000-00000000000b", 1),
        isDiskFull,
      );
      await assert.rejects(store.prepare(), /is on a full disk/);
      await last.discard();
    });
  },
);
