/** The whole job in a process of its own: one file to all artifacts, durable, as a runner does it; what is compressed is stored first, as by an upload. */
import process from "node:process";
import { OPTION_DEFAULTS } from "../src/domain/options.ts";
import { SCRATCH_BYTES_MAX } from "../src/domain/limits.ts";
import { runPipeline } from "../src/pipeline/pipeline.ts";
import { decompress } from "../src/tasks/decompress.ts";
import { artifactSinks } from "../src/worker/artifact_sinks.ts";
import { inputSource } from "../src/worker/input_source.ts";
import { RunnerThreads } from "../src/worker/runner_threads.ts";
import { ScratchFile } from "../src/worker/scratch_file.ts";

const [sent, folder, threadsWord] = Deno.args;
const input = sent.endsWith(".gz") ? await decompressed(sent) : sent;
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
  scratch: new ScratchFile(folder, SCRATCH_BYTES_MAX),
  threads: threadsWord === "alone" ? undefined : threads.open(input, bytes, folder),
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

/** Where the file itself stands, durable, once it is decompressed. */
async function decompressed(path: string): Promise<string> {
  const plain = `${folder}/input.csv`;
  using file = await Deno.create(plain);
  using compressed = await Deno.open(path);
  for await (const chunk of decompress(compressed.readable).bytes) {
    for (let at = 0; at < chunk.length;) at += file.writeSync(chunk.subarray(at));
  }
  await file.syncData();
  return plain;
}
