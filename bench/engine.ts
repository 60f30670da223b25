/**
 * The engine beside its rivals: the same job on the same files, each run a fresh process, the order reversed in each round.
 *
 * `deno task bench [rounds] [share of the full size] [kind ...]`; by default five rounds of all kinds but `huge` at full size, which
 * takes some minutes and 1 GB of disk. Rivals come from npm into `bench/rivals/`, and pandas takes part if `python3` has it.
 */
import { type BenchArguments, parseBenchArguments, USAGE } from "./bench_arguments.ts";
import { RUNNER_FLAGS, runnerV8Flags } from "../src/worker/runner_command.ts";
import { parsedOrExit } from "./command_line.ts";
import { ABOUT, type Kind, SEMICOLON_KINDS, writeSalesFile } from "./sales_files.ts";

interface Contender {
  name: string;
  command: string;
  args: (input: string, folder: string, kind: Kind) => string[];
  /** What it leaves out of the job. */
  without: string;
  /** Whether it can only say how fast the bytes of a file are read: nothing about those of a compressed one. */
  isFloor?: true;
  /** What makes it tell its peak memory, in a run that isn't timed because it loads more for that; default: it always does. */
  peakWord?: string;
}

/** What a contender says of a file. */
interface Answer {
  accepted: number;
  rejected: number;
  anomalies: number;
  regions: number;
  peak_bytes: number | null;
}

const here = (path: string) => new URL(path, import.meta.url).pathname;
/** As a runner is started. All have the same flags: under others V8 compiles all modules anew, and keeps that. */
const DENO = [
  "run",
  "--quiet",
  ...RUNNER_FLAGS,
  "--allow-read",
  "--allow-write",
  `--v8-flags=${runnerV8Flags().join(",")}`,
];
const LESS = "reasons, skipped rows, exact sums, lines";

const ENGINE: Contender = {
  name: "DataTasker",
  command: Deno.execPath(),
  args: (...job) => [...DENO, here("engine_run.ts"), ...job],
  without: "",
  peakWord: "peak",
};

const ALONE: Contender = {
  ...ENGINE,
  name: "one thread",
  args: (...paths) => [...ENGINE.args(...paths), "alone"],
};

const CONTENDERS: Contender[] = [
  ENGINE,
  ALONE,
  {
    name: "Polars",
    command: "node",
    args: (...job) => [here("rivals/polars.mjs"), ...job],
    without: `${LESS}, bad cells`,
  },
  {
    name: "DuckDB",
    command: "node",
    args: (...job) => [here("rivals/duckdb.mjs"), ...job],
    without: LESS,
  },
  {
    name: "pandas",
    command: "python3",
    args: (...job) => [here("rivals/pandas_job.py"), ...job],
    without: LESS,
  },
  {
    name: "structural scan",
    command: Deno.execPath(),
    args: (input, _folder, kind) => {
      const delimiter = SEMICOLON_KINDS.includes(kind) ? ";" : ",";
      return [...DENO, here("scan_run.ts"), input, delimiter];
    },
    without: "all but finding the structure",
    isFloor: true,
  },
  {
    name: "wc -l",
    command: "wc",
    args: (input) => ["-l", input],
    without: "all but counting lines",
    isFloor: true,
  },
];

interface Measured {
  seconds: number;
  /** Null of a floor, which has no answer. */
  answer: Answer | null;
}

async function measure(
  contender: Contender,
  input: string,
  kind: Kind,
  words: readonly string[] = [],
): Promise<Measured> {
  const folder = await Deno.makeTempDir();
  const args = [...contender.args(input, folder, kind), ...words];
  const begun = performance.now();
  const { success, stdout, stderr } = await new Deno.Command("sh", {
    // A process begins with the peak memory of the one that starts it: a shell in between, which takes a millisecond, keeps ours out of it.
    args: ["-c", '"$@"; exit $?', "sh", contender.command, ...args],
    cwd: here("rivals"),
  }).output();
  const seconds = (performance.now() - begun) / 1_000;
  await Deno.remove(folder, { recursive: true });
  if (!success) throw new Error(`${contender.name} failed: ${new TextDecoder().decode(stderr)}`);
  const text = new TextDecoder().decode(stdout);
  return { seconds, answer: text.startsWith("{") ? JSON.parse(text) : null };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function sameAnswer(a: Answer, b: Answer): boolean {
  return (["accepted", "rejected", "anomalies", "regions"] as const).every((key) =>
    a[key] === b[key]
  );
}

/** Have npm bring the rivals, with the part of Polars that an older Node would skip without a word. */
async function install(): Promise<void> {
  const common = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
  const { os, arch } = Deno.build;
  const binary = os === "linux" && arch === "x86_64"
    ? ["--no-save", "nodejs-polars-linux-x64-gnu@0.26.1"]
    : [];
  for (const args of [common, [...common, ...binary]]) {
    await new Deno.Command("npm", { args, cwd: here("rivals"), stdout: "null" }).output();
  }
}

async function bench(kind: Kind, input: string, contenders: Contender[], rounds: number) {
  const runs = new Map<Contender, Measured[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      runs.get(contender)!.push(await measure(contender, input, kind));
    }
  }
  const peaks = new Map<Contender, number>();
  for (const [contender, measured] of runs) {
    const { peakWord } = contender;
    const told = peakWord === undefined
      ? measured
      : [await measure(contender, input, kind, [peakWord])];
    peaks.set(contender, Math.max(...told.map(({ answer }) => answer?.peak_bytes ?? 0)));
  }
  const right = runs.get(ENGINE)![0].answer!;
  const base = median(runs.get(ENGINE)!.map(({ seconds }) => seconds));
  const { size } = await Deno.stat(input);
  const rows = right.accepted + right.rejected;
  console.log(`\n### ${kind}: ${ABOUT[kind].text}, ${Math.round(size / 1e6)} MB, ${rows} rows\n`);
  console.log("| | median s | ratio | all runs, s | peak MB | same answer | leaves out |");
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  for (const [contender, measured] of runs) {
    const { name, without } = contender;
    const seconds = measured.map((run) => run.seconds);
    const peak = peaks.get(contender)!;
    const agrees = measured.every(({ answer }) => answer !== null && sameAnswer(answer, right));
    const cells = [
      name,
      median(seconds).toFixed(2),
      (median(seconds) / base).toFixed(1),
      seconds.map((value) => value.toFixed(2)).join(" "),
      peak === 0 ? "" : Math.round(peak / 1e6),
      measured[0].answer === null ? "" : agrees ? "yes" : "no",
      without,
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
  const alone = median(runs.get(ALONE)!.map(({ seconds }) => seconds));
  console.log(`\nAll threads are ${(alone / base).toFixed(2)} times as fast as one.`);
}

function contendersFor(kind: Kind, all: Contender[]): Contender[] {
  if (kind === "huge") return [ENGINE, ALONE];
  return kind === "gzip" ? all.filter(({ isFloor }) => !isFloor) : all;
}

async function main({ rounds, share, kinds }: BenchArguments) {
  await install();
  const folder = await Deno.makeTempDir();
  const contenders: Contender[] = [];
  try {
    const tiny = `${folder}/tiny.csv`;
    await writeSalesFile(tiny, "clean", 100);
    const startUp: string[] = [];
    for (const contender of CONTENDERS) {
      const times: number[] = [];
      try {
        for (let i = 0; i < 3; i++) times.push((await measure(contender, tiny, "clean")).seconds);
      } catch {
        console.log(`${contender.name} isn't here.`);
        continue;
      }
      contenders.push(contender);
      startUp.push(`${contender.name} ${median(times).toFixed(2)}`);
    }
    console.log(`Start to exit on a file of 100 rows, s: ${startUp.join(", ")}.`);
    for (const kind of kinds) {
      const rows = Math.round(ABOUT[kind].rows * share);
      const path = await writeSalesFile(`${folder}/${kind}.csv`, kind, rows);
      await bench(kind, path, contendersFor(kind, contenders), rounds);
      await Deno.remove(path);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

await main(parsedOrExit(() => parseBenchArguments(Deno.args), USAGE));
