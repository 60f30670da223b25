/** What the passes of one run share. */
import type { NumberDecision } from "../number/decide_numbers.ts";
import type { PipelineRun } from "../pipeline_run.ts";
import type { PipelineLimits } from "../pipeline_limits.ts";
import type { ProgressMeter } from "./progress_meter.ts";
import type { StageClock } from "./stage_clock.ts";
import type { Tally } from "./tally.ts";

export interface RunContext {
  run: PipelineRun;
  limits: PipelineLimits;
  tally: Tally;
  clock: StageClock;
  meter: ProgressMeter;
  /** How the numbers of each column are written. */
  numbers: NumberDecision;
}
