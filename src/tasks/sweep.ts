/**
 * Removes files that nobody will ask for: those of tasks that the ledger doesn't know or that were deleted, and work
 * folders of attempts that are over.
 *
 * What makes it safe:
 * - An upload is in `inputs/` a moment before the ledger knows its task. So an unknown task's files go at once only
 *   before anything is served; later only when sweeps over `ORPHAN_MS_MIN` agreed that it is unknown. Only the process
 *   that takes uploads may do this at all.
 * - Artifacts are only made of tasks on record. If an unknown task has some, then the ledger isn't the one that these
 *   files belong to (lost, or an old one put back): nothing is an orphan by its word, and the log says so.
 * - A task that waits may be claimed while we look, so of its work only the folder of its newest fence goes: that
 *   attempt is over, and a new claim has a new fence. Of a running task nothing goes.
 */
import type { Queries } from "../audit/queries.ts";
import { ORPHAN_MS_MIN, SWEEP_PAGE_TASKS } from "../domain/limits.ts";
import { isFinal } from "../domain/task.ts";
import type { Log } from "../log.ts";
import type { FileStore } from "../storage/file_store.ts";
import type { System } from "../system.ts";

/** What a sweep looks at. */
export interface SweepParts {
  queries: Pick<Queries, "task" | "livingTaskIds">;
  files: Pick<
    FileStore,
    "taskIds" | "workTaskIds" | "artifactTaskIds" | "remove" | "discardWork" | "removeOtherAttempts"
  >;
  /** Whether this process takes the uploads of its data folder: `main.ts` does, `worker.ts` doesn't. */
  takesUploads: boolean;
  system: Pick<System, "monotonicMs">;
  log: Log;
}

/** The sweeps of one process: it remembers between them what was unknown. */
export class Sweep {
  readonly #parts: SweepParts;
  /** Since when each task with files has been unknown, in monotonic milliseconds. */
  #unknownSince = new Map<string, number>();

  constructor(parts: SweepParts) {
    this.#parts = parts;
  }

  /**
   * @param isServing whether uploads may be running now
   * @throws {Error} of the ledger or the disk: nothing is half done, the next call goes on
   */
  async run(isServing: boolean): Promise<void> {
    if (this.#parts.takesUploads) await this.#removeOrphans(isServing ? ORPHAN_MS_MIN : 0);
    await this.#removeOldWork();
  }

  async #removeOrphans(unknownMsMin: number): Promise<void> {
    const { files, system, log } = this.#parts;
    const unknown = await this.#unknown(await files.taskIds());
    if (await this.#isForeignLedger(unknown)) {
      log.error("ledger.lacks_tasks", {
        cure: "The ledger doesn't know tasks whose artifacts are here, so no file is removed. " +
          "Stop the service and put back the ledger that belongs to this data folder.",
      });
      return;
    }
    const now = system.monotonicMs();
    const since = new Map<string, number>();
    for (const id of unknown) {
      const first = this.#unknownSince.get(id) ?? now;
      if (now - first < unknownMsMin) {
        since.set(id, first);
        continue;
      }
      await files.remove(id);
      log.warn("files.orphan_removed", { task_id: id });
    }
    this.#unknownSince = since;
  }

  async #unknown(ids: readonly string[]): Promise<string[]> {
    const unknown: string[] = [];
    for (let at = 0; at < ids.length; at += SWEEP_PAGE_TASKS) {
      const page = ids.slice(at, at + SWEEP_PAGE_TASKS);
      const living = await this.#parts.queries.livingTaskIds(page);
      unknown.push(...page.filter((id) => !living.has(id)));
    }
    return unknown;
  }

  /** @param unknown IDs of tasks with files that the ledger doesn't know, or knows as deleted */
  async #isForeignLedger(unknown: readonly string[]): Promise<boolean> {
    const { files, queries } = this.#parts;
    if (unknown.length === 0) return false;
    const published = new Set(await files.artifactTaskIds());
    for (const id of unknown) {
      if (published.has(id) && await queries.task(id) === null) return true;
    }
    return false;
  }

  async #removeOldWork(): Promise<void> {
    const { files, queries } = this.#parts;
    for (const id of await files.workTaskIds()) {
      const task = (await queries.task(id))?.task;
      if (task === undefined || task.state === "running") continue;
      await files.discardWork(id, task.fence);
      if (isFinal(task.state)) {
        await files.removeOtherAttempts(id, task.artifacts.length > 0 ? task.fence : null);
      }
    }
  }
}
