/**
 * `deno task normalize FILE`: any table, in whatever dialect, as plain CSV on standard output; what was decided, on standard error.
 *
 * Exit code 0: all of it is written. 1: all of it is written, but some records have faults. 2: the file or the arguments
 * are wrong, and standard error says why.
 */
import { parseArgs } from "node:util";
import type { DialectHints } from "../src/domain/dialect.ts";
import { DIALECT_WORDS, type DialectWord } from "../src/domain/dialect_words.ts";
import { InputError } from "../src/domain/errors.ts";
import { READ_BYTES } from "../src/domain/limits.ts";
import { nearest } from "../src/domain/nearest.ts";
import { normalize } from "../src/pipeline/normalize/normalize.ts";
import { hasFaults, normalizeReport } from "../src/pipeline/normalize/normalize_report.ts";
import { decompress } from "../src/tasks/decompress.ts";

const USAGE = "Usage: deno task normalize [options] FILE\n" +
  "FILE - is standard input; gzip and Zstandard are decompressed. Options, where it is taken for something else:\n" +
  Object.entries(DIALECT_WORDS).map(([name, { rule }]) => `  --${optionOf(name)}=… ${rule}\n`)
    .join("");

const TEXT_OPTION = { type: "string" } as const;

/** Arguments that can't be meant. */
class UsageError extends Error {
  override readonly name = "UsageError";
}

interface Call {
  path: string;
  hints: DialectHints;
}

/** @throws {UsageError} all faults at once */
function parseCall(args: string[]): Call {
  const words = new Map<string, [keyof DialectHints, DialectWord<unknown>]>(
    Object.entries(DIALECT_WORDS).map((
      [name, word],
    ) => [optionOf(name), [name as keyof DialectHints, word]]),
  );
  const options = Object.fromEntries([...words.keys()].map((name) => [name, TEXT_OPTION]));
  const { tokens } = parseArgs({ args, options, strict: false, tokens: true });
  const faults: string[] = [];
  const paths: string[] = [];
  const hints = new Map<string, unknown>();
  for (const token of tokens) {
    if (token.kind === "positional") paths.push(token.value);
    if (token.kind !== "option") continue;
    const word = words.get(token.name);
    if (word === undefined) {
      const near = nearest(token.name, words.keys());
      const known = [...words.keys()].map((name) => `--${name}`).join(", ");
      const cure = near === null ? `Known are ${known}.` : `Did you mean --${near}?`;
      faults.push(`${token.rawName} is not known. ${cure}`);
      continue;
    }
    const [name, { read, rule }] = word;
    const hint = read(token.value ?? "");
    if (hint === undefined) faults.push(`--${token.name}=${token.value ?? ""} ${rule}.`);
    else if (hints.has(name)) faults.push(`--${token.name} is given more than once.`);
    else hints.set(name, hint);
  }
  if (paths.length !== 1) faults.push(`Give one file, or - for standard input.\n${USAGE}`);
  if (faults.length > 0) throw new UsageError(faults.join("\n"));
  return { path: paths[0], hints: Object.fromEntries(hints) };
}

function optionOf(name: string): string {
  return name.replaceAll("_", "-");
}

/** A chunk is valid until the next is asked for. */
async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  const file = path === "-" ? Deno.stdin : await Deno.open(path);
  try {
    const buffer = new Uint8Array(READ_BYTES);
    for (let n = await file.read(buffer); n !== null; n = await file.read(buffer)) {
      yield buffer.subarray(0, n);
    }
  } finally {
    if (path !== "-") file.close();
  }
}

async function write(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}

/** The exit code. */
async function run(args: string[]): Promise<number> {
  const { path, hints } = parseCall(args);
  const { bytes, findings } = normalize(decompress(chunksOf(path)).bytes, hints);
  for await (const chunk of bytes) await write(chunk);
  console.error(normalizeReport(findings()).join("\n"));
  return hasFaults(findings()) ? 1 : 0;
}

/** What to say of a failure; null: whoever reads the output has enough of it. */
function sentenceOf(error: unknown): string | null {
  if (error instanceof Deno.errors.BrokenPipe) return null;
  if (error instanceof InputError || error instanceof UsageError) return error.message;
  if (error instanceof Deno.errors.NotFound) return "There is no such file. Check its name.";
  return `The file can't be read or the output can't be written: ${(error as Error).message}.`;
}

if (import.meta.main) {
  if (Deno.args.includes("--help")) {
    console.log(USAGE);
    Deno.exit(0);
  }
  let code = 0;
  try {
    code = await run(Deno.args);
  } catch (error) {
    const sentence = sentenceOf(error);
    if (sentence !== null) {
      console.error(sentence);
      code = 2;
    }
  }
  Deno.exit(code);
}
