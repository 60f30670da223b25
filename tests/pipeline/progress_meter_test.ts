/** How far a run has come, where it doesn't go straight on. */
import assert from "node:assert/strict";
import type { Progress } from "../../src/domain/report.ts";
import { ProgressMeter } from "../../src/pipeline/run/progress_meter.ts";
import { Tally } from "../../src/pipeline/run/tally.ts";

Deno.test("what a run that is begun anew reads again counts once", () => {
  const told: Progress[] = [];
  const meter = new ProgressMeter(100, new Tally(), (progress) => told.push(progress));
  meter.read(40);
  meter.read(20);
  meter.beginAnew();
  for (let read = 0; read < 100; read += 25) meter.read(25);
  assert.deepEqual(told.map(({ bytes_read }) => bytes_read), [40, 60, 60, 60, 75, 100]);
  assert.ok(told.every(({ bytes_total }) => bytes_total === 100));
});
