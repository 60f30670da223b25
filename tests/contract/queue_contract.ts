/**
 * What every `Queue` must do, as one suite for all adapters.
 *
 * ```ts
 * testQueueContract("KvQueue", async (onError) => {
 *   const dir = await Deno.makeTempDir();
 *   const queue = await KvQueue.open(`${dir}/queue.kv`, { onError, freeBytes });
 *   return { queue, remove: () => Deno.remove(dir, { recursive: true }) };
 * });
 * ```
 */
import assert from "node:assert/strict";
import type { Queue } from "../../src/queue/queue.ts";
import { moment, until } from "../support/deadline.ts";

/** A fresh queue, and how to remove what it leaves once it is closed. */
export interface QueueUnderTest {
  queue: Queue;
  remove(): Promise<void>;
}

/** Longer than any adapter takes to deliver a ring (KV: at most 100 ms): to see that nothing comes any more. */
const SILENCE_MS = 300;

/** Register the suite for one adapter; `open` passes `onError` on to it. */
export function testQueueContract(
  adapter: string,
  open: (onError: (error: unknown) => void) => Promise<QueueUnderTest>,
): void {
  const test = (
    promise: string,
    body: (queue: Queue, errors: unknown[]) => Promise<void>,
    expectsErrors = false,
  ) =>
    Deno.test(`${adapter}: ${promise}`, async () => {
      const errors: unknown[] = [];
      const { queue, remove } = await open((error) => errors.push(error));
      try {
        await body(queue, errors);
        if (!expectsErrors) assert.deepEqual(errors, []);
      } finally {
        await queue.close();
        await remove();
      }
    });

  test("a ring reaches a listener with its task ID", async (queue) => {
    const heard: string[] = [];
    queue.listen((taskId) => heard.push(taskId));
    await queue.ring("0198c0de-0000-7000-8000-000000000001");
    await until("the ring", () => heard.length > 0);
    assert.equal(heard[0], "0198c0de-0000-7000-8000-000000000001");
  });

  test("each of 500 rings at once reaches a listener", async (queue) => {
    const heard = new Set<string>();
    queue.listen((taskId) => heard.add(taskId));
    const ids = Array.from({ length: 500 }, (_, i) => `task-${i}`);
    await Promise.all(ids.map((id) => queue.ring(id)));
    await until("all rings", () => heard.size === ids.length);
    assert.deepEqual([...heard].sort(), [...ids].sort());
  });

  test("a ring resolves without any listener", async (queue) => {
    await queue.ring("nobody-listens");
  });

  test("a listener that comes later hears later rings", async (queue) => {
    await queue.ring("early");
    const heard = new Set<string>();
    queue.listen((taskId) => heard.add(taskId));
    await queue.ring("late");
    await until("the later ring", () => heard.has("late"));
  });

  test("of two listeners at least one hears each ring", async (queue) => {
    const heard = new Set<string>();
    queue.listen((taskId) => heard.add(taskId));
    queue.listen((taskId) => heard.add(taskId));
    for (let i = 0; i < 20; i++) await queue.ring(`task-${i}`);
    await until("all rings", () => heard.size === 20);
  });

  test("a listener may ring", async (queue) => {
    const heard = new Set<string>();
    queue.listen((taskId) => {
      if (taskId === "first" && !heard.has(taskId)) queue.ring("second");
      heard.add(taskId);
    });
    await queue.ring("first");
    await until("the ring of the listener", () => heard.has("second"));
  });

  test(
    "a listener that throws or rejects harms no other ring and is reported",
    async (queue, errors) => {
      const heard = new Set<string>();
      queue.listen((taskId) => {
        heard.add(taskId);
        if (taskId === "throws") throw new Error("the listener threw");
        if (taskId === "rejects") return Promise.reject(new Error("the listener rejected"));
      });
      await queue.ring("throws");
      await queue.ring("rejects");
      await queue.ring("fine");
      await until("all three", () => heard.size === 3);
      await until("both reports", () => new Set(errors.map(String)).size === 2);
      assert.deepEqual([...new Set(errors.map(String))].sort(), [
        "Error: the listener rejected",
        "Error: the listener threw",
      ]);
    },
    true,
  );

  test("after close no listener is called, and a ring is refused", async (queue) => {
    let closed = false;
    let late = 0;
    queue.listen(() => {
      if (closed) late++;
    });
    for (let i = 0; i < 100; i++) await queue.ring(`task-${i}`);
    await queue.close();
    closed = true;
    await assert.rejects(queue.ring("too-late"), /closed/);
    await moment(SILENCE_MS);
    assert.equal(late, 0);
  });

  test("close waits for rings in flight and may be called again, at once or later", async (queue) => {
    queue.listen(() => {});
    const rings = Array.from({ length: 100 }, (_, i) => queue.ring(`task-${i}`));
    await Promise.all([queue.close(), queue.close()]);
    await Promise.allSettled(rings);
    await queue.close();
  });

  test("a listener may close the queue", async (queue) => {
    const closing = new Promise<void>((resolve, reject) => {
      queue.listen(() => queue.close().then(resolve, reject));
    });
    await queue.ring("last");
    await closing;
  });
}
