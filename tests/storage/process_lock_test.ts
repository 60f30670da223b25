import assert from "node:assert/strict";
import { join } from "node:path";
import { Paths } from "../../src/storage/paths.ts";
import { acquireLock, livingConsumers } from "../../src/storage/process_lock.ts";
import { until } from "../support/deadline.ts";

async function withPaths(body: (paths: Paths) => Promise<void>): Promise<void> {
  const paths = new Paths(await Deno.makeTempDir({ prefix: "datatasker-lock-" }));
  try {
    await Deno.mkdir(paths.consumers);
    await body(paths);
  } finally {
    await Deno.remove(paths.root, { recursive: true });
  }
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name).sort();
}

async function acquire(path: string) {
  const lock = await acquireLock(path);
  assert.ok(lock, "the lock was to be had");
  return lock;
}

Deno.test("a lock is held by one at a time, and is free again once it is released", async () => {
  await withPaths(async (paths) => {
    const first = await acquire(paths.mainLock);
    assert.equal(await acquireLock(paths.mainLock), null);
    await first.release();
    await first.release();
    const second = await acquire(paths.mainLock);
    assert.equal(await acquireLock(paths.mainLock), null);
    await second.release();
    assert.deepEqual(await names(paths.root), ["consumers"]);
  });
});

Deno.test("of ten who want a lock at once, one gets it", async () => {
  await withPaths(async (paths) => {
    const locks = await Promise.all(Array.from({ length: 10 }, () => acquireLock(paths.mainLock)));
    assert.equal(locks.filter((lock) => lock !== null).length, 1);
    for (const lock of locks) await lock?.release();
  });
});

Deno.test("a lock file left behind by a dead process is no obstacle", async () => {
  await withPaths(async (paths) => {
    await Deno.writeTextFile(paths.mainLock, "");
    await (await acquire(paths.mainLock)).release();
  });
});

Deno.test("a lock whose file somebody removed doesn't count for the next owner, nor harm it", async () => {
  await withPaths(async (paths) => {
    const first = await acquire(paths.mainLock);
    await Deno.remove(paths.mainLock);
    const second = await acquire(paths.mainLock);
    await first.release();
    assert.equal(await acquireLock(paths.mainLock), null);
    await second.release();
  });
});

Deno.test("a lock in a folder that doesn't exist is an error, not a held lock", async () => {
  await withPaths(async (paths) => {
    await assert.rejects(acquireLock(join(paths.root, "nowhere", "x.lock")), Deno.errors.NotFound);
  });
});

Deno.test("living consumers are those that hold their lock, and the files of the dead are removed", async () => {
  await withPaths(async (paths) => {
    const lock = await acquire(paths.consumerLock("living"));
    await Deno.writeTextFile(paths.consumerLock("dead"), "");
    await Deno.writeTextFile(join(paths.consumers, "notes.txt"), "");
    assert.deepEqual((await livingConsumers(paths, ["own"])).sort(), ["living", "own"]);
    assert.deepEqual(await names(paths.consumers), ["living.lock", "notes.txt"]);
    await lock.release();
    assert.deepEqual(await livingConsumers(paths, []), []);
  });
});

Deno.test("consumers that start while others look for the dead all get their lock and count as living", async () => {
  await withPaths(async (paths) => {
    const ids = Array.from({ length: 40 }, (_, i) => `consumer-${i}`);
    let isStarting = true;
    const looking = (async () => {
      while (isStarting) await livingConsumers(paths, []);
    })();
    const locks = await Promise.all(ids.map((id) => acquire(paths.consumerLock(id))));
    isStarting = false;
    await looking;
    assert.deepEqual((await livingConsumers(paths, [])).sort(), [...ids].sort());
    for (const lock of locks) await lock.release();
  });
});

Deno.test("a lock ends with its process by SIGKILL, even while a child of that process lives on", async () => {
  await withPaths(async (paths) => {
    const path = paths.consumerLock("holder");
    const holder = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--cached-only",
        `--allow-read=${paths.root}`,
        `--allow-write=${paths.root}`,
        `--allow-run=${Deno.execPath()}`,
        join(import.meta.dirname!, "..", "support", "lock_holder.ts"),
        path,
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const toChild = holder.stdin.getWriter();
    const fromChild = holder.stdout.getReader();
    try {
      await askChild(toChild, fromChild);
      assert.deepEqual(await livingConsumers(paths, []), ["holder"]);
      holder.kill("SIGKILL");
      await holder.status;
      const lock = await until("the lock to be free", () => acquireLock(path));
      await lock.release();
      await askChild(toChild, fromChild);
    } finally {
      await toChild.close(); // Ends the child.
      while (!(await fromChild.read()).done);
    }
  });
});

/** Prove that the child lives: it echoes. */
async function askChild(
  toChild: WritableStreamDefaultWriter<Uint8Array>,
  fromChild: ReadableStreamDefaultReader<Uint8Array>,
): Promise<void> {
  await toChild.write(new TextEncoder().encode("alive?\n"));
  const { value } = await fromChild.read();
  assert.equal(new TextDecoder().decode(value), "alive?\n");
}
