/**
 * The default `Queue`: Deno KV's `enqueue` and `listenQueue`, trusted with nothing.
 *
 * A ring takes two ways. This process's own listeners are called at once, within the call of `ring`; and the ring
 * goes through KV, which calls them again some 50 ms later. So a listener that failed gets a second chance,
 * and delivery twice, which any queue may do, happens all the time. That second way costs an fsync and a millisecond of
 * processor time each, so what rings within `RING_GATHER_MS` goes together.
 *
 * What Deno KV does (measured with 2.9.6) and what follows from it:
 *
 * - **Enqueue in one process, listen in another: up to 58 s.** So one process opens the file: `main.ts`, which
 *   holds the lock of the data folder. `worker.ts` opens no KV; its consumer looks at the ledger several times a second.
 * - **A damaged file panics the process** when it is opened or listened to (20 of 24 single damaged pages did; the rest
 *   rejected or went unnoticed), and rings left behind by a killed process are delivered up to 62 s later, or panic at
 *   once if the disk is full: a service that can never start again. So `open` begins with an empty file, always:
 *   whatever an earlier process left there, the ledger knows better, and the consumer reads that at its start.
 * - **A listener that can't write panics too**, and takes the process along: disk full between a ring and its delivery.
 *   An idle listener survives a full disk, and a refused enqueue only rejects. So nothing is enqueued while
 *   less than `QUEUE_FREE_BYTES_MIN` is free. If it happens all the same, the process dies and nothing is lost.
 * - **A handler that runs long is run again beside itself.** So listeners return at once and claim elsewhere.
 * - **Behind a foreign lock on the file KV waits for ever.** So rings that wait are counted, and closing gives up on them.
 *
 * If the file can't be made at all, KV runs in memory: the service starts anyway.
 */
import { setTimeout } from "node:timers/promises";
import {
  DRAIN_RINGS_MS_MAX,
  QUEUE_FREE_BYTES_MIN,
  RING_GATHER_MS,
  RINGS_WAITING_MAX,
} from "../domain/limits.ts";
import { Listeners } from "./listeners.ts";
import type { Queue } from "./queue.ts";
import { taskIdsOf, toRingMessage } from "./ring_message.ts";

const TOO_SLOW =
  "The KV file takes rings too slowly: look for a program that holds it locked. Tasks go on without it.";
const NEARLY_FULL =
  "The disk is nearly full: free space in the data folder. Tasks go on without the KV queue.";

const IN_MEMORY = ":memory:";

export interface KvQueueOptions {
  /** Hears of all that goes wrong where nobody waits for it: failed enqueues, foreign messages, failed listeners. */
  onError: (error: unknown) => void;
  /**
   * Bytes free where the file lies; if it fails when the queue is opened, `onError` hears of it and the disk isn't
   * watched.
   */
  freeBytes: (path: string) => Promise<number>;
}

export class KvQueue implements Queue {
  readonly #kv: Deno.Kv;
  readonly #listeners: Listeners;
  readonly #listening: Promise<void>;
  readonly #onError: (error: unknown) => void;
  readonly #freeBytes: () => Promise<number>;
  /** Rings that didn't set out through KV yet. */
  #waiting: string[] = [];
  /** Passes them on, while there are any. */
  #passing: Promise<void> | null = null;
  readonly #closed = new AbortController();
  /** Why rings don't go through KV at the moment; reported once. */
  #obstacle: string | null = null;
  #closing: Promise<void> | null = null;

  private constructor(kv: Deno.Kv, onError: (error: unknown) => void, free: () => Promise<number>) {
    this.#kv = kv;
    this.#onError = onError;
    this.#freeBytes = free;
    this.#listeners = new Listeners(onError);
    // From the start, with or without listeners: else rings would pile up in the file.
    this.#listening = kv.listenQueue((message) => this.#deliver(message)).catch(onError);
  }

  /**
   * Open a queue over this file, emptying it; `:memory:` is a queue without a file.
   *
   * Only one process may have the file open: hold the lock of the data folder. Never rejects over what lies at
   * the path: `onError` hears of it, and the queue works in memory.
   */
  static async open(
    path: string,
    { onError, freeBytes }: KvQueueOptions,
  ): Promise<KvQueue> {
    if (path !== IN_MEMORY) {
      try {
        const kv = await openEmpty(path);
        return new KvQueue(kv, onError, await watchable(() => freeBytes(path), onError));
      } catch (cause) {
        const message =
          `The KV file can't be made, so rings stay in memory and no task is lost: ${cause}`;
        onError(new Error(message, { cause }));
      }
    }
    return new KvQueue(await Deno.openKv(IN_MEMORY), onError, plenty);
  }

  /** Calls this process's listeners before it returns; KV's part goes on behind, its faults go to `onError`. */
  ring(taskId: string): Promise<void> {
    if (this.#closing) return Promise.reject(new Error("The queue is closed."));
    if (this.#waiting.length < RINGS_WAITING_MAX) this.#waiting.push(taskId);
    else this.#report(TOO_SLOW);
    this.#passing ??= this.#passOn().finally(() => this.#passing = null);
    this.#listeners.call(taskId);
    return Promise.resolve();
  }

  listen(onRing: (taskId: string) => void): void {
    if (!this.#closing) this.#listeners.add(onRing);
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#listeners.clear();
    this.#waiting = [];
    this.#closed.abort();
    if (this.#passing !== null) await settledWithin(this.#passing, DRAIN_RINGS_MS_MAX);
    // Deliveries that are not acknowledged yet stay in the file, and `open` forgets them.
    this.#kv.close();
    await this.#listening;
  }

  /** Put what waits into KV, message by message, until nothing waits. Never rejects. */
  async #passOn(): Promise<void> {
    do {
      await pause(RING_GATHER_MS, this.#closed.signal);
      const taskIds = this.#waiting;
      this.#waiting = [];
      if (taskIds.length > 0) await this.#enqueue(taskIds).catch(this.#onError);
    } while (this.#waiting.length > 0);
  }

  async #enqueue(taskIds: readonly string[]): Promise<void> {
    if (await this.#freeBytes() < QUEUE_FREE_BYTES_MIN) return this.#report(NEARLY_FULL);
    await this.#kv.enqueue(toRingMessage(taskIds));
    this.#obstacle = null;
  }

  #report(obstacle: string): void {
    if (obstacle !== this.#obstacle) this.#onError(new Error(obstacle));
    this.#obstacle = obstacle;
  }

  #deliver(message: unknown): void {
    try {
      for (const taskId of taskIdsOf(message)) this.#listeners.call(taskId);
    } catch (error) {
      // Not thrown on: KV would deliver it again five times.
      this.#onError(error);
    }
  }
}

/** A KV file with nothing in it, whatever lay there. */
async function openEmpty(path: string): Promise<Deno.Kv> {
  for (const suffix of ["", "-wal", "-shm"]) {
    try {
      await Deno.remove(path + suffix);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return await Deno.openKv(path);
}

function plenty(): Promise<number> {
  return Promise.resolve(Infinity);
}

/** The same question if it can be answered here, else one that never warns. */
async function watchable(
  freeBytes: () => Promise<number>,
  onError: (error: unknown) => void,
): Promise<() => Promise<number>> {
  try {
    await freeBytes();
    return freeBytes;
  } catch (cause) {
    const message = `The free space can't be read, so a full disk may end the process: ${cause}`;
    onError(new Error(message, { cause }));
    return plenty;
  }
}

/** Resolves after so many milliseconds, or once the signal is aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => {});
}

/** Wait until this has settled, but not longer than so many milliseconds. */
async function settledWithin(promise: Promise<void>, msMax: number): Promise<void> {
  const settled = new AbortController();
  promise.finally(() => settled.abort());
  await pause(msMax, settled.signal);
}
