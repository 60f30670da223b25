/**
 * Another process on the same ledger, for `processes_test.ts`: says `ready`, waits for a line, then opens it, works and writes
 * one line per acknowledged operation.
 *
 *     ledger_process.ts <path> receive          receive tasks until killed
 *     ledger_process.ts <path> run <consumer>   claim and complete until nothing is due
 */
import { openLedger } from "../../src/audit/open_ledger.ts";
import { system } from "../../src/system.ts";
import { sampleReceipt, sampleResult } from "../support/task_samples.ts";

const [path, work, consumer] = Deno.args as [string, string, string];
function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

say("ready");
await Deno.stdin.read(new Uint8Array(16));
const { ledger } = openLedger(path, system);

if (work === "receive") {
  while (true) {
    const ids = Array.from({ length: 4 }, () => system.newId());
    await Promise.all(
      ids.map(async (id) => {
        await ledger.receive(sampleReceipt(id));
        say(id);
      }),
    );
  }
}
while (true) {
  const claim = await ledger.claim(consumer);
  if (claim === null) break;
  await ledger.complete(claim, sampleResult(claim.task.id, claim.fence));
  say(claim.task.id);
}
await ledger.close();
