/** A `Queue` within one process and without a trace: for tests. */
import { Listeners } from "./listeners.ts";
import type { Queue } from "./queue.ts";

export class MemoryQueue implements Queue {
  readonly #listeners: Listeners;
  #closed = false;

  /** `onError` hears of listeners that throw or reject. */
  constructor({ onError = () => {} }: { onError?: (error: unknown) => void } = {}) {
    this.#listeners = new Listeners(onError);
  }

  ring(taskId: string): Promise<void> {
    if (this.#closed) return Promise.reject(new Error("The queue is closed."));
    // Not within the caller's own turn, as with any real queue: a listener sees what the caller did after `ring`.
    queueMicrotask(() => this.#listeners.call(taskId));
    return Promise.resolve();
  }

  listen(onRing: (taskId: string) => void): void {
    if (!this.#closed) this.#listeners.add(onRing);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    return Promise.resolve();
  }
}
