/**
 * The consumer: finds tasks that are due, claims them, and has runners execute them.
 *
 * ```
 * doorbell, poll, a place became free ──> look: reserve a place, claim, until either is not to be had
 *                                           └──> execute (not awaited): run ──> place free ──> look
 *                                                                         └──> publish, record
 * every HEARTBEAT_MS: renew the leases      every RECONCILE_MS: give back what dead consumers held
 * ```
 *
 * Invariants:
 * - A task is claimed only with a place for it in hand: one consumer must not take what another could run now.
 * - A place is free as soon as its run is over: what follows is the disk's work and the ledger's, not the runner's. So that
 *   a slow disk holds up the claims too, only `ENDING_ATTEMPTS_MAX` attempts may be there.
 * - One look at a time; a reason to look that comes meanwhile is remembered. Between a doorbell and the runner there
 *   is no timer.
 * - Nothing here rejects or throws after `start`: what the ledger can't do now is tried again at the next poll.
 *
 * Stopping is a ladder: no more claims; runs told to stop, runners ended or killed, tasks given back at no cost; after `CONSUMER_STOP_MS_MAX` it
 * ends all the same, and what it still holds is given back by the next reconciler, once its liveness lock is free.
 */
import type { Claim, Ledger } from "../audit/ledger.ts";
import {
  CONSUMER_STOP_MS_MAX,
  ENDING_ATTEMPTS_MAX,
  HEARTBEAT_MS,
  POLL_MS,
  RECONCILE_MS,
  SWEEP_MS,
} from "../domain/limits.ts";
import type { Log } from "../log.ts";
import type { FileStore } from "../storage/file_store.ts";
import type { System } from "../system.ts";
import type { RunAssignment } from "../tasks/assignment.ts";
import { execute } from "../tasks/execute.ts";
import { pause } from "../tasks/pause.ts";
import { reconcile } from "../tasks/reconcile.ts";
import type { Sweep } from "../tasks/sweep.ts";
import { type ActiveAttempt, beat } from "./heartbeats.ts";
import type { Reservation, RunnerPool } from "./runner_pool.ts";

/** What a consumer works with; the roots build it. */
export interface ConsumerParts {
  /** Names this consumer in claims; a new one for each process. */
  id: string;
  ledger: Ledger;
  files: FileStore;
  runners: RunnerPool;
  sweep: Sweep;
  /** Take the liveness lock of this consumer: held as long as the process lives, or until released. */
  acquireLiveness: () => Promise<{ release(): Promise<void> }>;
  /** IDs of all consumers that hold theirs, this one included. */
  livingConsumers: () => Promise<readonly string[]>;
  system: System;
  log: Log;
}

/** One per process: it ends with it. */
export interface Consumer {
  /**
   * Take the liveness lock, clean up after those who died, then start to work. `main.ts` awaits it before it serves:
   * only then files of unknown tasks can't belong to an upload.
   * @throws {Error} if the liveness lock can't be had
   */
  start(): Promise<void>;
  /** Look for work now: called for each doorbell, and after each accepted upload. Which task it was is in the ledger. */
  wake(): void;
  /** Give the running tasks back, end the runners. Takes at most `CONSUMER_STOP_MS_MAX`; may be called again. */
  stop(): Promise<void>;
}

/** A consumer that is not started yet. */
export function createConsumer(parts: ConsumerParts): Consumer {
  return new LedgerConsumer(parts);
}

class LedgerConsumer implements Consumer {
  readonly #parts: ConsumerParts;
  readonly #active = new Set<ActiveAttempt>();
  readonly #executing = new Set<Promise<void>>();
  /** Attempts whose run is over. */
  #ending = 0;
  readonly #stopping = new AbortController();
  #liveness: { release(): Promise<void> } | null = null;
  #started: Promise<void> | null = null;
  #loops: Promise<void>[] = [];
  #stopped: Promise<void> | null = null;
  #isLooking = false;
  #lookAgain = false;
  /** The look that runs or ran last. */
  #looked: Promise<void> | null = null;

  constructor(parts: ConsumerParts) {
    this.#parts = parts;
  }

  start(): Promise<void> {
    return this.#started ??= this.#start();
  }

  async #start(): Promise<void> {
    this.#liveness = await this.#parts.acquireLiveness();
    await this.#reconcile();
    await this.#sweep(false);
    if (this.#stopping.signal.aborted) return;
    this.#parts.runners.start(() => this.wake());
    this.#loops = [
      this.#every(HEARTBEAT_MS, () => beat(this.#parts.ledger, this.#active, this.#parts.log)),
      this.#every(RECONCILE_MS, () => this.#reconcile()),
      this.#every(SWEEP_MS, () => this.#sweep(true)),
      this.#poll(),
    ];
  }

  wake(): void {
    this.#lookAgain = true;
    if (!this.#isLooking) this.#looked = this.#look();
  }

  stop(): Promise<void> {
    return this.#stopped ??= this.#stop();
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    for (const { abort } of this.#active) abort.abort("shutdown");
    const ended = new AbortController();
    const ending = this.#end().finally(() => ended.abort());
    await Promise.race([ending, pause(CONSUMER_STOP_MS_MAX, ended.signal)]);
    // Not before the tasks are given back: a free lock tells everybody that we are dead.
    await this.#liveness?.release();
  }

  async #end(): Promise<void> {
    // Whoever called `start` is told why it failed.
    await this.#started?.catch(() => {});
    const runnersEnded = this.#parts.runners.stop();
    await this.#looked;
    await Promise.all(this.#executing);
    await Promise.all([runnersEnded, ...this.#loops]);
  }

  /** Claim for every free place until nothing is due. No await between its last look and `#isLooking = false`. */
  async #look(): Promise<void> {
    this.#isLooking = true;
    while (this.#lookAgain && !this.#stopping.signal.aborted) {
      this.#lookAgain = false;
      if (this.#ending >= ENDING_ATTEMPTS_MAX) break; // the next that ended looks
      const place = this.#parts.runners.reserve();
      if (place === null) break;
      const claim = await this.#claim();
      if (claim === null) {
        place.release();
      } else {
        this.#launch(place, claim);
        this.#lookAgain = true;
      }
    }
    this.#isLooking = false;
  }

  async #claim(): Promise<Claim | null> {
    try {
      return await this.#parts.ledger.claim(this.#parts.id);
    } catch (fault) {
      this.#parts.log.warn("consumer.claim_failed", { error: String(fault) });
      return null;
    }
  }

  #launch(place: Reservation, claim: Claim): void {
    let isRunning = true;
    const free = () => {
      if (!isRunning) return;
      isRunning = false;
      place.release();
      this.#ending++;
      this.wake();
    };
    const run: RunAssignment = (...order) => place.run(...order).finally(free);
    const executing = this.#execute(run, claim).then(() => {
      free(); // if it came to no run
      this.#ending--;
      this.#executing.delete(executing);
      this.wake();
    });
    this.#executing.add(executing);
  }

  async #execute(run: RunAssignment, claim: Claim): Promise<void> {
    const { ledger, files, system, log } = this.#parts;
    const attempt: ActiveAttempt = { claim, progress: null, abort: new AbortController() };
    const began = system.monotonicMs();
    this.#active.add(attempt);
    // Claimed while `stop` was called: `execute` gives it back.
    if (this.#stopping.signal.aborted) attempt.abort.abort("shutdown");
    const fields = { task_id: claim.task.id, fence: claim.fence, attempt: claim.task.attempt };
    log.info("attempt.started", fields);
    const fate = await execute({ ledger, files, run, system, pause, log }, claim, {
      signal: attempt.abort.signal,
      onProgress: (progress) => attempt.progress = progress,
    });
    this.#active.delete(attempt);
    const ms = Math.round(system.monotonicMs() - began);
    log.info("attempt.ended", { ...fields, fate, ms });
  }

  /** Look at the ledger itself, in case that a doorbell was lost, and when the next retry falls due. */
  async #poll(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.wake();
      const dueMs = await this.#parts.ledger.nextDueMs().catch(() => null);
      // 0 is a task that nobody has a place for: whoever gets one free looks by himself.
      const waitMs = dueMs === null || dueMs === 0 ? POLL_MS : Math.min(dueMs, POLL_MS);
      await pause(Math.ceil(waitMs), signal);
    }
  }

  async #reconcile(): Promise<void> {
    const { ledger, files, livingConsumers, log } = this.#parts;
    try {
      const released = await reconcile({
        ledger,
        files,
        livingConsumers,
        isActiveHere: (taskId, fence) => this.#isActive(taskId, fence),
        log,
      });
      if (released > 0) this.wake();
    } catch (fault) {
      log.warn("consumer.reconcile_failed", { error: String(fault) });
    }
  }

  async #sweep(isServing: boolean): Promise<void> {
    try {
      await this.#parts.sweep.run(isServing);
    } catch (fault) {
      this.#parts.log.warn("consumer.sweep_failed", { error: String(fault) });
    }
  }

  #isActive(taskId: string, fence: number): boolean {
    return [...this.#active].some(({ claim }) => claim.task.id === taskId && claim.fence === fence);
  }

  /** Do this again and again with a pause in between, until the consumer stops. */
  async #every(ms: number, what: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    await pause(ms, signal);
    while (!signal.aborted) {
      await what();
      await pause(ms, signal);
    }
  }
}
