/**
 * Gives back what a dead consumer held: promise 2, no task is running with nobody running it.
 *
 * A lease is lost when it ran out, or when its consumer's liveness lock is free. Releasing is fenced, so that a
 * mistake here can't hurt a result: at worst a task is run once more.
 */
import { type Ledger, LostClaimError } from "../audit/ledger.ts";
import { isFinal } from "../domain/task.ts";
import type { Log } from "../log.ts";
import type { FileStore } from "../storage/file_store.ts";

/** What reconciling looks at. */
export interface ReconcileParts {
  ledger: Pick<Ledger, "lostLeases" | "release">;
  files: Pick<FileStore, "discardWork" | "removeOtherAttempts">;
  /** IDs of the consumers that hold their liveness lock now. */
  livingConsumers: () => Promise<readonly string[]>;
  /** Whether this process is running that attempt itself: its lease is late (a machine that slept), not lost. */
  isActiveHere: (taskId: string, fence: number) => boolean;
  log: Log;
}

/**
 * Release every lost lease and remove the work that was done under it.
 *
 * @returns how many tasks were given back
 * @throws {Error} of the ledger or of reading the locks: nothing is half done, the next call goes on
 */
export async function reconcile(parts: ReconcileParts): Promise<number> {
  const { ledger, files, isActiveHere, log } = parts;
  const living = await parts.livingConsumers();
  const leases = await ledger.lostLeases(living);
  if (leases.length === 0) return 0;
  // A consumer that started after we counted, and claimed before we asked, looks dead: count again.
  const newcomers = (await parts.livingConsumers()).filter((id) => !living.includes(id));
  let released = 0;
  for (const { taskId, fence, consumer } of leases) {
    if (newcomers.includes(consumer) || isActiveHere(taskId, fence)) continue;
    try {
      const task = await ledger.release({ taskId, fence, consumer }, "consumer-lost");
      released++;
      log.warn("task.released", { task_id: taskId, fence, consumer, state: task.state });
      await files.discardWork(taskId, fence);
      if (isFinal(task.state)) await files.removeOtherAttempts(taskId, null);
    } catch (fault) {
      if (!(fault instanceof LostClaimError)) throw fault;
      // Somebody was faster: another reconciler, or its consumer after all.
    }
  }
  return released;
}
