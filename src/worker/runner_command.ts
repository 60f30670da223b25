/**
 * How a runner is started: the sandbox is these flags.
 *
 * A runner may read the inputs and write the work folders, and both in the scratch folder. No network, environment, program, system information or
 * foreign code; its own modules need no permission, but those of its threads do, so it may read this repository's source. V8's flags end it before its
 * heap takes the machine's memory, keep young garbage small, and have its code compiled when that takes least time.
 */
import { fileURLToPath } from "node:url";
import { RUNNER_HEAP_MIB_MAX } from "../domain/limits.ts";

/** Of a thread: buffers that are thrown away are freed when it is full. 16, the default, costs a runner 30 MB and saves it no time. */
const YOUNG_HEAP_MIB_MAX = 1;
/**
 * Of a thread: below this the old part of its heap isn't collected. By default the kernel's memory and what is kept of a large file
 * are enough to call for it, in the middle of a run: 180 MB then took 9 ms more, and 5 MB less at most.
 */
const OLD_HEAP_MIB_MIN = 32;
/**
 * Calls of a function before Maglev, the first of V8's optimizing compilers, takes it. With 400, the default, many functions around the kernel are compiled while all
 * processors are at work: 180 MB then take 2 to 3 % more. What goes by the plain engine has as many calls within a few thousand rows.
 */
const CALLS_BEFORE_OPTIMIZING = 2_000;
/**
 * Functions are compiled with their module, hence kept in Deno's cache, instead of at their first call: the first large run takes 1 to 2 % less. Where there
 * is no such cache, a runner starts 30 ms later.
 */
const COMPILED_AT_ONCE = "--no-lazy";

/** Flags of Deno for a runner, beside its permissions: all that it needs is here. The bench gives them to what it measures. */
export const RUNNER_FLAGS: readonly string[] = [
  "--no-config",
  "--no-prompt",
  "--cached-only",
  "--no-remote",
  "--no-npm",
];

/** Where runners come from, and what they may touch. */
export interface RunnerCommand {
  /** The folders of `Paths.inputs`, `Paths.work` and `Paths.scratch`, absolute. */
  inputsDir: string;
  workDir: string;
  scratchDir: string;
  /**
   * Deno's own cache (its `DENO_DIR`), for the compiled form of the runner's modules; it may be missing or
   * read-only, then each start takes some 200 ms longer. Default: what Deno finds through the user's home folder; a
   * user without an entry in the system's list of users has none, and then a runner can't start without this.
   */
  cacheDir?: string;
  /** The module to run; default: the runner. Tests pass runners that misbehave. */
  entry?: string;
  /** Default: `RUNNER_HEAP_MIB_MAX`. */
  heapMibMax?: number;
  /** Default: this process's own binary. `--allow-run` must name its real path. */
  denoPath?: string;
}

/** The command that starts a runner. @throws {RangeError} if a folder can't be named in a permission flag */
export function runnerCommand(options: RunnerCommand): Deno.Command {
  const {
    inputsDir,
    workDir,
    scratchDir,
    cacheDir,
    entry = import.meta.resolve("./runner.ts"),
    heapMibMax,
    denoPath = Deno.execPath(),
  } = options;
  if ([inputsDir, workDir, scratchDir].some((folder) => folder.includes(","))) {
    throw new RangeError(
      "The path of the data folder holds a comma, which Deno's permission flags can't express. " +
        "Choose a data folder without one.",
    );
  }
  return new Deno.Command(denoPath, {
    args: [
      "run",
      ...RUNNER_FLAGS,
      `--allow-read=${[inputsDir, scratchDir, ...threadModules()].join(",")}`,
      `--allow-write=${workDir},${scratchDir}`,
      `--v8-flags=${runnerV8Flags(heapMibMax).join(",")}`,
      entry,
      scratchDir,
    ],
    clearEnv: true,
    // Without these Deno itself would look for updates, and colour what becomes evidence.
    env: {
      DENO_NO_UPDATE_CHECK: "1",
      NO_COLOR: "1",
      ...(cacheDir === undefined ? {} : { DENO_DIR: cacheDir }),
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
}

/** The flags of V8 for a runner; the bench gives them to what it measures. */
export function runnerV8Flags(heapMibMax = RUNNER_HEAP_MIB_MAX): string[] {
  return [
    `--max-old-space-size=${heapMibMax}`,
    `--initial-old-space-size=${Math.min(OLD_HEAP_MIB_MIN, heapMibMax)}`,
    `--max-semi-space-size=${YOUNG_HEAP_MIB_MAX}`,
    `--invocation-count-for-maglev=${CALLS_BEFORE_OPTIMIZING}`,
    COMPILED_AT_ONCE,
  ];
}

/** What has to be readable for threads; nothing if the path can't be expressed: then a runner works with one. */
function threadModules(): string[] {
  const source = fileURLToPath(new URL("../", import.meta.url));
  return source.includes(",") ? [] : [source];
}
