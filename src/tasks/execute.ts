/**
 * One attempt at a claimed task, from its work folder to its record in the ledger.
 *
 * ```
 * run ──> publish ──> clear ──> record ──> tidy          each takes what the one before made of the attempt
 * Verdict  Verdict               Fate
 * ```
 *
 * Invariants:
 * - Nothing here rejects. A fault before the ledger is a verdict (`broke`), a fault of the ledger is a fate.
 * - A crash is a runner's death that nobody here ordered; all other faults are operating errors. Both cost the
 *   attempt; being stopped costs nothing.
 * - The ledger has the last word: if it says that the claim is lost, only what this attempt left in its work folder
 *   is removed. What it published stays: the refusal may answer a repeated write that had succeeded the first time.
 * - Work that came to nothing is removed before the ledger is written: it may be what fills the disk, and the record of
 *   that needs room.
 * - If the ledger can't be written at all, the claim is left alone: its lease runs out, and the reconciler gives the
 *   task back at no cost of an attempt.
 */
import { type Claim, type Ledger, LostClaimError } from "../audit/ledger.ts";
import { RECORD_WAITS_MS } from "../domain/limits.ts";
import type { Progress } from "../domain/report.ts";
import type { Task } from "../domain/task.ts";
import type { Log } from "../log.ts";
import type { FileStore } from "../storage/file_store.ts";
import { artifactPrefix } from "../storage/paths.ts";
import type { System } from "../system.ts";
import type { RunAssignment, Verdict, Watch } from "./assignment.ts";
import { operatingFault } from "./operating_fault.ts";
import type { Pause } from "./pause.ts";
import { afterCrash, afterFault, type Sequel } from "./retry_policy.ts";

/**
 * What became of an attempt. `released`: given back at no cost. `lost`: somebody else has the task.
 * `abandoned`: the ledger couldn't be written, the reconciler will see to it.
 */
export type Fate = "completed" | "failed" | "retrying" | "released" | "lost" | "abandoned";

/** What executing takes; `pause` and `random` so that tests need not wait or guess. */
export interface ExecuteParts {
  ledger: Ledger;
  files: FileStore;
  run: RunAssignment;
  system: Pick<System, "random">;
  pause: Pause;
  log: Log;
}

/** Run a claimed task once and record how it went. Never rejects. */
export async function execute(parts: ExecuteParts, claim: Claim, watch: Watch): Promise<Fate> {
  const attempt = new Attempt(parts, claim, watch);
  const verdict = await attempt.publish(await attempt.run());
  await attempt.clear();
  const fate = await attempt.record(verdict);
  await attempt.tidy(fate);
  return fate;
}

class Attempt {
  readonly #parts: ExecuteParts;
  readonly #claim: Claim;
  readonly #watch: Watch;
  #progress: Progress | null = null;
  #published = false;

  constructor(parts: ExecuteParts, claim: Claim, watch: Watch) {
    this.#parts = parts;
    this.#claim = claim;
    this.#watch = watch;
  }

  /** Have a runner do the work. */
  async run(): Promise<Verdict> {
    const { files, run } = this.#parts;
    const { task, fence } = this.#claim;
    const { signal } = this.#watch;
    if (signal.aborted) return { type: "stopped", reason: signal.reason };
    try {
      const workPath = await files.openWork(task.id, fence);
      return await run({
        task,
        inputPath: files.inputPath(task.id),
        workPath,
        artifactPrefix: artifactPrefix(task.id, fence),
      }, {
        signal,
        onProgress: (progress) => {
          this.#progress = progress;
          this.#watch.onProgress(progress);
        },
      });
    } catch (fault) {
      return this.#broke("attempt.run_failed", fault);
    }
  }

  /** Move what a run made to where it is served from. */
  async publish(verdict: Verdict): Promise<Verdict> {
    if (verdict.type !== "finished" && verdict.type !== "refused") return verdict;
    const { files } = this.#parts;
    const { task, fence } = this.#claim;
    if (!await this.#isStillOurs(verdict)) return { type: "stopped", reason: "lost" };
    try {
      await files.publish(task.id, fence, verdict.result.artifacts);
      this.#published = true;
      return verdict;
    } catch (fault) {
      return this.#broke("attempt.publish_failed", fault);
    }
  }

  /** Remove what was not published; what was has left the work folder. */
  async clear(): Promise<void> {
    const { task, fence } = this.#claim;
    if (!this.#published) await this.#parts.files.discardWork(task.id, fence);
  }

  /** Tell the ledger. */
  async record(verdict: Verdict): Promise<Fate> {
    try {
      return fateOf(await this.#write(verdict));
    } catch (fault) {
      if (fault instanceof LostClaimError) return "lost";
      this.#warn("attempt.record_failed", fault);
      return "abandoned";
    }
  }

  /** Remove what other attempts left of a task that is over. */
  async tidy(fate: Fate): Promise<void> {
    if (fate !== "completed" && fate !== "failed") return;
    const { task, fence } = this.#claim;
    if (this.#published && fence === 1) return; // there was no other
    try {
      await this.#parts.files.removeOtherAttempts(task.id, this.#published ? fence : null);
    } catch (fault) {
      this.#warn("attempt.tidy_failed", fault);
    }
  }

  /** One write for each verdict; null: there is nothing to write, the claim is lost. */
  async #write(verdict: Verdict): Promise<Task | null> {
    const { ledger, system } = this.#parts;
    const claim = this.#claim;
    switch (verdict.type) {
      case "finished":
        return await this.#insist(() => ledger.complete(claim, verdict.result));
      case "refused":
        return await this.#insist(() => ledger.fail(claim, verdict.error, verdict.result));
      case "broke": {
        const sequel = afterFault(claim.task, verdict.error, system.random);
        return await this.#follow(sequel, verdict.evidence);
      }
      case "crashed":
        return await this.#follow(afterCrash(claim.task, system.random), verdict.evidence);
      case "stopped": {
        if (verdict.reason === "lost") return null;
        const { fence, consumer, task } = claim;
        return await this.#insist(() =>
          ledger.release({ taskId: task.id, fence, consumer }, "shutdown")
        );
      }
    }
  }

  #follow(sequel: Sequel, evidence?: string): Promise<Task> {
    const { ledger } = this.#parts;
    if (sequel.type === "fail") {
      return this.#insist(() => ledger.fail(this.#claim, sequel.error, null, evidence));
    }
    const { error, waitMs, crash } = sequel;
    return this.#insist(() =>
      ledger.scheduleRetry(this.#claim, error, { waitMs, crash, evidence })
    );
  }

  /** Repeat a write that the ledger refused for a reason of its own (a full disk, a held lock). */
  async #insist(write: () => Promise<Task>): Promise<Task> {
    for (const waitMs of RECORD_WAITS_MS) {
      try {
        return await write();
      } catch (fault) {
        if (fault instanceof LostClaimError) throw fault;
        this.#warn("attempt.record_refused", fault);
        await this.#parts.pause(waitMs, this.#watch.signal);
      }
    }
    return await write();
  }

  /**
   * Ask whether the claim holds before anything is published; of a task that fails, record how far it came, which nothing
   * else will tell. A ledger that can't answer isn't a no: the write that follows decides.
   */
  async #isStillOurs({ type }: Verdict): Promise<boolean> {
    const { ledger } = this.#parts;
    try {
      if (type === "finished") return await ledger.holds(this.#claim);
      return await ledger.heartbeat(this.#claim, this.#progress);
    } catch (fault) {
      this.#warn("attempt.heartbeat_failed", fault);
      return true;
    }
  }

  #broke(event: string, fault: unknown): Verdict {
    this.#warn(event, fault);
    return { type: "broke", error: operatingFault(fault) };
  }

  #warn(event: string, fault: unknown): void {
    this.#parts.log.warn(event, {
      task_id: this.#claim.task.id,
      fence: this.#claim.fence,
      error: String(fault),
    });
  }
}

/** The fate after a write. A release can end a task too: as `poisoned`, once too many consumers were lost under it. */
function fateOf(task: Task | null): Fate {
  switch (task?.state) {
    case undefined:
      return "lost";
    case "queued":
      return "released";
    case "retrying":
    case "completed":
      return task.state;
    default:
      return "failed";
  }
}
