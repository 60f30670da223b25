/** The service: API and consumer in one process. `deno task start`. */
import { createApp } from "./src/app.ts";
import { DRAIN_RESPONSES_MS_MAX, DRAIN_UPLOADS_MS_MAX } from "./src/domain/limits.ts";
import type { Log } from "./src/log.ts";
import {
  exitOnSignal,
  openDataFolder,
  openParts,
  readConfig,
  runRoot,
  StartError,
  VERSION,
} from "./src/parts.ts";
import { KvQueue } from "./src/queue/kv_queue.ts";
import { dataFolderFaults } from "./src/storage/data_folder_faults.ts";
import { freeBytesAt } from "./src/storage/free_bytes.ts";
import { acquireLock } from "./src/storage/process_lock.ts";
import { system } from "./src/system.ts";
import { Intake } from "./src/tasks/intake.ts";
import { pause } from "./src/tasks/pause.ts";

async function serve(): Promise<void> {
  const config = readConfig();
  const folder = await openDataFolder(config);
  const lock = await acquireLock(folder.paths.mainLock);
  if (lock === null) {
    throw new StartError(
      `Another DataTasker serves the data folder ${folder.paths.root}. Stop it first, set DATATASKER_DATA_DIR to ` +
        "another folder, or run `deno task worker` to add a consumer to this one.",
    );
  }
  await folder.store.removeStaleUploads();
  const { log, store, ledger, queries, consumer, paths } = openParts({
    config,
    ...folder,
    takesUploads: true,
  });
  const queue = await KvQueue.open(paths.queue, {
    onError: (error) => log.warn("queue.fault", { error: String(error) }),
    freeBytes: freeBytesAt,
  });
  queue.listen(() => consumer.wake());
  await consumer.start();

  const intake = new Intake();
  const app = createApp({
    ledger,
    queries,
    store,
    queue,
    system,
    log,
    settings: { hosts: config.hosts, uploadBytesMax: config.uploadBytesMax, k: config.k },
    intake,
    ready: async () => {
      const faults = await dataFolderFaults(paths);
      try {
        await queries.tasks({ limit: 1, before: null }); // one row, however many there are
      } catch (error) {
        log.error("ledger.unreadable", { error: String(error) });
        faults.unshift("The ledger can't be read; the log says why.");
      }
      return faults;
    },
  });
  const server = listen(config.host, config.port, app.fetch, log);
  const { hostname, port } = server.addr as Deno.NetAddr;
  const url = `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  log.info("service.listening", {
    url,
    version: VERSION,
    runners: config.runners,
    data_dir: paths.root,
  });
  if (Deno.stdout.isTerminal()) console.log(`DataTasker is at ${url} (Ctrl-C ends it)`);

  exitOnSignal(log, async () => {
    const [left] = await Promise.all([intake.drain(DRAIN_UPLOADS_MS_MAX), consumer.stop()]);
    if (left > 0) log.warn("uploads.cut", { uploads: left });
    // Waits for open responses, for ever if a client doesn't read; they get a moment and no more.
    const enough = new AbortController();
    await Promise.race([
      server.shutdown().finally(() => enough.abort()),
      pause(DRAIN_RESPONSES_MS_MAX, enough.signal),
    ]);
    await queue.close();
    await ledger.close();
    await lock.release();
  });
}

/** @throws {StartError} when the address can't be had */
function listen(
  hostname: string,
  port: number,
  fetch: Deno.ServeHandler,
  log: Log,
): Deno.HttpServer {
  // The app answers every error itself, but for one in the midst of a body: that breaks the answer off, whatever this
  // returns. Without a handler Deno would write it between the lines of the log.
  const onError = (error: unknown) => {
    log.error("response.broke_off", { error: String(error) });
    return new Response(null, { status: 500 });
  };
  try {
    return Deno.serve({ hostname, port, onListen: () => {}, onError }, fetch);
  } catch (error) {
    throw new StartError(
      `Can't listen on ${hostname} port ${port}: ${(error as Error).message}. ` +
        "Set DATATASKER_PORT or DATATASKER_HOST to an address that is free.",
      { cause: error },
    );
  }
}

await runRoot(serve);
