import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SAMPLE } from "../support/sales_files.ts";
import { openService, type TestService } from "../support/service.ts";

const FOLDER = fileURLToPath(new URL("../../src/page", import.meta.url));

/** The page's files but index.html, as the paths that they should be served under. */
const FILES = [...Deno.readDirSync(FOLDER)].map(({ name }) => name)
  .filter((name) => name !== "index.html").map((name) => `/page/${name}`).sort();
const MODULES = FILES.filter((path) => path.endsWith(".js"));

async function served(service: TestService, path: string): Promise<string> {
  const response = await service.app.request(path);
  const text = await response.text();
  assert.equal(response.status, 200, path);
  return text;
}

/** The paths that a module imports, as a browser resolves them. */
function importsOf(path: string, text: string): string[] {
  return [...text.matchAll(/^import\b[^"';]*"([^"]+)";$/gm)]
    .map(([, specifier]) => new URL(specifier, `http://127.0.0.1${path}`).pathname);
}

/** What each module imports, as served. */
async function imports(service: TestService): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const path of MODULES) found.set(path, importsOf(path, await served(service, path)));
  return found;
}

Deno.test("every file of the page is served as it is, with its type, under a strict policy", async () => {
  await using service = await openService();
  for (const path of ["/", ...FILES]) {
    const response = await service.app.request(path);
    assert.equal(response.status, 200, path);
    const type = { js: "text/javascript", css: "text/css" }[path.split(".")[1]] ?? "text/html";
    assert.equal(response.headers.get("content-type"), `${type}; charset=utf-8`);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    const policy = response.headers.get("content-security-policy")!;
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe/);
    const file = path === "/" ? "index.html" : path.slice("/page/".length);
    assert.equal(await response.text(), await Deno.readTextFile(join(FOLDER, file)));
  }
});

Deno.test("the page loads each of its sheets and modules, and nothing inline or from elsewhere", async () => {
  await using service = await openService();
  const html = await served(service, "/");
  assert.doesNotMatch(
    html,
    /<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|\sstyle=/i,
    "nothing inline",
  );
  const loaded = [...html.matchAll(/<(?:script|link)[^>]*?\b(?:src|href)="([^"]*)"/g)]
    .map(([, address]) => address).filter((address) => !address.startsWith("data:"));
  assert.deepEqual(loaded.sort(), FILES);
});

Deno.test("every import of the page's modules is a module that is served, and main needs them all", async () => {
  await using service = await openService();
  const graph = await imports(service);
  const reached = new Set(["/page/main.js"]);
  for (const path of reached) {
    const targets = graph.get(path);
    assert.ok(targets, `${path} is imported and isn't a file of src/page`);
    for (const target of targets) reached.add(target);
  }
  assert.deepEqual([...reached].sort(), MODULES);
});

Deno.test("imports among the page's modules go one way", async () => {
  await using service = await openService();
  const graph = await imports(service);
  const clear = new Set<string>();
  const walk = (path: string, trail: string[]) => {
    assert.ok(!trail.includes(path), `a circle: ${[...trail, path].join(" -> ")}`);
    if (clear.has(path)) return;
    for (const target of graph.get(path) ?? []) walk(target, [...trail, path]);
    clear.add(path);
  };
  for (const path of MODULES) walk(path, []);
});

Deno.test("a file of the page that the browser has already isn't sent again", async () => {
  await using service = await openService();
  for (const path of ["/", "/page/main.js", "/page/base.css"]) {
    const first = await service.app.request(path);
    await first.body?.cancel();
    assert.equal(first.headers.get("cache-control"), "no-cache");
    const etag = first.headers.get("etag")!;
    assert.match(etag, /^"[\w-]+"$/);
    const again = await service.app.request(path, { headers: { "if-none-match": etag } });
    assert.equal(again.status, 304);
    assert.equal(await again.text(), "");
    assert.equal(again.headers.get("etag"), etag);
    const other = await service.app.request(path, { headers: { "if-none-match": '"other"' } });
    assert.equal(other.status, 200);
    await other.body?.cancel();
  }
});

Deno.test("the sample that the page offers is the README's", async () => {
  await using service = await openService();
  const [, sample] = /<pre id="sample">([^<]*)<\/pre>/.exec(await served(service, "/"))!;
  assert.equal(sample, SAMPLE);
});
