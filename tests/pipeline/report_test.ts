import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Progress } from "../../src/domain/report.ts";
import { HEADER, reportOf, runFile, runRows } from "../support/pipeline_run.ts";

const MANY = "East,A,10,2,0.1\n".repeat(20) + "East,A,900,2,0.1\n";

Deno.test("the report says everything that was measured, in its order", async () => {
  const file = "Region,_line,product,note,revenue,quantity,discount\n" +
    "East,9,A,n,10,2,0.1\nEast,9,A,n,12,2,0.1\n\nEast,9,A,n,x,y,0.1\n";
  const run = await runFile(file, { filename: "q3.csv", run: { now: ticking() } });
  const text = run.artifacts.text("report");
  const rejects = run.result.artifacts.find(({ kind }) => kind === "rejects")!;
  const [summary, anomalies] = run.result.artifacts;
  const expected = {
    task_id: "task",
    software_version: "1.2.3",
    filename: "q3.csv",
    input: {
      bytes: file.length,
      sha256: "00".repeat(32),
      dialect: { encoding: "utf-8", delimiter: ",", header_line: 1 },
    },
    options: { k: 2, max_bad_rows: null, max_bad_ratio: null, keep_totals: false },
    complete: true,
    columns: [
      { label: "Region", field: "region", use: "schema" },
      { label: "_line", field: null, use: "ignored" },
      { label: "product", field: "product", use: "schema" },
      { label: "note", field: null, use: "kept" },
      { label: "revenue", field: "revenue", use: "schema" },
      { label: "quantity", field: "quantity", use: "schema" },
      { label: "discount", field: "discount", use: "schema" },
    ],
    counts: {
      rows_total: 3,
      rows_accepted: 2,
      rows_rejected: 1,
      rows_skipped: 1,
      regions: 1,
      anomalies: 0,
      rejected_by_code: { "type-error": 1 },
      skipped_by_kind: { blank: 1 },
    },
    skipped: [],
    errors_by_code: { "type-error": 2 },
    changes: [],
    statistics: run.result.statistics,
    warnings: run.result.warnings,
    error: null,
    artifacts: [summary, anomalies, rejects].map(({ kind, bytes, sha256, rows }) => ({
      kind,
      file: `${kind}_task.csv`,
      bytes,
      sha256,
      rows,
    })),
    run: {
      engine: "plain",
      threads: 1,
      plain_rows: run.result.counts.rows_total,
      reread_bytes: run.result.counts.anomalies > 0 ? reportOf(run).input.bytes : 0,
      timings: reportOf(run).run.timings,
    },
  };
  assert.equal(text, `${JSON.stringify(expected, null, 2)}\n`);
  assert.deepEqual(Object.keys(expected.run.timings), [
    "parse_ms",
    "clean_ms",
    "aggregate_ms",
    "detect_ms",
    "write_ms",
    "total_ms",
  ]);
});

/** A clock that goes on by a millisecond each time it is asked. */
Deno.test("the report of an upload that came compressed says so", async () => {
  const dialect = { encoding: "utf-8", delimiter: ",", header_line: 1 } as const;
  const file = { bytes: HEADER.length + MANY.length, sha256: "00".repeat(32), dialect };
  const compression = { bytes: 99, format: "gzip" } as const;
  const { input } = reportOf(await runRows(MANY, { run: { input: { ...file, compression } } }));
  assert.equal(
    JSON.stringify(input),
    JSON.stringify({ ...file, compression: { format: "gzip", bytes: 99 } }),
  );
});

function ticking(): () => number {
  let now = 5;
  return () => now++;
}

Deno.test("timings are measured, and the stages don't exceed the total", async () => {
  const { timings } = reportOf(await runRows(MANY, { run: { now: ticking() } })).run;
  const { total_ms, ...stages } = timings as Record<string, number>;
  for (const [stage, ms] of Object.entries(stages)) assert.ok(ms > 0, stage);
  const sum = Object.values(stages).reduce((sum, ms) => sum + ms, 0);
  assert.ok(sum <= total_ms + 0.01, `${sum} of ${total_ms}`);
});

Deno.test("artifacts are listed with their sizes, hashes and rows, and nothing is written twice", async () => {
  const run = await runRows(`${MANY}x\n`);
  assert.deepEqual(run.artifacts.opened, ["rejects", "anomalies", "summary", "report"]);
  assert.deepEqual(
    run.result.artifacts.map(({ kind, path, rows }) => [kind, path, rows]),
    [
      ["summary", "artifacts/task/1/summary_task.csv", 1],
      ["anomalies", "artifacts/task/1/anomalies_task.csv", 1],
      ["rejects", "artifacts/task/1/rejects_task.csv", 1],
      ["report", "artifacts/task/1/report_task.json", null],
    ],
  );
  for (const { kind, bytes, sha256 } of run.result.artifacts) {
    const file = run.artifacts.bytes(kind)!;
    assert.equal(bytes, file.length);
    assert.equal(sha256, createHash("sha256").update(file).digest("hex"));
  }
});

async function progressOf(rows: string, chunkBytes = 50): Promise<Progress[]> {
  const seen: Progress[] = [];
  await runRows(rows, { chunkBytes, onProgress: (progress) => seen.push(progress) });
  return seen;
}

Deno.test("progress counts two passes, moves with each chunk and ends at its total", async () => {
  const bytes = HEADER.length + MANY.length;
  const seen = await progressOf(MANY);
  const chunks = Math.ceil(bytes / 50);
  assert.equal(seen.filter(({ stage }) => stage === "aggregate").length, chunks);
  assert.equal(seen.filter(({ stage }) => stage === "detect").length, chunks + 1);
  assert.deepEqual(seen.at(-1), {
    stage: "write",
    bytes_read: 2 * bytes,
    bytes_total: 2 * bytes,
    rows_read: 21,
    rows_rejected: 0,
  });
  assert.equal(seen[0].bytes_read, 50);
  assert.equal(seen[0].bytes_total, 2 * bytes);
});

Deno.test("without anomalies one pass is enough, and the share of bytes read never goes back", async () => {
  for (const rows of [MANY, "East,A,1,1,0\n".repeat(50), "x\n".repeat(50), ""]) {
    let last = 0;
    for (const { bytes_read, bytes_total } of await progressOf(rows, 7)) {
      const share = bytes_read / bytes_total;
      assert.ok(share >= last && share <= 1, `${share} after ${last}`);
      last = share;
    }
    assert.equal(last, 1);
  }
});

Deno.test("the report of rows that come again has their parent, and adds both up", async () => {
  const parent = { task_id: "first", rows_total: 9, rows_accepted: 5, rows_rejected: 4 };
  const cases: [
    rows: string,
    sum: [accepted: number, rejected: number, not: number, added: number],
  ][] = [
    ["East,A,1,1,0\n".repeat(4), [9, 0, 0, 0]],
    ["East,A,1,1,0\nEast,A,x,1,0\n", [6, 1, 2, 0]],
    ["East,A,x,1,0\n" + "East,A,1,1,0\n".repeat(5), [10, 1, 0, 2]],
    ["\nTotal,,,,\nEast,A,1,1,0\n", [6, 0, 3, 0]],
  ];
  for (const [rows, [accepted, rejected, not, added]] of cases) {
    const run = await runRows(rows, { run: { parent } });
    const report = reportOf(run);
    assert.deepEqual(report.parent, parent);
    assert.deepEqual(report.together, {
      rows_total: 9,
      rows_accepted: accepted,
      rows_rejected: rejected,
      rows_not_seen: not,
      rows_added: added,
    });
    assert.equal(accepted + rejected + not, 9 + added);
    const alone = reportOf(await runRows(rows));
    const { parent: _, together: __, run: ___, ...rest } = report;
    const { run: ____, ...restAlone } = alone;
    assert.deepEqual({ ...rest, artifacts: 0 }, { ...restAlone, artifacts: 0 });
    assert.deepEqual(
      Object.keys(report).slice(6, 12),
      ["columns", "counts", "parent", "together", "skipped", "errors_by_code"],
    );
  }
});

Deno.test("a run that stops early sees only some of the rows that come again", async () => {
  const parent = { task_id: "first", rows_total: 9, rows_accepted: 5, rows_rejected: 4 };
  const run = await runRows("East,A,x,1,0\n".repeat(4), {
    run: { parent },
    options: { max_bad_rows: 0 },
    limits: { blockBytes: 1 },
  });
  const { together, complete } = reportOf(run);
  assert.equal(complete, false);
  assert.deepEqual([together.rows_rejected, together.rows_not_seen], [1, 3]);
});
