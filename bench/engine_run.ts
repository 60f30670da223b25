/** The whole job in a process of its own: one file to all artifacts, durable, as a runner does it. */
import process from "node:process";
import { OPTION_DEFAULTS } from "../src/domain/options.ts";
import { runPipeline } from "../src/pipeline/pipeline.ts";
import { artifactSinks } from "../src/worker/artifact_sinks.ts";
import { inputSource } from "../src/worker/input_source.ts";
import { RunnerThreads } from "../src/worker/runner_threads.ts";

const [input, folder, threadsWord] = Deno.args;
const { size: bytes } = await Deno.stat(input);
const sinks = artifactSinks(folder, "bench");
const threads = new RunnerThreads();
const { result } = await runPipeline({
  taskId: "bench",
  filename: "bench.csv",
  input: {
    bytes,
    sha256: "00".repeat(32), // of the upload: not part of this job
    dialect: { encoding: "utf-8", delimiter: ",", header_line: 1 },
  },
  options: OPTION_DEFAULTS,
  softwareVersion: "bench",
  artifactPrefix: "",
  source: inputSource(input, bytes),
  sinks,
  threads: threadsWord === "alone" ? undefined : threads.open(input, bytes),
  now: () => performance.now(),
});
await sinks.settle();
const { rows_accepted, rows_rejected, anomalies, regions } = result.counts;
console.log(JSON.stringify({
  accepted: rows_accepted,
  rejected: rows_rejected,
  anomalies,
  regions,
  peak_bytes: 1024 * process.resourceUsage().maxRSS,
}));
Deno.exit(0);
