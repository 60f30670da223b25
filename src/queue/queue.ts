/**
 * The `Queue` contract: a doorbell between those who accept tasks and those who run them.
 *
 * What it carries is "look at task X": never data, never truth. The ledger decides what is to be done, so
 * a ring may come twice, late, out of order or never, and the only thing that changes is the waiting time.
 *
 * Promises of every adapter:
 * - `ring` never delays an answer to a client: it resolves once the ring is handed over, and rejects when it can't be.
 * - While at least one listener of the same queue lives, a ring that resolved normally reaches one of them soon.
 * - A listener that throws or rejects harms neither the queue nor other rings.
 * - After `close` resolved, no listener is called any more, and `close` may be called again.
 *
 * Not promised: exactly once, order, survival of a crash, delivery to every listener.
 */
export interface Queue {
  /** Ask any listener to look at this task. @throws {Error} if the queue is closed or out of reach */
  ring(taskId: string): Promise<void>;
  /** Call `onRing` for each ring that comes here. It must return within milliseconds: claim elsewhere. */
  listen(onRing: (taskId: string) => void): void;
  /** Stop listening, wait for what is in flight, free everything. */
  close(): Promise<void>;
}
