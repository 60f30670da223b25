/** The threads that a runner has for large inputs: none until it meets one, then as many as the machine has processors. */
import type { RunThreads } from "../pipeline/pipeline.ts";
import { openInput, readInputAt } from "./input_source.ts";
import { KernelCrew, THREAD_ENTRY } from "./kernel_crew.ts";

/** From this size on, several threads are worth waking. */
export const CREW_BYTES_MIN = 8 * 1024 * 1024;
/** More threads wait for the one that puts their work together. */
const THREADS_MAX = 16;

export class RunnerThreads {
  #crew: KernelCrew | null = null;
  #file: Deno.FsFile | null = null;

  /**
   * Threads for an input; undefined if it is small, the machine has one processor, or their code may not be read.
   *
   * @param scratchFolder where they may keep what they have no memory for
   */
  open(path: string, bytes: number, scratchFolder: string): RunThreads | undefined {
    const others = Math.min(navigator.hardwareConcurrency, THREADS_MAX) - 1;
    if (bytes < CREW_BYTES_MIN || others === 0 || !mayStart()) return undefined;
    this.#crew ??= new KernelCrew(others);
    this.#crew.open(path, scratchFolder);
    this.#file = openInput(path);
    return { crew: this.#crew, readAt: readInputAt(this.#file) };
  }

  /** Wait until no thread is at work: after a run that stopped some may have a few segments to do. */
  async idle(): Promise<void> {
    await this.#crew?.idle();
  }

  /** After a run. @param isSound whether the threads may be used again; after a run that broke they may be at anything */
  close(isSound: boolean): void {
    this.#file?.close();
    this.#file = null;
    if (isSound) return this.#crew?.release();
    this.#crew?.close();
    this.#crew = null;
  }
}

/** A thread's modules need the permission that the runner's own don't. */
function mayStart(): boolean {
  const path = new URL(THREAD_ENTRY);
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}
