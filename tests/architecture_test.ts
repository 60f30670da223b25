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
  const path = fileURLToPath(specifier).slice(ROOT.length);
  if (path === "worker.ts") return path;
  return /^src\/([a-z_]+)(?:\/|\.)/.exec(path)?.[1] ?? /^([a-z_]+)\.ts$/.exec(path)?.[1] ?? null;
}

Deno.test("imports between rooms point one way", async () => {
  const entries = ["main.ts", "worker.ts", "src/worker/runner.ts"];
  const modules = new Map<string, Module>();
  for (const entry of entries) {
    for (const module of await graph(entry)) modules.set(module.specifier, module);
  }
  const rooms = new Set<string>();
  const wrong: string[] = [];
  for (const module of modules.values()) {
    const from = roomOf(module.specifier);
    if (from === null || ROOTS.includes(from)) continue;
    rooms.add(from);
    for (const dependency of module.dependencies ?? []) {
      const target = dependency.code?.specifier ?? dependency.type?.specifier ?? "";
      const to = roomOf(target);
      if (to === null || to === from || MAY_IMPORT[from]?.includes(to)) continue;
      wrong.push(`${module.specifier.slice(ROOT.length + 7)} imports ${dependency.specifier}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(
    Object.keys(MAY_IMPORT).filter((room) => !rooms.has(room)),
    [],
    "a room of this table isn't in the graph any more",
  );
});

Deno.test("the runner, which meets what is in a file, loads no package", async () => {
  const foreign = (await graph("src/worker/runner.ts"))
    .map((module) => module.specifier)
    .filter((specifier) => !specifier.startsWith("file:") && !specifier.startsWith("node:"));
  assert.deepEqual(foreign, []);
});

Deno.test("no files of the pipeline import each other in a circle, not even for types", async () => {
  const imports = new Map<string, string[]>();
  for (const { specifier, dependencies = [] } of await graph("src/worker/runner.ts")) {
    if (roomOf(specifier) !== "pipeline") continue;
    const targets = dependencies.flatMap(({ code, type }) => [code?.specifier, type?.specifier]);
    imports.set(specifier, targets.filter((target) => target !== undefined));
  }
  assert.ok(imports.size > 20, "the pipeline isn't in the graph any more");
  // Files that import nothing that is left go, again and again; those of a circle stay.
  for (let before = Infinity; imports.size < before;) {
    before = imports.size;
    for (const [file, targets] of imports) {
      if (!targets.some((target) => imports.has(target))) imports.delete(file);
    }
  }
  assert.deepEqual([...imports.keys()].map((file) => file.slice(ROOT.length + 7)), []);
});
