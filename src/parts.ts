/** What both roots are made of: one process's share of a data folder. Names implementations, as roots do. */
import manifest from "../deno.json" with { type: "json" };
import type { Ledger } from "./audit/ledger.ts";
import { openLedger } from "./audit/open_ledger.ts";
import type { Queries } from "./audit/queries.ts";
import { type Config, parseConfig } from "./config.ts";
import { SIGNAL_ECHO_MS_MAX } from "./domain/limits.ts";
import { createLog, type Log } from "./log.ts";
import { LocalFileStore } from "./storage/local_file_store.ts";
import { Paths } from "./storage/paths.ts";
import { acquireLock, livingConsumers } from "./storage/process_lock.ts";
import { system } from "./system.ts";
import { Sweep } from "./tasks/sweep.ts";
import { type Consumer, createConsumer } from "./worker/consumer.ts";
import { createRunnerPool } from "./worker/runner_pool.ts";

/** Of this software, as reports and logs name it. */
export const VERSION = manifest.version;

/** Why the service can't start, as a sentence for the operator. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** What the environment configures. @throws {ConfigError} */
export function readConfig(): Config {
  return parseConfig(Deno.env.toObject(), { cores: navigator.hardwareConcurrency });
}

/** What a root works with. */
export interface Parts {
  log: Log;
  paths: Paths;
  store: LocalFileStore;
  ledger: Ledger;
  queries: Queries;
  consumer: Consumer;
}

/** Where to open parts, and for which root. */
export interface PartsOptions {
  config: Config;
  /** Of a data folder that exists (`LocalFileStore.prepare`). */
  paths: Paths;
  store: LocalFileStore;
  log: Log;
  /** Whether this process takes the uploads of its data folder. */
  takesUploads: boolean;
}

/** The data folder of a configuration, made where it is missing. @throws {Error} a sentence: it can't be used */
export async function openDataFolder(
  config: Config,
): Promise<Pick<PartsOptions, "paths" | "store" | "log">> {
  const paths = new Paths(config.dataDir);
  const store = new LocalFileStore(paths, system);
  await store.prepare();
  return { paths, store, log: createLog(config.logLevel, system.now) };
}

/** Open the ledger and build a consumer, not started yet. @throws {Error} a sentence: the ledger can't be used */
export function openParts(options: PartsOptions): Parts {
  const { config, paths, store, log, takesUploads } = options;
  const { ledger, queries } = openLedger(paths.ledger, system);
  const id = system.newId();
  const consumer = createConsumer({
    id,
    ledger,
    files: store,
    runners: createRunnerPool({
      runners: config.runners,
      command: {
        inputsDir: paths.inputs,
        workDir: paths.work,
        scratchDir: paths.scratch,
        cacheDir: Deno.env.get("DENO_DIR"),
      },
      softwareVersion: VERSION,
      system,
      log,
    }),
    sweep: new Sweep({ queries, files: store, takesUploads, system, log }),
    acquireLiveness: async () => {
      const lock = await acquireLock(paths.consumerLock(id));
      if (lock === null) throw new StartError(`Another process holds the lock of consumer ${id}.`);
      return lock;
    },
    livingConsumers: () => livingConsumers(paths, [id]),
    system,
    log,
  });
  return { log, paths, store, ledger, queries, consumer };
}

/**
 * Call `drain` at the first SIGTERM or SIGINT and exit with 0 when it is done; exit with 1 at the second signal (but not
 * at an echo of the first, see `SIGNAL_ECHO_MS_MAX`), or when draining fails.
 */
export function exitOnSignal(log: Log, drain: () => Promise<void>): void {
  let first: { signal: Deno.Signal; atMs: number } | null = null;
  const onSignal = async (signal: Deno.Signal) => {
    const atMs = system.monotonicMs();
    if (first !== null) {
      if (signal === first.signal && atMs - first.atMs < SIGNAL_ECHO_MS_MAX) return;
      log.warn("service.exit_at_once");
      Deno.exit(1);
    }
    first = { signal, atMs };
    log.info("service.draining");
    try {
      await drain();
    } catch (error) {
      log.error("service.drain_failed", { error: String(error) });
      Deno.exit(1);
    }
    log.info("service.stopped");
    Deno.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => onSignal(signal));
  }
}

/** Run a root; what keeps it from starting is told as a sentence on standard error, and the exit code is 1. */
export async function runRoot(root: () => Promise<void>): Promise<void> {
  try {
    await root();
  } catch (error) {
    const { name, message, stack } = error as Error;
    // Sentences for operators have a message that stands alone; anything else is a fault of ours and needs its stack.
    console.error(name === "TypeError" || name === "RangeError" ? stack : message);
    Deno.exit(1);
  }
}
