/**
 * The threads of a runner, beside its own: started with the first large input, kept for the next ones.
 *
 * A thread keeps its kernel, so memory stays what the largest input needed. Threads end with the runner.
 */
import {
  buffersOfOrder,
  type Crew,
  type CrewTask,
  type CrewWork,
} from "../pipeline/kernel/crew.ts";
import { OperatingError } from "../domain/errors.ts";
import type { CrewRequest, CrewResponse, OpenOrder } from "./kernel_worker.ts";

/** The module of a thread. */
export const THREAD_ENTRY = import.meta.resolve("./kernel_worker.ts");

/** Who waits for an answer. */
interface Waiting {
  resolve(answer: unknown): void;
  reject(fault: unknown): void;
}

interface Member {
  thread: Worker;
  /** How many answers it gave: it counts here, in memory of both threads. */
  given: Int32Array<SharedArrayBuffer>;
  /** How many of them came in, or Infinity if it failed. */
  received: number;
  /** Called when one comes in. */
  wake(): void;
  /** In the order of asking. */
  waiting: Waiting[];
  /** The answer to what was asked last. */
  last: Promise<unknown>;
}

export class KernelCrew implements Crew {
  readonly #members: Member[];

  /** Start so many threads. */
  constructor(size: number) {
    this.#members = Array.from({ length: size }, startMember);
  }

  get size(): number {
    return this.#members.length;
  }

  /**
   * Have all threads open an input; before that they know none.
   *
   * @param scratchFolder where each may keep what it has no memory for; default: it may not
   */
  open(inputPath: string, scratchFolder: string | null = null): void {
    for (const member of this.#members) {
      const order: OpenOrder = { inputPath, scratchFolder, given: member.given };
      // A fault shows with the first task: then nothing is open.
      request(member, { task: "open", order }).catch(() => {});
    }
  }

  /** Have all threads close the input once they have done what they were asked. */
  release(): void {
    // Nothing waits for it, and a thread that failed holds nothing more.
    for (const member of this.#members) {
      request(member, { task: "close", order: null }).catch(() => {});
    }
  }

  ask<Task extends CrewTask>(
    member: number,
    task: Task,
    order: CrewWork[Task]["order"],
  ): Promise<CrewWork[Task]["answer"]> {
    return request(this.#members[member], { task, order }) as Promise<CrewWork[Task]["answer"]>;
  }

  /** A turn of the event loop isn't enough: what other threads send is only looked at when this one waits. */
  async answers(): Promise<void> {
    for (const member of this.#members) {
      const given = Atomics.load(member.given, 0);
      while (member.received < given) {
        await new Promise<void>((resolve) => member.wake = resolve);
      }
    }
  }

  /** Resolves once all that was asked is answered. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#members.map(({ last }) => last));
  }

  /** End all threads. */
  close(): void {
    for (const { thread } of this.#members) thread.terminate();
  }
}

function startMember(): Member {
  const thread = new Worker(THREAD_ENTRY, { type: "module" });
  const waiting: Waiting[] = [];
  const member: Member = {
    thread,
    given: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
    received: 0,
    wake: () => {},
    waiting,
    last: Promise.resolve(),
  };
  thread.onmessage = ({ data }: MessageEvent<CrewResponse>) => {
    const { resolve, reject } = waiting.shift()!;
    if ("answer" in data) resolve(data.answer);
    else if ("fault" in data) reject(data.fault);
    else reject(new OperatingError(data.operating.code, data.operating.message));
    member.received++;
    member.wake();
  };
  thread.onerror = (event) => {
    event.preventDefault();
    const fault = new Error(`A thread of the runner failed: ${event.message}`);
    for (const { reject } of waiting.splice(0)) reject(fault);
    member.received = Infinity;
    member.wake();
  };
  return member;
}

function request(member: Member, message: CrewRequest): Promise<unknown> {
  return member.last = new Promise((resolve, reject) => {
    member.waiting.push({ resolve, reject });
    member.thread.postMessage(message, buffersOfOrder(message.task, message.order));
  });
}
