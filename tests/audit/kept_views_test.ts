/** Tasks that were read once are kept only as long as nothing is written, by anybody. */
import assert from "node:assert/strict";
import { openLedger } from "../../src/audit/open_ledger.ts";
import { TASK_VIEWS_KEPT } from "../../src/domain/limits.ts";
import { system } from "../../src/system.ts";
import { sampleProgress, sampleReceipt } from "../support/task_samples.ts";

async function withTwo(
  body: (
    here: ReturnType<typeof openLedger>,
    elsewhere: ReturnType<typeof openLedger>,
  ) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "datatasker-ledger-" });
  const two = [1, 2].map(() => openLedger(`${dir}/ledger.db`, system));
  try {
    await body(two[0], two[1]);
  } finally {
    for (const { ledger } of two) await ledger.close();
    await Deno.remove(dir, { recursive: true });
  }
}

for (const writer of ["this connection", "another one"]) {
  Deno.test(`a task is read anew after each write of ${writer}, progress included`, () =>
    withTwo(async (here, elsewhere) => {
      const { ledger } = writer === "this connection" ? here : elsewhere;
      const { queries } = here;
      const id = system.newId();
      const stateNow = async () => (await queries.task(id))?.task.state;
      assert.equal(await stateNow(), undefined);
      await ledger.receive(sampleReceipt(id));
      assert.equal(await stateNow(), "queued");
      const claim = await ledger.claim("someone", id);
      assert.equal(await stateNow(), "running");
      for (const bytes of [100, 200]) {
        await ledger.heartbeat(claim!, sampleProgress(bytes));
        assert.equal((await queries.task(id))?.progress?.bytes_read, bytes);
      }
      await ledger.fail(claim!, { code: "disk-full", message: "Full." }, null);
      assert.equal(await stateNow(), "failed");
      await ledger.delete(id);
      assert.notEqual((await queries.task(id))?.task.deleted_at, null);
    }));
}

Deno.test("while nothing is written a task is read once, and more tasks than are kept can be read", () =>
  withTwo(async ({ ledger, queries }) => {
    const ids = Array.from({ length: TASK_VIEWS_KEPT + 1 }, () => system.newId());
    await Promise.all(ids.map((id) => ledger.receive(sampleReceipt(id))));
    const first = await queries.task(ids[0]);
    assert.equal(await queries.task(ids[0]), first);
    for (const id of ids) assert.equal((await queries.task(id))?.task.id, id);
  }));
