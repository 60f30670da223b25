/** A data folder of its own with the real ledger and file store: where tasks are executed for tests. */
import { type OpenLedger, openLedger } from "../../src/audit/open_ledger.ts";
import type { EventData, EventType } from "../../src/domain/event.ts";
import type { Task } from "../../src/domain/task.ts";
import { LocalFileStore } from "../../src/storage/local_file_store.ts";
import { Paths } from "../../src/storage/paths.ts";
import { acquireLock, livingConsumers } from "../../src/storage/process_lock.ts";
import { type System, system as realSystem } from "../../src/system.ts";
import { Sweep } from "../../src/tasks/sweep.ts";
import { type Consumer, type ConsumerParts, createConsumer } from "../../src/worker/consumer.ts";
import {
  createRunnerPool,
  type RunnerPool,
  type RunnerPoolOptions,
} from "../../src/worker/runner_pool.ts";
import { LogBook } from "./log_book.ts";
import { sampleReceipt } from "./task_samples.ts";

const FAKE_RUNNER = import.meta.resolve("../worker/fake_runner.ts");

export class Workshop {
  readonly log = new LogBook();
  readonly #closing: (() => Promise<void>)[] = [];

  /** With the running system's clocks unless a test brings its own. */
  static async open(system: System = realSystem): Promise<Workshop> {
    const paths = new Paths(await Deno.makeTempDir({ prefix: "datatasker-test-" }));
    const files = new LocalFileStore(paths, system);
    await files.prepare();
    return new Workshop(paths, files, openLedger(paths.ledger, system), system);
  }

  private constructor(
    readonly paths: Paths,
    readonly files: LocalFileStore,
    readonly records: OpenLedger,
    readonly system: System,
  ) {}

  /** Accept a task. To a fake runner its file name says what to do. */
  async submit(
    filename: string,
    text = "region,product,revenue,quantity,discount\n",
  ): Promise<Task> {
    const id = this.system.newId();
    await Deno.writeTextFile(this.paths.input(id), text);
    const receipt = sampleReceipt(id, { filename });
    const bytes = new TextEncoder().encode(text).length;
    return await this.records.ledger.receive({ ...receipt, input: { ...receipt.input, bytes } });
  }

  /** Let a `finish-when-told` run finish. */
  async tell(task: Task): Promise<void> {
    await Deno.writeTextFile(`${this.paths.input(task.id)}.go`, "");
  }

  async task(id: string): Promise<Task> {
    const view = await this.records.queries.task(id);
    if (view === null) throw new Error(`no task ${id}`);
    return view.task;
  }

  /** What happened to a task: the types of its events without `task.`. */
  async story(id: string): Promise<string> {
    const events = await this.records.queries.events(id, { after: 0, limit: 100 });
    return events.map((event) => event.type.slice("task.".length)).join(" ");
  }

  /** The data of a task's newest event of a type. @throws {Error} if there is none */
  async newest<T extends EventType>(id: string, type: T): Promise<EventData[T]> {
    const events = await this.records.queries.events(id, { after: 0, limit: 100 });
    const event = events.findLast((event) => event.type === type);
    if (event === undefined) throw new Error(`no ${type} among ${await this.story(id)}`);
    return event.data as EventData[T];
  }

  /** A pool of fake runners that ends with the workshop. */
  pool(
    options: Partial<Omit<RunnerPoolOptions, "command">> & { entry?: string; heapMibMax?: number } =
      {},
  ): RunnerPool {
    const { entry = FAKE_RUNNER, heapMibMax = 256, ...rest } = options;
    const pool = createRunnerPool({
      runners: 1,
      softwareVersion: "test",
      system: realSystem,
      log: this.log,
      ...rest,
      command: {
        inputsDir: this.paths.inputs,
        workDir: this.paths.work,
        scratchDir: this.paths.scratch,
        entry,
        heapMibMax,
      },
    });
    this.#closing.push(() => pool.stop());
    return pool;
  }

  /** A consumer with one fake runner, not started; it ends with the workshop. */
  consumer(changes: Partial<ConsumerParts> = {}): Consumer {
    const id = changes.id ?? this.system.newId();
    const { ledger, queries } = this.records;
    const { files, log, system } = this;
    const consumer = createConsumer({
      id,
      ledger,
      files,
      runners: changes.runners ?? this.pool(),
      sweep: new Sweep({ queries, files, takesUploads: true, system, log }),
      acquireLiveness: async () => {
        const lock = await acquireLock(this.paths.consumerLock(id));
        if (lock === null) throw new Error(`somebody else is consumer ${id}`);
        return lock;
      },
      livingConsumers: () => livingConsumers(this.paths, [id]),
      system,
      log,
      ...changes,
    });
    this.#closing.push(() => consumer.stop());
    return consumer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closing.reverse()) await close();
    await this.records.ledger.close();
    await Deno.remove(this.paths.root, { recursive: true });
  }
}
