/** Rejected rows mended and sent again, through the whole service: both reports add up. */
import assert from "node:assert/strict";
import { finalTask, type ServiceProcess, startService } from "../support/service_process.ts";

// deno-lint-ignore no-explicit-any -- JSON off the wire, judged by the assertions
type Json = any;

async function withService(work: (service: ServiceProcess) => Promise<void>): Promise<void> {
  const dataDir = await Deno.makeTempDir({ prefix: "datatasker-parent-" });
  const service = await startService({ dataDir });
  try {
    await work(service);
  } finally {
    await service.stop();
    await Deno.remove(dataDir, { recursive: true });
  }
}

/** Upload a text and wait for the end of its task. */
async function run({ url }: ServiceProcess, text: string, query = ""): Promise<Json> {
  const response = await fetch(`${url}/v1/tasks${query}`, { method: "POST", body: text });
  const task = await response.json();
  assert.equal(response.status, 202, JSON.stringify(task));
  return await finalTask(url, task.id);
}

async function artifact({ url }: ServiceProcess, id: string, kind: string): Promise<string> {
  const response = await fetch(`${url}/v1/tasks/${id}/artifacts/${kind}`);
  assert.equal(response.status, 200);
  return await response.text();
}

async function report(service: ServiceProcess, id: string): Promise<Json> {
  return JSON.parse(await artifact(service, id, "report"));
}

Deno.test("rejected rows of a file with decimal commas are read with commas when they come again", () =>
  withService(async (service) => {
    const parent = await run(
      service,
      "region;product;revenue;quantity;discount\n" +
        "East;A;1,25;1;0\nEast;A;1.234;0;0\nEast;A;2.500;1;0\n",
    );
    assert.equal(parent.counts.rows_rejected, 1);
    assert.deepEqual(parent.input.dialect.decimal_mark.revenue, {
      mark: ",",
      decided_by: "values",
    });
    const rejects = await artifact(service, parent.id, "rejects");
    const child = await run(service, rejects.replace("1.234,0", "1.234,1"), `?parent=${parent.id}`);
    const summary = await artifact(service, child.id, "summary");
    assert.match(summary, /\nEast,1234,1234,1,0,1\n/);
    assert.equal(child.options.decimal_mark.revenue, ",");
    const alone = await run(service, rejects.replace("1.234,0", "1.234,1"));
    assert.match(await artifact(service, alone.id, "summary"), /\nEast,1\.234,/);
  }));

Deno.test("rejected rows, mended in their file and sent again as it is, add up with the first upload", () =>
  withService(async (service) => {
    const parent = await run(
      service,
      "Net Sales,region,product,quantity,discount\n" +
        "10,East,A,1,0\nabc,East,A,1,0\n20,West,B,0,0\n30,,B,1,0\nxyz,West,B,1,0\n40,West,B,1,0\n",
      "?columns[revenue]=Net Sales&filename=q3.csv",
    );
    assert.equal(parent.parent, null);
    assert.equal(parent.counts.rows_rejected, 4);
    assert.equal((await report(service, parent.id)).parent, undefined);

    // One row is left out, one is mended in vain, two are mended.
    const rejects = await artifact(service, parent.id, "rejects");
    const [header, first, second, third] = rejects.split("\n");
    const mended = [header, first.replace("abc", "11"), second.replace("B,0", "B,2"), third, ""]
      .join("\n");
    const child = await run(service, mended, `?parent=${parent.id}&filename=q3_mended.csv`);
    assert.deepEqual(
      [child.parent, child.counts.rows_accepted, child.counts.rows_rejected],
      [parent.id, 2, 1],
    );
    const { together, ...said } = await report(service, child.id);
    assert.deepEqual(said.parent, {
      task_id: parent.id,
      rows_total: 6,
      rows_accepted: 2,
      rows_rejected: 4,
    });
    assert.deepEqual(together, {
      rows_total: 6,
      rows_accepted: 4,
      rows_rejected: 1,
      rows_not_seen: 1,
      rows_added: 0,
    });
    assert.equal(said.counts.rows_total, 3);
    assert.deepEqual(said.options.columns, { revenue: "Net Sales" });

    // What is rejected again can be sent once more: its parent is the second upload.
    const again = await artifact(service, child.id, "rejects");
    const grandchild = await run(service, again.replace(",,B", ",East,B"), `?parent=${child.id}`);
    const last = await report(service, grandchild.id);
    assert.equal(last.parent.task_id, child.id);
    assert.deepEqual(last.together, {
      rows_total: 3,
      rows_accepted: 3,
      rows_rejected: 0,
      rows_not_seen: 0,
      rows_added: 0,
    });

    const list = await fetch(`${service.url}/v1/tasks?parent=${parent.id}`);
    const { tasks } = await list.json();
    assert.deepEqual(tasks.map(({ id }: { id: string }) => id), [child.id]);
    const deleted = await fetch(`${service.url}/v1/tasks/${parent.id}`, { method: "DELETE" });
    assert.equal(deleted.status, 204);
    const kept = await (await fetch(`${service.url}/v1/tasks/${child.id}`)).json();
    assert.equal(kept.parent, parent.id);
  }));
