/**
 * What a ring is on the wire: `{"v": 1, "taskId": "..."}`, nothing else.
 *
 * A queue may outlive the version that wrote into it, so that a reader drops what it doesn't know: the ledger
 * still has the task.
 */

const VERSION = 1;

export interface RingMessage {
  v: typeof VERSION;
  taskId: string;
}

/** The message of a ring. */
export function toRingMessage(taskId: string): RingMessage {
  return { v: VERSION, taskId };
}

/** The task ID in a message from anywhere. @throws {TypeError} if it isn't a ring of this version */
export function taskIdOf(message: unknown): string {
  if (typeof message !== "object" || message === null) {
    throw new TypeError(
      `a ring is an object, this is ${message === null ? "null" : typeof message}`,
    );
  }
  const { v, taskId } = message as Record<string, unknown>;
  if (v !== VERSION) throw new TypeError(`a ring of version ${VERSION} was expected`);
  if (typeof taskId !== "string" || taskId === "") throw new TypeError("a ring needs a taskId");
  return taskId;
}
