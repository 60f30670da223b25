/**
 * Warm runners: a fixed number of places, each with one process that waits for a run.
 *
 * ```
 * place:   start ──> ready ──> run, run, ... ──> dead ──> start ...
 *            └─ dead: wait 0.1 s, 0.2 s, ... 10 s ─┘
 * ```
 *
 * Invariants:
 * - A dead process is replaced, at once if it had done or begun work, else after a growing wait: a runner that can't
 *   even start must not keep the machine busy.
 * - A place is reserved before a task is claimed, so that nobody claims what nobody can run; a reservation belongs
 *   to the place and not to its process, which may die in between.
 */
import {
  RUNNER_RESTART_MS_MAX,
  RUNNER_RESTART_MS_MIN,
  RUNNER_SILENCE_MS_MAX,
  RUNNER_START_MS_MAX,
  RUNNER_STOP_MS_MAX,
} from "../domain/limits.ts";
import type { Log } from "../log.ts";
import type { System } from "../system.ts";
import type { Assignment, RunAssignment, Verdict, Watch } from "../tasks/assignment.ts";
import { pause } from "../tasks/pause.ts";
import type { Run } from "./protocol.ts";
import { type RunnerCommand, runnerCommand } from "./runner_command.ts";
import { RunnerProcess } from "./runner_process.ts";

/** How many runners, from where, and how patient we are with them. */
export interface RunnerPoolOptions {
  /** Processes, and so runs at the same time; at least 1. */
  runners: number;
  command: RunnerCommand;
  /** What reports name as the software that made them. */
  softwareVersion: string;
  system: Pick<System, "monotonicMs">;
  log: Log;
  /** Defaults: `RUNNER_START_MS_MAX`, `RUNNER_SILENCE_MS_MAX`, `RUNNER_STOP_MS_MAX`. */
  startMsMax?: number;
  silenceMsMax?: number;
  stopMsMax?: number;
}

/** A place for one run, held until `release`. */
export interface Reservation {
  run: RunAssignment;
  /** Give the place back. */
  release(): void;
}

/** The runners of one consumer. Nothing here rejects. */
export interface RunnerPool {
  /** Start the processes; `onFree` is called whenever one became ready for a run. */
  start(onFree: () => void): void;
  /** A place with a runner that is ready, or null. */
  reserve(): Reservation | null;
  /** PIDs of the processes that live, for logs and tests. */
  pids(): number[];
  /** End all runners, resolve when they are gone. Runs on them are `stopped`. */
  stop(): Promise<void>;
}

/** A pool that is not started yet. @throws {RangeError} if a folder of the command can't be named in a permission flag */
export function createRunnerPool(options: RunnerPoolOptions): RunnerPool {
  const command = runnerCommand(options.command);
  const stopping = new AbortController();
  let places: Place[] = [];
  return {
    start(onFree) {
      places = Array.from(
        { length: options.runners },
        () => new Place(options, command, stopping.signal, onFree),
      );
    },
    reserve: () => places.find((place) => place.isFree)?.reserve() ?? null,
    pids: () => places.flatMap((place) => place.pid ?? []),
    async stop() {
      stopping.abort();
      await Promise.all(places.map((place) => place.ended));
    },
  };
}

class Place {
  /** Resolves once the pool stopped and the last process is gone. */
  readonly ended: Promise<void>;
  readonly #options: RunnerPoolOptions;
  readonly #command: Deno.Command;
  readonly #stopping: AbortSignal;
  readonly #onFree: () => void;
  #process: RunnerProcess | null = null;
  #isReserved = false;
  /** Runs that this process was given. */
  #runs = 0;
  /** Ends the wait of a run whose process died before it could begin. */
  #onReady: (() => void) | null = null;

  constructor(
    options: RunnerPoolOptions,
    command: Deno.Command,
    stopping: AbortSignal,
    onFree: () => void,
  ) {
    this.#options = options;
    this.#command = command;
    this.#stopping = stopping;
    this.#onFree = onFree;
    this.ended = this.#keepAlive();
  }

  get isFree(): boolean {
    return !this.#isReserved && this.#process?.isIdle === true;
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  reserve(): Reservation {
    this.#isReserved = true;
    return {
      run: (assignment, watch) => this.#run(assignment, watch),
      release: () => this.#isReserved = false,
    };
  }

  async #run(assignment: Assignment, watch: Watch): Promise<Verdict> {
    if (this.#process?.isIdle !== true) await this.#nextReady(watch.signal);
    if (watch.signal.aborted) return { type: "stopped", reason: watch.signal.reason };
    if (this.#stopping.aborted) return { type: "stopped", reason: "shutdown" };
    if (this.#process?.isIdle !== true) return { type: "broke", error: NO_RUNNER };
    this.#runs++;
    return await this.#process.run(this.#order(assignment), watch);
  }

  /** Wait until the place has a runner that is ready again, the run isn't wanted any more, or it takes too long. */
  async #nextReady(signal: AbortSignal): Promise<void> {
    const ready = new AbortController();
    this.#onReady = () => ready.abort();
    const { startMsMax = RUNNER_START_MS_MAX } = this.#options;
    await pause(startMsMax, AbortSignal.any([ready.signal, signal, this.#stopping]));
    this.#onReady = null;
  }

  #order({ task, inputPath, workPath, artifactPrefix }: Assignment): Run {
    return {
      type: "run",
      task_id: task.id,
      filename: task.filename,
      input: task.input,
      options: task.options,
      parent: task.parent,
      input_path: inputPath,
      work_path: workPath,
      artifact_prefix: artifactPrefix,
      software_version: this.#options.softwareVersion,
    };
  }

  /** Start one process after the other until the pool stops. Never rejects. */
  async #keepAlive(): Promise<void> {
    let waitMs = RUNNER_RESTART_MS_MIN;
    while (!this.#stopping.aborted) {
      const evidence = await this.#live();
      if (this.#stopping.aborted) return;
      if (this.#runs > 0) {
        this.#options.log.info("runner.replaced", { runs: this.#runs });
        waitMs = RUNNER_RESTART_MS_MIN;
      } else {
        this.#options.log.error("runner.died_without_work", { evidence, wait_ms: waitMs });
        await pause(waitMs, this.#stopping);
        waitMs = Math.min(waitMs * 2, RUNNER_RESTART_MS_MAX);
      }
    }
  }

  /** One process from its start to its death; resolves with the evidence. */
  async #live(): Promise<string> {
    const {
      startMsMax = RUNNER_START_MS_MAX,
      silenceMsMax = RUNNER_SILENCE_MS_MAX,
      stopMsMax = RUNNER_STOP_MS_MAX,
      system,
    } = this.#options;
    this.#runs = 0;
    let process: RunnerProcess;
    try {
      process = new RunnerProcess(this.#command, { startMsMax, silenceMsMax, stopMsMax }, system);
    } catch (fault) {
      return `The runner can't be started: ${fault}`;
    }
    const end = () => process.end();
    this.#stopping.addEventListener("abort", end);
    this.#process = process;
    if (await process.ready) {
      this.#options.log.debug("runner.ready", { pid: process.pid });
      this.#onReady?.();
      if (!this.#isReserved) this.#onFree();
    }
    const evidence = await process.dead;
    this.#process = null;
    this.#stopping.removeEventListener("abort", end);
    return evidence;
  }
}

const NO_RUNNER = {
  code: "internal-error",
  message: "No process could be started to work on the file; the log of the service says why. " +
    "Mend that, then upload the file again.",
} as const;
