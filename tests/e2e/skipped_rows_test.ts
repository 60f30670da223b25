/** Rows that are no data, and headers of two lines, through the whole service. */
import assert from "node:assert/strict";
import { finalTask, startService } from "../support/service_process.ts";

const HEADER = "region,product,revenue,quantity,discount\n";

// deno-lint-ignore no-explicit-any -- JSON off the wire, judged by the assertions
type Json = any;

Deno.test("footnotes and second header blocks are skipped and listed, in small files and in large ones", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "datatasker-skipped-" });
  const service = await startService({ dataDir });
  const run = async (body: string): Promise<{ task: Json; report: Json }> => {
    const response = await fetch(`${service.url}/v1/tasks`, { method: "POST", body });
    const { id } = await response.json();
    assert.equal(response.status, 202);
    const task = await finalTask(service.url, id) as Json;
    const report = await fetch(`${service.url}/v1/tasks/${id}/artifacts/report`);
    return { task, report: await report.json() };
  };
  try {
    const small = await run(
      "Region,Product,Sales,,\n,,Revenue,Quantity,Discount\nEast,A,10,2,0.1\n\nSource: ERP export\n",
    );
    assert.equal(small.task.outcome, "clean");
    assert.equal(small.task.input.dialect.header_lines, 2);
    assert.deepEqual(small.task.counts.skipped_by_kind, { blank: 1, footnote: 1 });
    assert.deepEqual(small.report.skipped, [{ kind: "footnote", rows: 1, lines: [5] }]);

    // Above 8 MiB all threads work on a file, each on parts of it.
    const rows = "East,Widget,12.50,2,0.1\n".repeat(200_000);
    const large = await run(
      `${HEADER}${rows}\n* first half\nSecond half\n${HEADER}${rows}\nGenerated 2024-01-01\n* all figures,,,,\n`,
    );
    assert.equal(large.task.outcome, "clean");
    assert.equal(large.report.run.engine, "kernel");
    assert.equal(large.task.counts.rows_accepted, 400_000);
    assert.deepEqual(large.report.skipped, [
      { kind: "repeated-header", rows: 1, lines: [200_005] },
      { kind: "preamble", rows: 1, lines: [200_004] },
      { kind: "footnote", rows: 3, lines: [200_003, 400_007, 400_008] },
    ]);
  } finally {
    await service.stop();
    await Deno.remove(dataDir, { recursive: true });
  }
});
