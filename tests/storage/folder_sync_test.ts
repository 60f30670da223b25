import assert from "node:assert/strict";
import { allDurable, FolderSync } from "../../src/storage/folder_sync.ts";

/** Syncs that end when the test says so. */
class Disk {
  readonly begun: { path: string; end: (fault?: Error) => void }[] = [];
  readonly sync = (path: string) =>
    new Promise<void>((resolve, reject) => {
      this.begun.push({ path, end: (fault) => fault ? reject(fault) : resolve() });
    });
}

/** What has settled so far, once all that can has. */
async function settled(...promises: Promise<void>[]): Promise<boolean[]> {
  const done = promises.map(() => false);
  for (const [i, promise] of promises.entries()) {
    const settle = () => done[i] = true;
    promise.then(settle, settle);
  }
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  return done;
}

Deno.test("whoever asks while a sync is under way waits for the next, which all who wait share", async () => {
  const disk = new Disk();
  const folders = new FolderSync(disk.sync);
  const first = folders.sync("inputs");
  const late = [folders.sync("inputs"), folders.sync("inputs")];
  assert.equal(disk.begun.length, 1);
  disk.begun[0].end();
  assert.deepEqual(await settled(first, ...late), [true, false, false]);
  assert.equal(disk.begun.length, 2);
  const latest = folders.sync("inputs");
  disk.begun[1].end();
  assert.deepEqual(await settled(...late, latest), [true, true, false]);
  disk.begun[2].end();
  await latest;
});

Deno.test("folders don't wait for each other, and an idle one is synced at once", async () => {
  const disk = new Disk();
  const folders = new FolderSync(disk.sync);
  for (const path of ["inputs", "artifacts", "inputs"]) {
    const sync = folders.sync(path);
    const { path: begun, end } = disk.begun.at(-1)!;
    assert.equal(begun, path);
    end();
    await sync;
  }
  assert.equal(disk.begun.length, 3);
});

Deno.test("a fault is told to those whose sync it was, and to nobody else", async () => {
  const disk = new Disk();
  const folders = new FolderSync(disk.sync);
  const first = folders.sync("inputs");
  const next = folders.sync("inputs");
  disk.begun[0].end(new Error("the disk is gone"));
  await assert.rejects(first, /gone/);
  disk.begun[1].end();
  await next;
});

Deno.test("of several syncs all are waited for, and the first fault is thrown", async () => {
  const slow = Promise.withResolvers<void>();
  const all = allDurable([Promise.reject(new Error("one")), slow.promise]);
  assert.deepEqual(await settled(all), [false]);
  slow.resolve();
  await assert.rejects(all, /one/);
});
