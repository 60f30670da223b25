/** `deno task normalize` as a shell runs it: arguments, streams, exit codes. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { compressed } from "../support/compressed.ts";

const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** As in a fresh shell: a task that another task starts takes over where that one was called. */
function freshEnvironment(): Record<string, string> {
  const { INIT_CWD: _, ...rest } = Deno.env.toObject();
  return rest;
}

interface Outcome {
  code: number;
  out: string;
  said: string;
}

async function normalize(
  args: string[],
  { cwd, input = "" }: { cwd?: string; input?: string | Uint8Array<ArrayBuffer> } = {},
): Promise<Outcome> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "-q", "--config", CONFIG, "normalize", ...args],
    cwd,
    clearEnv: true,
    env: freshEnvironment(),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const sent = new Blob([input]).stream().pipeTo(child.stdin).catch(() => {
    // A call with wrong arguments ends without reading.
  });
  const { code, stdout, stderr } = await child.output();
  await sent;
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), said: decoder.decode(stderr) };
}

Deno.test("a file by its name, where the shell is, becomes plain on standard output", async () => {
  const cwd = await Deno.makeTempDir({ prefix: "normalize file " });
  try {
    const table = compressed("gzip", "Report\nOrt;Wert\nKöln;1,5\nBonn;2\n");
    await Deno.writeFile(`${cwd}/my sales.csv.gz`, table);
    const { code, out, said } = await normalize(["my sales.csv.gz"], { cwd });
    assert.equal(out, 'Ort,Wert\nKöln,"1,5"\nBonn,2\n');
    assert.match(said, /^Read as UTF-8 with semicolons/);
    assert.match(said, /Left out line 1, above the table: Report/);
    assert.equal(code, 0, said);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});

Deno.test("standard input is read for -, and options are the words of an upload", async () => {
  const input = "x\na|b;c\n1|2;3\n";
  const { code, out } = await normalize(["-", "--delimiter", "Pipe", "--header-line=2"], { input });
  assert.equal(out, "a,b;c\n1,2;3\n");
  assert.equal(code, 0);
});

Deno.test("a record with a fault is kept, told, and makes the exit code 1", async () => {
  const { code, out, said } = await normalize(["-"], { input: 'a,b\n1,2\n"x"y,3\n' });
  assert.equal(out, 'a,b\n1,2\n"""x""y",3\n');
  assert.match(said, /bad-quote: line 3\./);
  assert.equal(code, 1);
});

const WRONG: [name: string, args: string[], input: string | Uint8Array<ArrayBuffer>, RegExp][] = [
  ["a workbook", ["-"], "PK\x03\x04", /Excel workbook .* Save or export/],
  ["an empty file", ["-"], "", /The file is empty/],
  ["a table that can be read in two ways", ["-"], "a;b|c\n1;2|3\n4;5|6\n", /isn't clear/],
  ["a broken archive", ["-"], compressed("gzip", "a,b\n1,2\n").slice(0, -6), /gzip/i],
  ["a file that isn't there", ["no such file.csv"], "", /no such file/],
  ["a folder", ["."], "", /can't be read/],
  ["no file", [], "", /Usage: deno task normalize/],
  ["an unknown option", ["--delimter=;", "-"], "", /Did you mean --delimiter\?/],
  ["a value that means nothing", ["--quote=x", "-"], "", /--quote=x must be one of/],
];
for (const [name, args, input, sentence] of WRONG) {
  Deno.test(`${name}: exit code 2 and a sentence`, async () => {
    const { code, out, said } = await normalize(args, { input });
    assert.match(said, sentence);
    assert.ok(!/\n\s+at |Uncaught/.test(said), said);
    assert.equal(code, 2);
    if (name !== "a broken archive") assert.equal(out, "");
  });
}

Deno.test("it ends quietly when nobody reads on", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "-q", "--config", CONFIG, "normalize", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const rows = "some cell;another cell\n".repeat(400_000);
  const sent = new Blob([rows]).stream().pipeTo(child.stdin).catch(() => {
    // It stops reading once nobody reads it.
  });
  const reader = child.stdout.getReader();
  assert.ok(!(await reader.read()).done);
  await reader.cancel();
  const said = await new Response(child.stderr).text();
  assert.equal((await child.status).code, 0);
  assert.equal(said, "");
  await sent;
});
