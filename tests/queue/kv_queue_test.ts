import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { RINGS_WAITING_MAX } from "../../src/domain/limits.ts";
import { KvQueue, type KvQueueOptions } from "../../src/queue/kv_queue.ts";
import { toRingMessage } from "../../src/queue/ring_message.ts";
import { freeBytesAt } from "../../src/storage/free_bytes.ts";
import { testQueueContract } from "../contract/queue_contract.ts";
import { until } from "../support/deadline.ts";
import { testWithMount, withMount } from "../support/mount.ts";
import { seeded } from "../support/random.ts";

testQueueContract("KvQueue", async (onError) => {
  const dir = await Deno.makeTempDir({ prefix: "datatasker-queue-" });
  return {
    queue: await KvQueue.open(join(dir, "queue.kv"), { onError, freeBytes: plenty }),
    remove: () => Deno.remove(dir, { recursive: true }),
  };
});

testQueueContract("KvQueue without a file", async (onError) => ({
  queue: await KvQueue.open(":memory:", { onError, freeBytes: plenty }),
  remove: () => Promise.resolve(),
}));

const plenty = () => Promise.resolve(2 ** 40);

/** A path in a fresh folder, a queue over it made on demand, and everything closed and removed at the end. */
async function withPath(
  body: (
    path: string,
    open: (options?: Partial<KvQueueOptions>) => Promise<KvQueue>,
    errors: unknown[],
  ) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "datatasker-queue-" });
  const path = join(dir, "queue.kv");
  const queues: KvQueue[] = [];
  const errors: unknown[] = [];
  try {
    await body(path, async (options = {}) => {
      const queue = await KvQueue.open(path, {
        onError: (error) => errors.push(error),
        freeBytes: plenty,
        ...options,
      });
      queues.push(queue);
      return queue;
    }, errors);
  } finally {
    for (const queue of queues) await queue.close();
    await Deno.remove(dir, { recursive: true });
  }
}

/** Ring until heard both ways: directly and through KV. */
async function assertRings(queue: KvQueue): Promise<void> {
  const heard: string[] = [];
  queue.listen((taskId) => heard.push(taskId));
  await queue.ring("task-1");
  await until("the ring by both ways", () => heard.length === 2);
  assert.deepEqual(heard, ["task-1", "task-1"]);
}

async function writeRings(path: string, count: number): Promise<void> {
  const kv = await Deno.openKv(path);
  for (let done = 0; done < count; done += 500) {
    const batch = kv.atomic();
    for (let i = done; i < Math.min(done + 500, count); i++) {
      batch.enqueue(toRingMessage([`old-${i}`]));
    }
    await batch.commit();
  }
  kv.close();
}

Deno.test("listeners of this process are called within ring itself, and again through KV", async () => {
  await withPath(async (_path, open) => {
    const queue = await open();
    const heard: string[] = [];
    queue.listen((taskId) => heard.push(taskId));
    queue.ring("task-1");
    assert.deepEqual(heard, ["task-1"]);
    await until("KV's delivery", () => heard.length === 2);
  });
});

Deno.test("rings that come close together go through KV as one message", async () => {
  await withPath(async (_path, open) => {
    const queue = await open();
    const ids = Array.from({ length: 100 }, (_, i) => `task-${i}`);
    const heard: string[] = [];
    queue.listen((taskId) => heard.push(taskId));
    for (const id of ids) queue.ring(id);
    await until("KV's delivery of all", () => heard.length === 2 * ids.length);
    assert.deepEqual(heard, [...ids, ...ids], "in their order, in one go");
  });
});

Deno.test("a listener that failed hears the ring again through KV", async () => {
  await withPath(async (_path, open, errors) => {
    const queue = await open();
    let calls = 0;
    queue.listen(() => {
      if (++calls === 1) throw new Error("not now");
    });
    await queue.ring("task-1");
    await until("the second call", () => calls === 2);
    assert.equal(errors.length, 1);
  });
});

Deno.test("messages of unknown version or shape are dropped and reported, and rings go on", async () => {
  await withPath(async (path, open, errors) => {
    const queue = await open();
    const heard = new Set<string>();
    queue.listen((taskId) => heard.add(taskId));
    const foreign = await Deno.openKv(path);
    try {
      for (const message of [null, "task-1", { v: 1, taskId: "task-2" }, { v: 2 }]) {
        await foreign.enqueue(message);
      }
      await foreign.enqueue(toRingMessage(["task-3"]));
      await until("the ring behind them", () => heard.has("task-3"));
      await until("four reports", () => errors.length === 4);
      assert.ok(errors.every((error) => error instanceof TypeError));
      assert.deepEqual([...heard], ["task-3"]);
    } finally {
      foreign.close();
    }
  });
});

Deno.test("5,000 rings of an earlier process don't hold up the next one", async () => {
  await withPath(async (path, open, errors) => {
    await writeRings(path, 5_000);
    await assertRings(await open());
    assert.deepEqual(errors, []);
  });
});

Deno.test("a queue opens again after it was closed with rings on their way", async () => {
  await withPath(async (_path, open) => {
    const first = await open();
    first.listen(() => {});
    for (let i = 0; i < 50; i++) first.ring(`task-${i}`);
    await first.close();
    await assertRings(await open());
  });
});

Deno.test("whatever damaged file lies at the path, the queue opens and rings", async () => {
  const random = seeded(2);
  await withPath(async (path, open, errors) => {
    await writeRings(path, 300);
    const sound = await Deno.readFile(path);
    const noise = Uint8Array.from({ length: 4_096 }, () => random.whole(0, 255));
    const damaged = (from: number) => {
      const bytes = sound.slice();
      bytes.set(noise, from);
      return bytes;
    };
    const files = [
      noise,
      new Uint8Array(8_192),
      sound.subarray(0, 9_000),
      damaged(0),
      damaged(20_480),
    ];
    for (const bytes of files) {
      await Deno.writeFile(path, bytes);
      await Deno.writeFile(`${path}-wal`, noise);
      const queue = await open();
      await assertRings(queue);
      await queue.close();
    }
    assert.deepEqual(errors, []);
  });
});

Deno.test("where no file can be made the queue works in memory and says so", async () => {
  await withPath(async (path, open, errors) => {
    await Deno.mkdir(path);
    await Deno.writeTextFile(join(path, "in-the-way"), "");
    await assertRings(await open());
    assert.equal(errors.length, 1);
    assert.match(String(errors[0]), /KV file can't be made/);
  });
});

Deno.test("on a nearly full disk a ring reaches listeners without KV, and this is reported once", async () => {
  await withPath(async (_path, open, errors) => {
    let free = 0;
    const queue = await open({ freeBytes: () => Promise.resolve(free) });
    const heard: string[] = [];
    queue.listen((taskId) => heard.push(taskId));
    await queue.ring("full-1");
    await queue.ring("full-2");
    await until("the report", () => errors.length === 1);
    free = 2 ** 40;
    await queue.ring("roomy");
    await until("KV's delivery", () => heard.length === 4);
    assert.deepEqual(heard, ["full-1", "full-2", "roomy", "roomy"]);
    assert.match(String(errors[0]), /nearly full/);
    assert.equal(errors.length, 1);
  });
});

Deno.test("free space that can't be read is reported once and rings go through KV", async () => {
  await withPath(async (_path, open, errors) => {
    await assertRings(await open({ freeBytes: () => Promise.reject(new Error("not allowed")) }));
    assert.equal(errors.length, 1);
    assert.match(String(errors[0]), /free space can't be read/);
  });
});

Deno.test("a ring that KV refuses is reported, not thrown, and the listener has it", async () => {
  await withPath(async (_path, open, errors) => {
    const queue = await open();
    const heard: string[] = [];
    queue.listen((taskId) => heard.push(taskId));
    const tooLarge = "x".repeat(70_000);
    await queue.ring(tooLarge);
    await until("the report", () => errors.length === 1);
    assert.deepEqual(heard, [tooLarge]);
    assert.match(String(errors[0]), /too large/);
  });
});

Deno.test("a foreign lock on the KV file holds up neither rings nor memory, and is reported once", async () => {
  await withPath(async (path, open, errors) => {
    const queue = await open();
    const heard: string[] = [];
    queue.listen((taskId) => heard.push(taskId));
    const foreign = new DatabaseSync(path);
    foreign.exec("BEGIN IMMEDIATE");
    try {
      for (let i = 0; i < RINGS_WAITING_MAX + 500; i++) await queue.ring(`task-${i}`);
      assert.equal(heard.length, RINGS_WAITING_MAX + 500);
      await until("the report", () => errors.length > 0);
    } finally {
      foreign.close();
    }
    assert.equal(errors.length, 1);
    assert.match(String(errors[0]), /holds it locked/);
  });
});

await testWithMount(
  "a disk that fills up under an open queue, or before it opens, costs no ring and no process",
  "tmpfs",
  async () => {
    await withMount("tmpfs", "tmpfs", "size=512k", async (dir) => {
      const errors: unknown[] = [];
      const onError = (error: unknown) => errors.push(error);
      const fill = (name: string) =>
        assert.rejects(
          Deno.writeFile(join(dir, name), new Uint8Array(1024 * 1024)),
          /ENOSPC|space/,
        );

      const early = await KvQueue.open(join(dir, "early.kv"), { onError, freeBytes: freeBytesAt });
      const heard: string[] = [];
      early.listen((taskId) => heard.push(taskId));
      await early.ring("before");
      await fill("ballast");
      await early.ring("after");
      await until("the report", () => errors.length === 1);
      await early.close();
      assert.deepEqual(heard, ["before", "after"]);
      assert.match(String(errors[0]), /nearly full/);

      const late = await KvQueue.open(join(dir, "late.kv"), { onError, freeBytes: freeBytesAt });
      await assertRings(late);
      await late.close();
      assert.match(String(errors[1]), /KV file can't be made/);
      assert.equal(errors.length, 2);
    });
  },
);
