/**
 * A runner that does what the file's name says: it stands in for the real one wherever a fault is needed.
 *
 * With `?` and a name in its own URL it goes wrong before it is ready.
 */
import { createHash } from "node:crypto";
import { artifactFileName, type ArtifactKind, completedKinds } from "../../src/domain/artifact.ts";
import type { RunResult } from "../../src/domain/event.ts";
import { ScratchFile } from "../../src/worker/scratch_file.ts";
import { readLines } from "../../src/worker/lines.ts";
import type { Order, Run } from "../../src/worker/protocol.ts";

const LINE_BYTES_MAX = 1024 * 1024;

function write(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

function say(message: unknown): void {
  write(JSON.stringify(message) + "\n");
}

function complain(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

function progress(bytesRead: number): void {
  say({
    type: "progress",
    progress: {
      stage: "aggregate",
      bytes_read: bytesRead,
      bytes_total: 100,
      rows_read: 1,
      rows_rejected: 0,
    },
  });
}

/** Small files, and what the ledger is to know of them. */
async function make(run: Run, kinds: readonly ArtifactKind[]): Promise<RunResult> {
  const artifacts = [];
  for (const kind of kinds) {
    const text = `${kind} of ${run.filename}\n`;
    const name = artifactFileName(kind, run.task_id);
    await Deno.writeTextFile(`${run.work_path}/${name}`, text);
    artifacts.push({
      kind,
      path: `${run.artifact_prefix}/${name}`,
      bytes: text.length,
      sha256: createHash("sha256").update(text).digest("hex"),
      rows: kind === "report" ? null : 1,
    });
  }
  return {
    counts: {
      rows_total: 1,
      rows_accepted: 1,
      rows_rejected: 0,
      rows_skipped: 0,
      regions: 1,
      anomalies: 0,
      rejected_by_code: {},
      skipped_by_kind: {},
    },
    statistics: { n: 1, mean: 1, sd: null, k: 2, threshold: null },
    warnings: [],
    artifacts,
  };
}

async function finish(run: Run, kinds = completedKinds(run.options)): Promise<void> {
  say({ type: "finished", result: await make(run, kinds) });
}

/** Whether the consumer wants the run to be given up. */
let isToStop = false;

/** Until the test puts a file beside the input: true, or the run is to stop: false. */
async function untilTold(run: Run): Promise<boolean> {
  while (!isToStop) {
    try {
      Deno.statSync(`${run.input_path}.go`);
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
  return false;
}

const behaviours: Record<string, (run: Run) => void | Promise<void>> = {
  finish: (run) => finish(run),
  async "finish-when-told"(run) {
    progress(7);
    if (await untilTold(run)) await finish(run);
    else say({ type: "stopped" });
  },
  async refuse(run) {
    const result = await make(run, ["rejects", "report"]);
    const error = { code: "no-valid-rows", message: "No row was accepted.", line: 2 };
    say({ type: "refused", error, result });
  },
  broke: () => say({ type: "broke", code: "disk-full", message: "The disk is full." }),
  "exit-3": () => {
    complain(`last words\n    at file:///home/someone/app/src/parse.ts:1:2\n`);
    Deno.exit(3);
  },
  "exit-0": () => Deno.exit(0),
  hang: () => {
    progress(1);
    for (;;);
  },
  "eat-memory": () => {
    const eaten: number[][] = [];
    for (;;) eaten.push(Array.from({ length: 100_000 }, () => Math.random()));
  },
  babble: () => write("Hello, this is no JSON\n"),
  "babble-numbers": () => say({ type: "progress", progress: { stage: "aggregate" } }),
  "babble-bytes": () => {
    Deno.stdout.writeSync(new Uint8Array([0xff, 0xfe, 10]));
  },
  "ready-again": () => say({ type: "ready" }),
  "stop-unasked": () => say({ type: "stopped" }),
  "huge-line": () => {
    for (let i = 0; i < 20; i++) write("x".repeat(100_000));
  },
  "one-artifact-missing": (run) => finish(run, ["summary", "anomalies", "report"]),
  "one-artifact-twice": (run) => finish(run, [...completedKinds(run.options), "report"]),
  async "lie-about-path"(run) {
    const result = await make(run, completedKinds(run.options));
    result.artifacts[0].path = "ledger.db";
    say({ type: "finished", result });
  },
  async "lie-about-size"(run) {
    const result = await make(run, completedKinds(run.options));
    result.artifacts[0].bytes += 1;
    say({ type: "finished", result });
  },
  async "finish-then-exit"(run) {
    await finish(run);
    Deno.exit(0);
  },
  async "finish-and-talk-on"(run) {
    await finish(run);
    progress(8);
  },
  "try-everything": (run) => tryEverything(run),
};

/** What must not work: the run finishes only if all of it is denied, else it says what was not. */
async function tryEverything(run: Run): Promise<void> {
  const scratch = new ScratchFile(Deno.args[0], 1);
  if (scratch.append(new Uint8Array(1)) !== 0) throw new Error("its scratch has no room");
  scratch.read(0, new Uint8Array(1));
  scratch.close();
  const data = run.input_path.slice(0, run.input_path.lastIndexOf("/inputs/"));
  const own = new URL(import.meta.url).pathname;
  const remote = "https://deno.land/std/version.ts";
  const attempts: Record<string, () => unknown> = {
    "read the ledger": () => Deno.readFileSync(`${data}/ledger.db`),
    "list the data folder": () => [...Deno.readDirSync(data)],
    "read the work folder": () => [...Deno.readDirSync(run.work_path)],
    "read its own source": () => Deno.readFileSync(own),
    "read the system": () => Deno.readFileSync("/etc/passwd"),
    "write the ledger": () => Deno.writeTextFileSync(`${data}/ledger.db`, ""),
    "write its input": () => Deno.writeTextFileSync(run.input_path, ""),
    "write artifacts": () => Deno.writeTextFileSync(`${data}/artifacts/x`, ""),
    "leave by dots": () => Deno.writeTextFileSync(`${run.work_path}/../../../x`, ""),
    "link out": () => Deno.symlinkSync("/etc/passwd", `${run.work_path}/link`),
    "link hard": () => Deno.linkSync(run.input_path, `${run.work_path}/link`),
    "read the environment": () => Deno.env.get("HOME"),
    "list the environment": () => Deno.env.toObject(),
    "fetch": () => fetch("http://127.0.0.1:18999/"),
    "connect": () => Deno.connect({ hostname: "127.0.0.1", port: 18999 }),
    "listen": () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
    "resolve a name": () => Deno.resolveDns("localhost", "A"),
    "run a program": () => new Deno.Command(Deno.execPath()).outputSync(),
    "signal a process": () => Deno.kill(Deno.ppid, "SIGCONT"),
    "load a library": () => Deno.dlopen("libc.so.6", {}),
    "know the host": () => Deno.hostname(),
    "import from the network": () => import(remote),
    "import a package": () => import("npm:" + "zod"),
    "start a worker": () =>
      new Promise((resolve, reject) => {
        const worker = new Worker(import.meta.url, {
          type: "module",
        });
        worker.onmessage = resolve;
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new Error(event.message));
        };
      }),
    "ask for more": async () => {
      const { state } = await Deno.permissions.request({ name: "net" });
      if (state !== "granted") throw new Deno.errors.NotCapable(state);
    },
  };
  const allowed: string[] = [];
  for (const [what, attempt] of Object.entries(attempts)) {
    try {
      await attempt();
      allowed.push(what);
    } catch (error) {
      const isRefusal = error instanceof Deno.errors.NotCapable ||
        /Requires \w+ access|--no-(remote|npm)/.test(String(error));
      if (!isRefusal) allowed.push(`${what}: ${error}`);
    }
  }
  if (allowed.length === 0) return await finish(run);
  say({ type: "broke", code: "internal-error", message: allowed.join("\n") });
}

if (import.meta.url.endsWith("?dies")) {
  complain("cannot begin\n");
  Deno.exit(1);
}
if (import.meta.url.endsWith("?mute")) {
  for await (const _ of Deno.stdin.readable);
  Deno.exit(0);
}
say({ type: "ready" });
for await (const line of readLines(Deno.stdin.readable, LINE_BYTES_MAX)) {
  const order: Order = JSON.parse(line);
  isToStop = order.type === "stop";
  if (order.type === "run") void behaviours[order.filename](order);
}
Deno.exit(0);
