/** Rules of style that matter enough to be a test. Each says what to do instead. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

async function* sources(folder: string): AsyncGenerator<{ path: string; text: string }> {
  for await (const entry of Deno.readDir(join(ROOT, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sources(path);
    else if (/\.(ts|js|sql)$/.test(entry.name)) {
      yield { path, text: await Deno.readTextFile(join(ROOT, path)) };
    }
  }
}

interface Rule {
  name: string;
  folders: readonly string[];
  pattern: RegExp;
  except?: readonly string[];
  instead: string;
}

const RULES: readonly Rule[] = [
  {
    name: "only the log writes to the console",
    folders: ["src"],
    pattern: /\bconsole\./,
    except: ["src/log.ts", "src/parts.ts"],
    instead: "take a Log",
  },
  {
    name: "only the system knows time and chance",
    folders: ["src"],
    pattern: /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bcrypto\.random|\bperformance\.now\(/,
    except: ["src/system.ts", "src/worker/runner.ts", "src/page/times.js"],
    instead: "take a System",
  },
  {
    name: "the core does no I/O",
    folders: ["src/domain", "src/pipeline"],
    pattern: /\bDeno\.|\bfetch\(|from "node:(fs|net|http|child_process|process)/,
    instead: "take a stream from the caller",
  },
  {
    name: "statements are never iterated",
    folders: ["src", "tests"],
    pattern: /\.iterate\(/,
    except: ["tests/tidy_test.ts"],
    instead: "page with all() and LIMIT: iterate() ends silently on an error",
  },
  {
    name: "nothing comes from JSR",
    folders: ["src", "tests", "scripts"],
    pattern: /["']jsr:/,
    instead: "use npm: or node:",
  },
  {
    name: "the oracle stands alone",
    folders: ["tests/oracle"],
    pattern: /from "\.\.\//,
    instead: "write it again in rational arithmetic: a twin that shares code proves nothing",
  },
  {
    name: "tests wait on signals",
    folders: ["tests"],
    pattern: /\bsleep\(|setTimeout\([a-z]+, ?[0-9_]{4,}\)/,
    except: ["tests/tidy_test.ts"],
    instead: "poll a condition with a deadline (tests/support)",
  },
];

for (const rule of RULES) {
  Deno.test(`tidy: ${rule.name}`, async () => {
    const found: string[] = [];
    for (const folder of rule.folders) {
      for await (const { path, text } of sources(folder)) {
        if (rule.except?.includes(path)) continue;
        text.split("\n").forEach((line, index) => {
          if (/^\s*(\*|\/\*|\/\/)/.test(line)) return; // Comments may name what code may not do.
          if (rule.pattern.test(line)) found.push(`${path}:${index + 1}: ${line.trim()}`);
        });
      }
    }
    assert.deepEqual(found, [], `instead: ${rule.instead}`);
  });
}

Deno.test("tidy: no file is called utils, helpers, types or common", async () => {
  const found: string[] = [];
  for (const folder of ["src", "tests", "scripts"]) {
    for await (const { path } of sources(folder)) {
      if (/\/(utils?|helpers?|types|common|misc)\.ts$/.test(path)) found.push(path);
    }
  }
  assert.deepEqual(found, [], "instead: name a file for its main export");
});
