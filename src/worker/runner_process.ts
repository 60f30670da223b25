/**
 * One child process, from its start to its death.
 *
 * ```
 *            ready            run              finished, refused, broke, stopped
 * starting ────────> idle ──────────> busy ──────────────────────────────> idle
 *     │               │                │
 *     └───────────────┴────────────────┴──> dead      by itself, or because we ordered it
 * ```
 *
 * A run that isn't wanted any more is told to stop, and has `stopMsMax` to answer. We order a death (SIGKILL; nothing else
 * stops a busy process) when it doesn't, is silent for too long, says what the protocol doesn't allow, or isn't needed
 * any more. A run that was on it gets its verdict only once the process is gone, so that nothing writes to the work folder after a
 * verdict. A death that we didn't order is a crash, unless it was told to stop.
 */
import { setPriority } from "node:os";
import { type ArtifactKind, completedKinds } from "../domain/artifact.ts";
import type { TaskError } from "../domain/errors.ts";
import { RUNNER_LINE_BYTES_MAX, RUNNER_NICENESS } from "../domain/limits.ts";
import type { Progress } from "../domain/report.ts";
import type { StopReason, Verdict, Watch } from "../tasks/assignment.ts";
import type { System } from "../system.ts";
import { describeEnd, LastWords } from "./evidence.ts";
import { readLines } from "./lines.ts";
import type { Order, Run, RunnerMessage } from "./protocol.ts";
import { checkArtifacts, parseRunnerMessage } from "./runner_message.ts";

/** How patient we are with a runner. */
export interface RunnerPatience {
  startMsMax: number;
  silenceMsMax: number;
  stopMsMax: number;
}

/** The run that a busy runner is on. */
interface Current {
  /** What it has to make. */
  kinds: readonly ArtifactKind[];
  onProgress: (progress: Progress) => void;
  /** Set once it was told to stop. */
  stopped: { type: "stopped"; reason: StopReason } | null;
  /** Ends the run, if it hasn't ended. */
  settle: (verdict: Verdict) => void;
}

const HUNG: TaskError = {
  code: "runner-hung",
  message: "The process that worked on the file stood still and was ended. " +
    "Upload the file again, and report it if that fails too.",
};

const BABBLED: TaskError = {
  code: "internal-error",
  message: "The process that worked on the file gave no usable answer and was ended. " +
    "Upload the file again, and report it if that fails too.",
};

/** A child process that speaks `protocol.ts`. */
export class RunnerProcess {
  readonly pid: number;
  /** True once it is ready; false if it died before. Never rejects. */
  readonly ready: Promise<boolean>;
  /** Resolves with the evidence once it is dead and its streams are closed. Never rejects. */
  readonly dead: Promise<string>;

  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lastWords = new LastWords();
  readonly #patience: RunnerPatience;
  readonly #system: Pick<System, "monotonicMs">;
  readonly #becomeReady: (ready: boolean) => void;
  #state: "starting" | "idle" | "busy" | "dead" = "starting";
  #current: Current | null = null;
  /** Set once we ordered its death: what that makes of the run it is on, if any. */
  #ordered: ((evidence: string) => Verdict) | null = null;
  #heardAt: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopTimer: ReturnType<typeof setTimeout> | undefined;
  #isWanted = true;

  /** @throws {Error} the system's, if the process can't be started */
  constructor(
    command: Deno.Command,
    patience: RunnerPatience,
    system: Pick<System, "monotonicMs">,
  ) {
    const ready = Promise.withResolvers<boolean>();
    this.ready = ready.promise;
    this.#becomeReady = ready.resolve;
    this.#patience = patience;
    this.#system = system;
    this.#heardAt = system.monotonicMs();
    this.#child = command.spawn();
    this.pid = this.#child.pid;
    this.#stdin = this.#child.stdin.getWriter();
    this.dead = this.#live();
    this.#watchSilence();
    this.#giveWay();
  }

  /** Whether it can take a run. */
  get isIdle(): boolean {
    return this.#state === "idle" && this.#isWanted && this.#ordered === null;
  }

  /** Do one run. Never rejects. @throws {RangeError} if it isn't idle */
  run(run: Run, watch: Watch): Promise<Verdict> {
    if (!this.isIdle) throw new RangeError(`a runner that is ${this.#state} can't run`);
    const { promise, resolve } = Promise.withResolvers<Verdict>();
    const { signal, onProgress } = watch;
    const stop = () => this.#stop(signal.reason);
    this.#current = {
      kinds: completedKinds(run.options),
      onProgress,
      stopped: null,
      settle: (verdict) => {
        clearTimeout(this.#stopTimer);
        signal.removeEventListener("abort", stop);
        this.#current = null;
        resolve(verdict);
      },
    };
    this.#state = "busy";
    this.#lastWords.clear();
    this.#heardAt = this.#system.monotonicMs();
    this.#watchSilence();
    signal.addEventListener("abort", stop);
    this.#tell(run);
    if (signal.aborted) stop();
    return promise;
  }

  /** End it. A run that it is on is told to stop first. */
  end(): void {
    this.#isWanted = false;
    if (this.#current === null) this.#kill();
    else this.#stop("shutdown");
  }

  /**
   * Have it, and the threads it is to start, run behind all others: the API answers first. One that can't be told to
   * ends, and its evidence says why: nobody would look after it if the constructor threw.
   */
  #giveWay(): void {
    try {
      setPriority(this.pid, RUNNER_NICENESS);
    } catch (fault) {
      // It may be dead already, which its streams will tell.
      if ((fault as { info?: { code?: string } }).info?.code === "ESRCH") return;
      this.#lastWords.add(new TextEncoder().encode(`It can't be given a low priority: ${fault}\n`));
      this.#kill();
    }
  }

  #kill(): void {
    this.#order(() => ({ type: "stopped", reason: "shutdown" }));
  }

  /** Have it give up its run, or kill it. Only the first reason counts. */
  #stop(reason: StopReason): void {
    const current = this.#current;
    if (current === null || current.stopped !== null) return;
    const stopped = { type: "stopped", reason } as const;
    current.stopped = stopped;
    this.#tell({ type: "stop" });
    this.#stopTimer = setTimeout(() => this.#order(() => stopped), this.#patience.stopMsMax);
  }

  /** If it can't be written the process is dying, and its death settles the run. */
  #tell(order: Order): void {
    this.#stdin.write(new TextEncoder().encode(JSON.stringify(order) + "\n")).catch(() => {});
  }

  /** From the first byte to the end of the streams. */
  async #live(): Promise<string> {
    const heard = this.#listen();
    const collected = this.#collect();
    const status = await this.#child.status;
    await Promise.all([heard, collected]);
    clearTimeout(this.#timer);
    this.#state = "dead";
    this.#becomeReady(false);
    await this.#stdin.abort().catch(() => {});
    const evidence = `${describeEnd(status)}\n${this.#lastWords.text()}`.trim();
    const { stopped = null } = this.#current ?? {};
    this.#current?.settle(this.#ordered?.(evidence) ?? stopped ?? { type: "crashed", evidence });
    return evidence;
  }

  async #listen(): Promise<void> {
    try {
      for await (const line of readLines(this.#child.stdout, RUNNER_LINE_BYTES_MAX)) {
        this.#heardAt = this.#system.monotonicMs();
        this.#obey(parseRunnerMessage(line));
      }
    } catch (fault) {
      this.#orderForBabble(fault);
    }
  }

  async #collect(): Promise<void> {
    try {
      for await (const bytes of this.#child.stderr) this.#lastWords.add(bytes);
    } catch {
      // The stream breaks at worst with the process itself; what was collected is the evidence.
    }
  }

  /** @throws {TypeError} if this message isn't allowed now */
  #obey(message: RunnerMessage): void {
    if (message.type === "ready" && this.#state === "starting") {
      this.#state = "idle";
      clearTimeout(this.#timer);
      this.#becomeReady(true);
      return;
    }
    const current = this.#current;
    if (current === null || message.type === "ready") {
      throw new TypeError(`a runner that is ${this.#state} said ${message.type}`);
    }
    if (this.#ordered !== null) return;
    switch (message.type) {
      case "progress":
        return current.onProgress(message.progress);
      case "finished":
        checkArtifacts(message.result.artifacts, current.kinds);
        return this.#end({ type: "finished", result: message.result });
      case "refused":
        checkArtifacts(message.result.artifacts, []);
        return this.#end({ type: "refused", error: message.error, result: message.result });
      case "stopped":
        if (current.stopped === null) throw new TypeError("a runner stopped that wasn't told to");
        return this.#end(current.stopped);
      case "broke": {
        const { code, message: sentence } = message;
        const evidence = this.#lastWords.text();
        const error = { code, message: sentence };
        return this.#end(
          evidence === "" ? { type: "broke", error } : { type: "broke", error, evidence },
        );
      }
    }
  }

  #end(verdict: Verdict): void {
    clearTimeout(this.#timer);
    this.#state = "idle";
    this.#current?.settle(verdict);
    if (!this.#isWanted) this.#kill();
  }

  #orderForBabble(fault: unknown): void {
    const reason = fault instanceof SyntaxError ? "a line that isn't JSON" : String(fault);
    this.#order((evidence) => ({
      type: "broke",
      error: BABBLED,
      evidence: `It was ended because of what it said: ${reason}.\n${evidence}`,
    }));
  }

  /** Only the first order counts. */
  #order(verdict: (evidence: string) => Verdict): void {
    if (this.#ordered !== null || this.#state === "dead") return;
    this.#ordered = verdict;
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It is gone already.
    }
  }

  /** One timer per run that is set again when it finds that something was heard: messages are many, timers cost. */
  #watchSilence(): void {
    const { startMsMax, silenceMsMax } = this.#patience;
    const msMax = this.#state === "starting" ? startMsMax : silenceMsMax;
    const msLeft = this.#heardAt + msMax - this.#system.monotonicMs();
    if (msLeft > 0) {
      this.#timer = setTimeout(() => this.#watchSilence(), msLeft);
    } else {
      this.#order((evidence) => ({ type: "broke", error: HUNG, evidence }));
    }
  }
}
