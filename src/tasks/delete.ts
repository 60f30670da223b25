/** Delete: the files of a final task go, its record and its hashes stay. */
import type { Ledger } from "../audit/ledger.ts";
import type { Queries } from "../audit/queries.ts";
import { isFinal } from "../domain/task.ts";
import type { Log } from "../log.ts";
import type { FileStore } from "../storage/file_store.ts";

/** What became of the wish to delete a task; only `deleted` changed anything. */
export type Deletion = "deleted" | "unknown" | "not-final" | "deleted-before";

/** What deleting works with. */
export interface DeleteParts {
  ledger: Ledger;
  queries: Queries;
  store: FileStore;
  log: Log;
}

/**
 * Record `task.deleted`, then remove the files. The ledger decides: files that can't be removed now, or a process
 * killed in between, leave nothing but work for the reconciler.
 */
export async function deleteTask(parts: DeleteParts, taskId: string): Promise<Deletion> {
  const before = await refusal(parts, taskId);
  if (before !== null) return before;
  try {
    await parts.ledger.delete(taskId);
  } catch (error) {
    // Someone else may have been faster; any other failure is one.
    const since = await refusal(parts, taskId);
    if (since === null) throw error;
    return since;
  }
  try {
    await parts.store.remove(taskId);
  } catch (error) {
    parts.log.warn("task.files_not_removed", { task_id: taskId, error: String(error) });
  }
  return "deleted";
}

async function refusal(parts: DeleteParts, taskId: string): Promise<Deletion | null> {
  const view = await parts.queries.task(taskId);
  if (view === null) return "unknown";
  if (view.task.deleted_at !== null) return "deleted-before";
  return isFinal(view.task.state) ? null : "not-final";
}
