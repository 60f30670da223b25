/** The house of `docs/architecture.md` as a test: imports point one way. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Which rooms each room may import from, beside itself. Type imports count as well: a word is a dependency. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  domain: [],
  system: [],
  log: [],
  config: ["domain", "log"],
  audit: ["domain", "system", "log"],
  queue: ["domain", "system", "log"],
  storage: ["domain", "system", "log"],
  pipeline: ["domain"],
  tasks: ["audit", "queue", "storage", "pipeline", "domain", "system", "log"],
  worker: ["tasks", "audit", "queue", "storage", "pipeline", "domain", "system", "log"],
  page: [],
  routes: ["tasks", "audit", "queue", "storage", "pipeline", "page", "domain", "system", "log"],
  app: ["routes", "tasks", "audit", "queue", "storage", "domain", "system", "log"],
};

/**
 * Which folders of the pipeline each folder may import from, beside itself and what stands above them all (the limits and
 * the run's shapes). What nobody lists, nobody imports: a fast engine or a view is known only to the front doors.
 */
const STAGES: Record<string, readonly string[]> = {
  text: [],
  exact: [],
  parse: ["text"],
  header: ["text", "parse"],
  dialect: ["text", "parse", "header"],
  // `run` for the source of bytes alone: the sample is read as the run will read it.
  number: ["text", "exact", "parse", "header", "run"],
  clean: ["text", "parse", "header", "number"],
  aggregate: ["text", "exact", "number", "clean", "artifacts"],
  artifacts: ["text", "parse", "header", "number", "clean", "aggregate", "run"],
  run: ["text", "parse", "header", "number", "clean", "aggregate", "artifacts"],
  kernel: [
    "text",
    "exact",
    "parse",
    "header",
    "number",
    "clean",
    "aggregate",
    "artifacts",
    "run",
  ],
  inspect: [
    "text",
    "parse",
    "header",
    "dialect",
    "number",
    "clean",
    "aggregate",
    "artifacts",
    "run",
  ],
  normalize: ["text", "parse", "dialect", "artifacts"],
};

/** What runs the pipeline: to look before a run, in a run, from a shell. */
const PIPELINE_USERS = ["main.ts", "src/worker/runner.ts", "scripts/normalize.ts"];

/** Files above the folders that each of these may import; the others are front doors, and import all. */
const SHARED_BY_STAGES = ["pipeline_limits.ts", "pipeline_run.ts"];

/** The roots name implementations, so they may import everything. */
const ROOTS = ["main", "worker.ts", "parts"];

interface Module {
  specifier: string;
  dependencies?: {
    specifier: string;
    code?: { specifier?: string };
    type?: { specifier?: string };
  }[];
}

/** The module graph as Deno sees it, below one entry. */
async function graph(entry: string): Promise<Module[]> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: ROOT,
    stderr: "inherit",
  }).output();
  assert.ok(success, `deno info ${entry} fails`);
  return JSON.parse(new TextDecoder().decode(stdout)).modules;
}

/** `src/routes/tasks.ts` -> `routes`, `src/app.ts` -> `app`, `main.ts` -> `main`; null of what isn't ours. */
function roomOf(specifier: string): string | null {
  if (!specifier.startsWith("file:")) return null;
  const path = pathOf(specifier);
  if (path === "worker.ts") return path;
  return /^src\/([a-z_]+)(?:\/|\.)/.exec(path)?.[1] ?? /^([a-z_]+)\.ts$/.exec(path)?.[1] ?? null;
}

/** `src/pipeline/parse/record.ts` -> `parse`; null of what stands in no folder of the pipeline. */
function stageOf(specifier: string): string | null {
  if (!specifier.startsWith("file:")) return null;
  return /^src\/pipeline\/([a-z]+)\//.exec(pathOf(specifier))?.[1] ?? null;
}

/** A file's path from the project's folder. */
function pathOf(specifier: string): string {
  return fileURLToPath(specifier).slice(ROOT.length);
}

/** What a module imports, for its values or its types alone. */
function importsOf({ dependencies = [] }: Module): string[] {
  return dependencies.flatMap(({ code, type }) => code?.specifier ?? type?.specifier ?? []);
}

/** The modules below several entries, by their specifier. */
async function graphs(entries: readonly string[]): Promise<Map<string, Module>> {
  const modules = new Map<string, Module>();
  for (const entry of entries) {
    for (const module of await graph(entry)) modules.set(module.specifier, module);
  }
  return modules;
}

Deno.test("imports between rooms point one way", async () => {
  const rooms = new Set<string>();
  const wrong: string[] = [];
  for (const module of (await graphs(["main.ts", "worker.ts", "src/worker/runner.ts"])).values()) {
    const from = roomOf(module.specifier);
    if (from === null || ROOTS.includes(from)) continue;
    rooms.add(from);
    for (const target of importsOf(module)) {
      const to = roomOf(target);
      if (to === null || to === from || MAY_IMPORT[from]?.includes(to)) continue;
      wrong.push(`${pathOf(module.specifier)} imports ${pathOf(target)}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(
    Object.keys(MAY_IMPORT).filter((room) => !rooms.has(room)),
    [],
    "a room of this table isn't in the graph any more",
  );
});

Deno.test("imports between the folders of the pipeline keep to their table", async () => {
  const used = new Map<string, Set<string>>(Object.keys(STAGES).map((stage) => [stage, new Set()]));
  const wrong: string[] = [];
  for (const module of (await graphs(PIPELINE_USERS)).values()) {
    const from = stageOf(module.specifier);
    if (from === null) continue;
    for (const target of importsOf(module)) {
      const to = stageOf(target);
      const shared = roomOf(target) !== "pipeline" ||
        SHARED_BY_STAGES.some((file) => target.endsWith(`/src/pipeline/${file}`));
      if (to === from || (to === null && shared)) continue;
      if (to !== null) used.get(from)?.add(to);
      if (to !== null && STAGES[from]?.includes(to)) continue;
      wrong.push(`${pathOf(module.specifier)} imports ${pathOf(target)}`);
    }
  }
  assert.deepEqual(wrong, []);
  const allowed = Object.entries(STAGES).map(([from, stages]) => [from, stages.toSorted()]);
  const imported = [...used].map(([from, stages]) => [from, [...stages].toSorted()]);
  assert.deepEqual(imported, allowed, "the table allows what nobody needs any more");
});

Deno.test("the runner, which meets what is in a file, loads no package", async () => {
  const foreign = (await graph("src/worker/runner.ts"))
    .map((module) => module.specifier)
    .filter((specifier) => !specifier.startsWith("file:") && !specifier.startsWith("node:"));
  assert.deepEqual(foreign, []);
});

Deno.test("no files of the pipeline import each other in a circle, not even for types", async () => {
  const imports = new Map<string, string[]>();
  for (const module of await graph("src/worker/runner.ts")) {
    if (roomOf(module.specifier) === "pipeline") imports.set(module.specifier, importsOf(module));
  }
  assert.ok(imports.size > 20, "the pipeline isn't in the graph any more");
  // Files that import nothing that is left go, again and again; those of a circle stay.
  for (let before = Infinity; imports.size < before;) {
    before = imports.size;
    for (const [file, targets] of imports) {
      if (!targets.some((target) => imports.has(target))) imports.delete(file);
    }
  }
  assert.deepEqual([...imports.keys()].map(pathOf), []);
});
