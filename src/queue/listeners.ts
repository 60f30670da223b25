/** The listeners of one process, each shielded from the faults of the others. */
import type { Queue } from "./queue.ts";

export type Listener = Parameters<Queue["listen"]>[0];

export class Listeners {
  readonly #all: Listener[] = [];
  readonly #onError: (error: unknown) => void;

  /** `onError` hears of each listener that throws or rejects. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  add(listener: Listener): void {
    this.#all.push(listener);
  }

  /** After this, nobody is called. */
  clear(): void {
    this.#all.length = 0;
  }

  /** Call each one with the ID, now. Never throws. */
  call(taskId: string): void {
    for (const listener of [...this.#all]) {
      try {
        // An async function is a `(taskId) => void` to the compiler, so a promise may come back after all.
        Promise.resolve(listener(taskId)).catch(this.#onError);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
