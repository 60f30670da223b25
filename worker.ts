/**
 * A consumer alone: more processes on the same host and data folder as a running `main.ts`. `deno task worker`.
 *
 * It opens no queue: a doorbell of Deno KV needs up to a minute to reach another process, so it looks at the
 * ledger itself, several times a second.
 */
import {
  exitOnSignal,
  openDataFolder,
  openParts,
  readConfig,
  runRoot,
  VERSION,
} from "./src/parts.ts";

async function consume(): Promise<void> {
  const config = readConfig();
  const { log, ledger, consumer, paths } = openParts({
    config,
    ...await openDataFolder(config),
    takesUploads: false,
  });
  await consumer.start();
  log.info("worker.started", { version: VERSION, runners: config.runners, data_dir: paths.root });
  exitOnSignal(log, async () => {
    await consumer.stop();
    await ledger.close();
  });
}

await runRoot(consume);
