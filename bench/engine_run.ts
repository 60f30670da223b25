/**
 * The whole job in a process of its own: one file to all artifacts, durable, as a runner does it; what is compressed is stored first, as by an
 * upload.
 *
 * `engine_run.ts <input> <folder> <kind> [alone] [peak]`; of a file with semicolons or in another encoding it is told what the upload found, and with `peak` it
 * tells its peak memory, for which more has to be loaded.
 */
import { SCRATCH_BYTES_MAX } from "../src/domain/limits.ts";
import { OPTION_DEFAULTS } from "../src/domain/options.ts";
import { artifactSinks } from "../src/worker/artifact_sinks.ts";
import { inputSource } from "../src/worker/input_source.ts";
import { RunnerThreads } from "../src/worker/runner_threads.ts";
import { ScratchFile } from "../src/worker/scratch_file.ts";

const [sent, folder, kind, ...words] = Deno.args;
const input = sent.endsWith(".gz") ? await decompressed(sent) : sent;
const { size: bytes } = Deno.statSync(input);
const threads = words.includes("alone")
  ? undefined
  : new RunnerThreads().open(input, bytes, folder);
// All load the pipeline at the same time.
const { runPipeline } = await import("../src/pipeline/pipeline.ts");
const sinks = artifactSinks(folder, "bench");
const { result } = await runPipeline({
  taskId: "bench",
  filename: "bench.csv",
  input: {
    bytes,
    sha256: "00".repeat(32), // of the upload: not part of this job
    dialect: {
      encoding: kind === "windows-1252" ? kind : "utf-8",
      header_line: 1,
      ...(kind === "semicolons" || kind === "windows-1252"
        ? { delimiter: ";", confidence: 1 }
        : { delimiter: "," }),
    },
  },
  options: { ...OPTION_DEFAULTS, cleaned: kind === "cleaned" },
  softwareVersion: "bench",
  artifactPrefix: "",
  source: inputSource(input, bytes),
  sinks,
  scratch: new ScratchFile(folder, SCRATCH_BYTES_MAX),
  threads,
  now: () => performance.now(),
});
await sinks.settle();
const { rows_accepted, rows_rejected, anomalies, regions } = result.counts;
console.log(JSON.stringify({
  accepted: rows_accepted,
  rejected: rows_rejected,
  anomalies,
  regions,
  peak_bytes: words.includes("peak") ? await peakBytes() : null,
}));
Deno.exit(0);

async function peakBytes(): Promise<number> {
  const { resourceUsage } = await import("node:process");
  return 1024 * resourceUsage().maxRSS;
}

/** Where the file itself stands, durable, once it is decompressed. */
async function decompressed(path: string): Promise<string> {
  const { decompress } = await import("../src/tasks/decompress.ts");
  const plain = `${folder}/input.csv`;
  using file = await Deno.create(plain);
  using compressed = await Deno.open(path);
  for await (const chunk of decompress(compressed.readable).bytes) {
    for (let at = 0; at < chunk.length;) at += file.writeSync(chunk.subarray(at));
  }
  await file.syncData();
  return plain;
}
