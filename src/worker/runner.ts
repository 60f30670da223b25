/**
 * The runner: the entry of the child process in which the pipeline meets what is in a file.
 *
 * It may read the inputs and its own source (for its threads), write the work folder, and both in the scratch folder (its argument), nothing else: no network, no environment, no other program. It
 * speaks `protocol.ts` on its standard streams, does one run at a time, and ends when its standard input closes, in
 * the middle of a run too. What it loads comes from this repository or from Deno itself.
 */
import "node:crypto"; // which the first sink loads: here it is there before the first order
import {
  RUNNER_LINE_BYTES_MAX,
  RUNNER_PROGRESS_MS_MIN,
  SCRATCH_BYTES_MAX,
} from "../domain/limits.ts";
import type { Progress } from "../domain/report.ts";
import { runPipeline } from "../pipeline/pipeline.ts";
import { operatingFault } from "../tasks/operating_fault.ts";
import { artifactSinks } from "./artifact_sinks.ts";
import { inputSource } from "./input_source.ts";
import { readLines } from "./lines.ts";
import type { Order, Run, RunnerMessage } from "./protocol.ts";
import { RunnerThreads } from "./runner_threads.ts";
import { ScratchFile } from "./scratch_file.ts";

const encoder = new TextEncoder();

/** Synchronous: a message can't be overtaken by the next, nor lost by an exit. */
function writeAll(stream: typeof Deno.stdout, text: string): void {
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
}

function say(message: RunnerMessage): void {
  writeAll(Deno.stdout, JSON.stringify(message) + "\n");
}

/** Passes on changes of the stage, and of the rest as much as a person can see. */
function throttledProgress(): (progress: Progress) => void {
  let stage: Progress["stage"] | null = null;
  let saidAt = 0;
  return (progress) => {
    const now = performance.now();
    if (progress.stage === stage && now - saidAt < RUNNER_PROGRESS_MS_MIN) return;
    stage = progress.stage;
    saidAt = now;
    say({ type: "progress", progress });
  };
}

const [scratchDir] = Deno.args;
const threads = new RunnerThreads();

async function run(order: Run, signal: AbortSignal): Promise<RunnerMessage> {
  const sinks = artifactSinks(order.work_path, order.task_id);
  const scratch = new ScratchFile(scratchDir, SCRATCH_BYTES_MAX);
  let isSound = false;
  try {
    const { error, result } = await runPipeline({
      taskId: order.task_id,
      filename: order.filename,
      input: order.input,
      options: order.options,
      parent: order.parent,
      softwareVersion: order.software_version,
      artifactPrefix: order.artifact_prefix,
      source: inputSource(order.input_path, order.input.bytes),
      sinks,
      scratch,
      threads: threads.open(order.input_path, order.input.bytes, scratchDir),
      signal,
      now: () => performance.now(),
      onProgress: throttledProgress(),
    });
    await sinks.settle();
    isSound = true;
    return error === null ? { type: "finished", result } : { type: "refused", error, result };
  } catch (fault) {
    if (fault !== signal.reason) return broke(fault);
    await threads.idle();
    isSound = true;
    return { type: "stopped" };
  } finally {
    // A warm runner must not hold on to files of a run that broke; what broke it has been said.
    await sinks.settle().catch(() => {});
    scratch.close();
    threads.close(isSound);
  }
}

function broke(fault: unknown): RunnerMessage {
  const { code, message } = operatingFault(fault);
  if (code === "internal-error") {
    writeAll(Deno.stderr, `${fault instanceof Error ? fault.stack : fault}\n`);
  }
  return { type: "broke", code, message };
}

// A terminal's Ctrl-C and a service manager's SIGTERM reach the whole group. The consumer decides when we end.
for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => {});

/** Of the run that it is on. */
let stopping: AbortController | null = null;

say({ type: "ready" });
for await (const line of readLines(Deno.stdin.readable, RUNNER_LINE_BYTES_MAX)) {
  const order: Order = JSON.parse(line);
  if (order.type === "stop") stopping?.abort(new Error("told to stop"));
  else {
    stopping = new AbortController();
    void run(order, stopping.signal).then((message) => {
      stopping = null;
      say(message);
    });
  }
}
Deno.exit(0);
