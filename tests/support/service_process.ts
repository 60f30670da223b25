/** The real service as a process of its own, with the permissions of `deno task start`. */
import { fileURLToPath } from "node:url";
import { moment, until } from "./deadline.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface ServiceProcess {
  readonly pid: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Log lines so far. */
  readonly log: readonly string[];
  /** PIDs of the runners that live now. */
  runnerPids(): number[];
  kill(signal: Deno.Signal): void;
  /** The exit code once it ended. */
  readonly ended: Promise<number>;
  /** SIGTERM, then its exit code. */
  stop(): Promise<number>;
  /** SIGKILL to the service and every runner, then wait. */
  destroy(): Promise<void>;
}

/** Where the process under test gets its settings; `port` 0 lets the system choose. */
export interface ServiceSettings {
  dataDir: string;
  entry?: "main.ts" | "worker.ts";
  env?: Record<string, string>;
}

/** Start `main.ts` (or `worker.ts`) and wait until it is ready. @throws {Error} with its log if it ends before */
export async function startService(settings: ServiceSettings): Promise<ServiceProcess> {
  const entry = settings.entry ?? "main.ts";
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--cached-only",
      `--allow-read=${settings.dataDir}`,
      `--allow-write=${settings.dataDir}`,
      "--allow-env=DATATASKER_*,DENO_DIR",
      "--ignore-env",
      "--allow-sys=statfs,setPriority",
      `--allow-run=${Deno.execPath()}`,
      ...(entry === "main.ts" ? ["--allow-net=127.0.0.1"] : []),
      entry,
    ],
    cwd: ROOT,
    // Tests have variables of their own, which the service would refuse as unknown.
    clearEnv: true,
    env: {
      ...inherited("HOME", "PATH", "DENO_DIR"),
      DATATASKER_PORT: "0",
      ...settings.env,
      DATATASKER_DATA_DIR: settings.dataDir,
    },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();

  const log: string[] = [];
  const logged = readLines(child.stderr, log);
  let code: number | null = null;
  const ended = Promise.all([child.status, logged]).then(([status]) => code = status.code);
  const kill = (signal: Deno.Signal) => {
    if (code === null) child.kill(signal);
  };
  const readyEvent = entry === "main.ts" ? "service.listening" : "worker.started";
  const ready = await until(
    `${entry} to be ready`,
    () => log.find((line) => line.includes(`"${readyEvent}"`)) ?? (code === null ? null : "ended"),
    30_000,
  );
  if (ready === "ended") throw new Error(`${entry} ended with ${code}:\n${log.join("\n")}`);
  return {
    pid: child.pid,
    url: entry === "main.ts" ? JSON.parse(ready).url : "",
    log,
    runnerPids: () => childrenOf(child.pid),
    kill,
    ended,
    stop: () => {
      kill("SIGTERM");
      return ended;
    },
    destroy: async () => {
      const runners = childrenOf(child.pid);
      kill("SIGKILL");
      for (const pid of runners) killQuietly(pid);
      await ended;
    },
  };
}

function inherited(...names: string[]): Record<string, string> {
  const values = names.map((name) => [name, Deno.env.get(name)]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

/** A signal to a process that may be gone already. */
export function killQuietly(pid: number, signal: Deno.Signal = "SIGKILL"): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Direct children of a process. By way of a shell: Deno itself may read /proc only with all permissions. */
function childrenOf(pid: number): number[] {
  const { stdout } = new Deno.Command("sh", {
    args: ["-c", `cat /proc/${pid}/task/*/children 2>/dev/null`],
  }).outputSync();
  return new TextDecoder().decode(stdout).split(" ").filter(Boolean).map(Number);
}

async function readLines(stream: ReadableStream<Uint8Array>, into: string[]): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    into.push(...lines.filter((line) => line !== ""));
  }
  if (rest !== "") into.push(rest);
}

/**
 * Follow a task until it is final; answers other than 200 and lost connections are asked again.
 *
 * @throws {Error} after `msMax`, with what was last seen of it
 */
export async function finalTask(
  url: string,
  id: string,
  msMax = 60_000,
): Promise<Record<string, unknown> & { state: string }> {
  let seen = "nothing";
  try {
    return await until(`task ${id} to be final`, async () => {
      try {
        const response = await fetch(`${url}/v1/tasks/${id}`);
        const task = await response.json();
        seen = JSON.stringify(task);
        if (response.status === 200 && task.done) return task;
      } catch {
        await moment(20);
      }
      await moment(10);
      return null;
    }, msMax);
  } catch (cause) {
    throw new Error(`${(cause as Error).message}; seen was ${seen}`, { cause });
  }
}
