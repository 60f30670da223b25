/**
 * What rings are on the wire: `{"v": 2, "taskIds": ["...", ...]}`, nothing else.
 *
 * A queue may outlive the version that wrote into it, so that a reader drops what it doesn't know: the ledger
 * still has the tasks.
 */

const VERSION = 2;

export interface RingMessage {
  v: typeof VERSION;
  taskIds: readonly string[];
}

/** The message of some rings. */
export function toRingMessage(taskIds: readonly string[]): RingMessage {
  return { v: VERSION, taskIds };
}

/** The task IDs in a message from anywhere. @throws {TypeError} if it isn't one of this version */
export function taskIdsOf(message: unknown): readonly string[] {
  if (typeof message !== "object" || message === null) {
    throw new TypeError(
      `rings are an object, this is ${message === null ? "null" : typeof message}`,
    );
  }
  const { v, taskIds } = message as Record<string, unknown>;
  if (v !== VERSION) throw new TypeError(`rings of version ${VERSION} were expected`);
  const areIds = Array.isArray(taskIds) && taskIds.length > 0 &&
    taskIds.every((id) => typeof id === "string" && id !== "");
  if (!areIds) throw new TypeError("rings need taskIds");
  return taskIds;
}
