/**
 * What finding out how a file is written costs, beside the run over it: `deno task bench:detection [rounds] [megabytes]`.
 *
 * Detection is what the upload's check does with its bytes (all of them pass it) and what a run reads to decide about its
 * numbers. The share that must not exceed 5 % is their time in that of the run, in which the second is contained. Times are those
 * of the processor, since they suffer less from other work, and of one thread: two halve that of the run at best.
 */
import process from "node:process";
import { OPTION_DEFAULTS } from "../src/domain/options.ts";
import type { Dialect } from "../src/domain/dialect.ts";
import { READ_BYTES } from "../src/domain/limits.ts";
import { decideNumbers } from "../src/pipeline/number/decide_numbers.ts";
import { IntakeCheck } from "../src/pipeline/intake_check.ts";
import { runPipeline } from "../src/pipeline/pipeline.ts";
import { PIPELINE_LIMITS } from "../src/pipeline/pipeline_limits.ts";
import { artifactSinks } from "../src/worker/artifact_sinks.ts";
import { inputSource } from "../src/worker/input_source.ts";
import { writeSalesFile } from "./sales_files.ts";

const ROUNDS = 5;
const MEGABYTES = 100;
/** Of `writeSalesFile`, about. */
const ROW_BYTES = 30;

/** Each as its name, bytes per letter, and what becomes of the bytes of the clean file. */
const WRITINGS: [name: string, width: 1 | 2, map: Record<string, string>][] = [
  ["plain", 1, {}],
  ["semicolons, decimal commas", 1, { ",": ";", ".": "," }],
  ["tabs, Windows-1252", 1, { ",": "\t", "W": "\u00d6" }],
  ["UTF-16 LE, semicolons", 2, { ",": ";" }],
];

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

async function write(path: string, from: string, width: 1 | 2, map: Record<string, string>) {
  const codes = Uint8Array.from({ length: 256 }, (_, byte) => {
    const letter = String.fromCharCode(byte);
    return (map[letter] ?? letter).charCodeAt(0);
  });
  using input = await Deno.open(from);
  using output = await Deno.create(path);
  const buffer = new Uint8Array(1 << 20);
  const budget = megabytes * 1e6 / width;
  for (let done = 0; done < budget;) {
    const length = input.readSync(buffer);
    if (length === null) break;
    done += length;
    const mapped = new Uint8Array(width * length);
    for (let i = 0; i < length; i++) mapped[width * i] = codes[buffer[i]];
    for (let at = 0; at < mapped.length;) at += output.writeSync(mapped.subarray(at));
  }
}

/** Milliseconds of the upload's check over a file, without those of reading it. */
function check(path: string): { ms: number; dialect: Dialect } {
  using file = Deno.openSync(path);
  const buffer = new Uint8Array(READ_BYTES);
  const intake = new IntakeCheck();
  let ms = 0;
  const timed = <T>(work: () => T): T => {
    const begun = processorMs();
    const result = work();
    ms += processorMs() - begun;
    return result;
  };
  for (let length; (length = file.readSync(buffer)) !== null;) {
    timed(() => intake.push(buffer.subarray(0, length!)));
  }
  const dialect = timed(() => intake.finish());
  return { ms, dialect };
}

interface Measured {
  checkMs: number;
  numbersMs: number;
  runMs: number;
  engine: string;
}

async function measure(path: string, folder: string): Promise<Measured> {
  const { size: bytes } = await Deno.stat(path);
  const { ms: checkMs, dialect } = check(path);
  const input = { bytes, sha256: "00".repeat(32), dialect };
  const source = inputSource(path, bytes);
  const begun = processorMs();
  await decideNumbers({ source, input, options: OPTION_DEFAULTS }, PIPELINE_LIMITS);
  const numbersMs = processorMs() - begun;

  const work = await Deno.makeTempDir({ dir: folder });
  const sinks = artifactSinks(work, "bench");
  const runBegun = processorMs();
  await runPipeline({
    taskId: "bench",
    filename: "bench.csv",
    input,
    options: OPTION_DEFAULTS,
    softwareVersion: "bench",
    artifactPrefix: "",
    source,
    sinks,
    now: () => performance.now(),
  });
  await sinks.settle();
  const runMs = processorMs() - runBegun;
  const { run } = JSON.parse(await Deno.readTextFile(`${work}/report_bench.json`));
  return { checkMs, numbersMs, runMs, engine: run.engine };
}

const [rounds = ROUNDS, megabytes = MEGABYTES] = Deno.args.map(Number);
if (![rounds, megabytes].every((number) => Number.isInteger(number) && number > 0)) {
  console.error("deno task bench:detection [rounds] [megabytes]: both are whole numbers from 1.");
  Deno.exit(2);
}
const folder = await Deno.makeTempDir({ prefix: "datatasker-bench-" });
try {
  const clean = `${folder}/clean.csv`;
  await writeSalesFile(clean, "clean", Math.ceil(megabytes * 1e6 / ROW_BYTES));
  console.log(`| file of ${megabytes} MB | engine | check | numbers | run | share, each round |`);
  console.log("| --- | --- | --- | --- | --- | --- |");
  for (const [name, width, map] of WRITINGS) {
    const path = `${folder}/input.csv`;
    await write(path, clean, width, map);
    const all: Measured[] = [];
    for (let round = 0; round < rounds; round++) all.push(await measure(path, folder));
    const median = (pick: (one: Measured) => number) =>
      all.map(pick).sort((a, b) => a - b)[rounds >> 1].toFixed(1);
    const shares = all.map(({ checkMs, numbersMs, runMs }) =>
      `${(100 * (checkMs + numbersMs) / runMs).toFixed(1)} %`
    );
    console.log(
      `| ${name} | ${all[0].engine} | ${median(({ checkMs }) => checkMs)} ms | ` +
        `${median(({ numbersMs }) => numbersMs)} ms | ${median(({ runMs }) => runMs)} ms | ` +
        `${shares.join(" ")} |`,
    );
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
Deno.exit(0);
