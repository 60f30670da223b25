import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { OPTION_DEFAULTS } from "../../src/domain/options.ts";
import { type Artifact, artifactFileName, completedKinds } from "../../src/domain/artifact.ts";
import { OperatingError } from "../../src/domain/errors.ts";
import { LocalFileStore } from "../../src/storage/local_file_store.ts";
import { Paths } from "../../src/storage/paths.ts";
import { system } from "../../src/system.ts";
import { seeded } from "../support/random.ts";

const A = "0198c0de-0000-7000-8000-00000000000a";
const B = "0198c0de-0000-7000-8000-00000000000b";

async function withStore(
  body: (store: LocalFileStore, paths: Paths) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "datatasker-files-" });
  try {
    const paths = new Paths(join(dir, "data"));
    const store = new LocalFileStore(paths, system);
    await store.prepare();
    await body(store, paths);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name).sort();
}

/** All paths below a folder, files and folders, relative to it. */
async function tree(folder: string, prefix = ""): Promise<string[]> {
  const found: string[] = [];
  for (const name of await names(folder)) {
    found.push(prefix + name);
    const path = join(folder, name);
    if ((await Deno.lstat(path)).isDirectory) found.push(...await tree(path, `${prefix}${name}/`));
  }
  return found;
}

async function keepInput(store: LocalFileStore, taskId: string, text = "region\n"): Promise<void> {
  const file = await store.receive();
  await file.write(new TextEncoder().encode(text));
  await file.keep(taskId);
}

/** Write what a runner would, and report it. */
async function writeWork(store: LocalFileStore, paths: Paths, taskId: string, fence: number) {
  const work = await store.openWork(taskId, fence);
  const artifacts: Artifact[] = [];
  for (const kind of completedKinds(OPTION_DEFAULTS)) {
    const text = `${kind} of attempt ${fence}\n`;
    await Deno.writeTextFile(join(work, artifactFileName(kind, taskId)), text);
    artifacts.push({
      kind,
      path: paths.recordedArtifact(taskId, fence, kind),
      bytes: text.length,
      sha256: createHash("sha256").update(text).digest("hex"),
      rows: null,
    });
  }
  return { work, artifacts };
}

async function readArtifact(store: LocalFileStore, artifact: Artifact): Promise<string | null> {
  const file = await store.openArtifact(artifact);
  return file === null ? null : await new Response(file.readable).text();
}

Deno.test("an input is kept byte for byte, however it was cut into writes", async () => {
  await withStore(async (store, paths) => {
    const random = seeded(1);
    const bytes = new Uint8Array(3_000_000).map(() => random.whole(0, 255));
    const file = await store.receive();
    const buffer = new Uint8Array(1024 * 1024);
    for (let done = 0; done < bytes.length;) {
      const size = Math.min(random.whole(0, buffer.length), bytes.length - done);
      buffer.set(bytes.subarray(done, done + size));
      await file.write(buffer.subarray(0, size));
      buffer.fill(0); // The caller may reuse it.
      done += size;
    }
    await file.keep(A);
    assert.equal(store.inputPath(A), paths.input(A));
    assert.ok(Buffer.from(await Deno.readFile(store.inputPath(A))).equals(bytes));
    assert.deepEqual(await names(paths.uploads), []);
  });
});

Deno.test("many small bodies at once take little memory", async () => {
  await withStore(async (store) => {
    const before = Deno.memoryUsage().external;
    const files = await Promise.all(Array.from({ length: 100 }, () => store.receive()));
    for (const file of files) await file.write(new Uint8Array(1_000));
    const taken = Deno.memoryUsage().external - before;
    for (const file of files) await file.discard();
    assert.ok(taken < 10_000_000, `${taken} bytes`);
  });
});

Deno.test("a body on its way in has no name in inputs, and none anywhere once it is discarded", async () => {
  await withStore(async (store, paths) => {
    const file = await store.receive();
    await file.write(new Uint8Array(100_000));
    assert.deepEqual(await names(paths.inputs), []);
    assert.equal((await names(paths.uploads)).length, 1);
    await file.discard();
    await file.discard();
    assert.deepEqual(await names(paths.uploads), []);
    assert.deepEqual(await store.taskIds(), []);
  });
});

Deno.test("a body may be discarded while a write is under way", async () => {
  await withStore(async (store, paths) => {
    const file = await store.receive();
    const writing = file.write(new Uint8Array(8 * 1024 * 1024));
    await file.discard();
    await Promise.allSettled([writing]);
    assert.deepEqual(await names(paths.uploads), []);
  });
});

Deno.test("discard after keep leaves the input alone", async () => {
  await withStore(async (store) => {
    const file = await store.receive();
    await file.write(new Uint8Array([1]));
    await file.keep(A);
    await file.discard();
    assert.deepEqual(await store.taskIds(), [A]);
  });
});

Deno.test("discard after a keep that failed leaves no trace, before the rename and behind it", async () => {
  await withStore(async (store, paths) => {
    const file = await store.receive();
    await Deno.mkdir(paths.input(A)); // Rename refuses.
    await assert.rejects(file.keep(A));
    await file.discard();
    await Deno.remove(paths.input(A));

    // The rename leads out of the folder that is then to be synced, which doesn't exist.
    const elsewhere = new Paths(paths.root);
    Object.defineProperty(elsewhere, "inputs", { value: join(paths.root, "nowhere") });
    elsewhere.input = (taskId) => paths.input(taskId);
    const moved = await new LocalFileStore(elsewhere, system).receive();
    await assert.rejects(moved.keep(B), Deno.errors.NotFound);
    assert.deepEqual(await names(paths.inputs), [`${B}.csv`]);
    await moved.discard();
    assert.deepEqual([...await names(paths.uploads), ...await names(paths.inputs)], []);
  });
});

Deno.test("two bodies at once don't mix", async () => {
  await withStore(async (store) => {
    const [a, b] = [await store.receive(), await store.receive()];
    await Promise.all([a.write(new Uint8Array(2e6).fill(1)), b.write(new Uint8Array(2e6).fill(2))]);
    await Promise.all([a.keep(A), b.keep(B)]);
    assert.ok((await Deno.readFile(store.inputPath(A))).every((byte) => byte === 1));
    assert.ok((await Deno.readFile(store.inputPath(B))).every((byte) => byte === 2));
  });
});

Deno.test("a work folder is empty, whatever an earlier try left in it", async () => {
  await withStore(async (store) => {
    const work = await store.openWork(A, 1);
    await Deno.writeTextFile(join(work, "leftover"), "");
    assert.equal(await store.openWork(A, 1), work);
    assert.deepEqual(await names(work), []);
  });
});

Deno.test("what is published can be read, and nothing of it stays in work", async () => {
  await withStore(async (store, paths) => {
    const { artifacts } = await writeWork(store, paths, A, 3);
    assert.equal(await store.openArtifact(artifacts[0]), null);
    await store.publish(A, 3, artifacts);
    for (const artifact of artifacts) {
      assert.equal(await readArtifact(store, artifact), `${artifact.kind} of attempt 3\n`);
    }
    assert.deepEqual(await names(paths.work), []);
  });
});

Deno.test("what no report names isn't published", async () => {
  await withStore(async (store, paths) => {
    const { work, artifacts } = await writeWork(store, paths, A, 1);
    await Deno.mkdir(join(work, "scratch"));
    await Deno.writeTextFile(join(work, "scratch", "x"), "");
    await store.publish(A, 1, artifacts.slice(2));
    assert.deepEqual(
      await names(paths.attemptArtifacts(A, 1)),
      [
        artifactFileName("rejects", A),
        artifactFileName("report", A),
      ].sort(),
    );
  });
});

const spoiled: Record<string, (artifact: Artifact, file: string) => Promise<Artifact>> = {
  "is missing": async (artifact, file) => (await Deno.remove(file), artifact),
  "has another size": (artifact) => Promise.resolve({ ...artifact, bytes: artifact.bytes + 1 }),
  "is a folder": async (artifact, file) => {
    await Deno.remove(file);
    await Deno.mkdir(file);
    return { ...artifact, bytes: (await Deno.stat(file)).size };
  },
  "is a link out of the folder": async (artifact, file) => {
    await Deno.rename(file, join(file, "..", "..", "elsewhere"));
    await Deno.symlink("../elsewhere", file);
    return artifact;
  },
  "claims a path elsewhere": (artifact) => Promise.resolve({ ...artifact, path: "ledger.db" }),
  "claims the path of another attempt": (artifact) =>
    Promise.resolve({ ...artifact, path: artifact.path.replace("/1/", "/2/") }),
};
for (const [what, spoil] of Object.entries(spoiled)) {
  Deno.test(`nothing is published when an artifact ${what}`, async () => {
    await withStore(async (store, paths) => {
      const { work, artifacts } = await writeWork(store, paths, A, 1);
      artifacts[1] = await spoil(artifacts[1], join(work, artifactFileName("anomalies", A)));
      await assert.rejects(
        store.publish(A, 1, artifacts),
        (error) => error instanceof OperatingError && error.code === "internal-error",
      );
      assert.deepEqual(await names(paths.artifacts), []);
      await store.discardWork(A, 1);
    });
  });
}

Deno.test("publishing work that isn't there is an operating error", async () => {
  await withStore(async (store, paths) => {
    const { artifacts } = await writeWork(store, paths, A, 1);
    await store.discardWork(A, 1);
    await assert.rejects(store.publish(A, 1, artifacts), OperatingError);
  });
});

Deno.test("an artifact that was damaged or lost on disk is absent", async () => {
  await withStore(async (store, paths) => {
    const { artifacts } = await writeWork(store, paths, A, 1);
    await store.publish(A, 1, artifacts);
    await Deno.truncate(paths.recorded(artifacts[0].path), 3);
    await Deno.remove(paths.recorded(artifacts[1].path));
    await Deno.remove(paths.recorded(artifacts[2].path));
    await Deno.mkdir(paths.recorded(artifacts[2].path));
    for (const artifact of artifacts.slice(0, 3)) {
      assert.equal(await store.openArtifact(artifact), null);
    }
    assert.ok(await readArtifact(store, artifacts[3]));
  });
});

Deno.test("discarded work is gone, with its task's folder once that is empty", async () => {
  await withStore(async (store, paths) => {
    await writeWork(store, paths, A, 1);
    await writeWork(store, paths, A, 2);
    await store.discardWork(A, 1);
    assert.deepEqual(await names(paths.taskWork(A)), ["2"]);
    await store.discardWork(A, 2);
    await store.discardWork(A, 2);
    assert.deepEqual(await names(paths.work), []);
  });
});

Deno.test("an attempt opens and publishes while another of its task is discarded", async () => {
  await withStore(async (store, paths) => {
    for (let fence = 1; fence <= 60; fence += 2) {
      await store.openWork(A, fence);
      const [{ artifacts }] = await Promise.all([
        writeWork(store, paths, A, fence + 1),
        store.discardWork(A, fence),
      ]);
      await Promise.all([
        store.publish(A, fence + 1, artifacts),
        store.removeOtherAttempts(A, fence + 1),
      ]);
      assert.ok(await readArtifact(store, artifacts[0]));
    }
  });
});

Deno.test("removing a task removes its input, work and artifacts, and no other task's, as often as asked", async () => {
  await withStore(async (store, paths) => {
    for (const taskId of [A, B]) {
      await keepInput(store, taskId);
      const { artifacts } = await writeWork(store, paths, taskId, 1);
      await store.publish(taskId, 1, artifacts);
      await store.openWork(taskId, 2);
    }
    await store.remove(A);
    await store.remove(A);
    assert.deepEqual((await tree(paths.root)).filter((path) => path.includes(A)), []);
    assert.deepEqual(await store.taskIds(), [B]);
  });
});

for (const taskId of ["", ".", "..", "../inputs", A.toUpperCase()]) {
  Deno.test(`nothing is removed for the task ID ${JSON.stringify(taskId)}`, async () => {
    await withStore(async (store, paths) => {
      await keepInput(store, A);
      await store.openWork(A, 1);
      const before = await tree(paths.root);
      await assert.rejects(store.remove(taskId), RangeError);
      await assert.rejects(store.removeOtherAttempts(taskId, null), RangeError);
      assert.deepEqual(await tree(paths.root), before);
    });
  });
}

Deno.test("tasks with files are listed once each, and foreign names are not", async () => {
  await withStore(async (store, paths) => {
    await keepInput(store, A);
    await store.openWork(A, 1);
    const { artifacts } = await writeWork(store, paths, B, 1);
    await store.publish(B, 1, artifacts);
    await Deno.writeTextFile(join(paths.inputs, "notes.csv"), "");
    await Deno.writeTextFile(join(paths.inputs, `${A}.txt`), "");
    await Deno.mkdir(join(paths.artifacts, "lost+found"));
    await Deno.mkdir(join(paths.work, "lost+found"));
    assert.deepEqual((await store.taskIds()).sort(), [A, B]);
    assert.deepEqual(await store.workTaskIds(), [A]);
  });
});

Deno.test("uploads that a dead process left behind are removed and counted", async () => {
  await withStore(async (store, paths) => {
    assert.equal(await store.removeStaleUploads(), 0);
    await Deno.writeTextFile(paths.upload("x"), "half a fi");
    await Deno.writeTextFile(paths.upload("y"), "");
    await keepInput(store, A);
    assert.equal(await store.removeStaleUploads(), 2);
    assert.deepEqual(await names(paths.uploads), []);
    assert.deepEqual(await store.taskIds(), [A]);
  });
});

Deno.test("of a task's attempts all but the one that counts are removed", async () => {
  await withStore(async (store, paths) => {
    for (const fence of [1, 2, 10]) {
      const { artifacts } = await writeWork(store, paths, A, fence);
      await store.publish(A, fence, artifacts);
      await store.openWork(A, fence);
    }
    await store.removeOtherAttempts(A, 10);
    assert.deepEqual(await names(paths.taskArtifacts(A)), ["10"]);
    assert.deepEqual(await names(paths.taskWork(A)), ["10"]);
    await store.removeOtherAttempts(A, null);
    await store.removeOtherAttempts(A, null);
    assert.deepEqual(await names(paths.artifacts), []);
    assert.deepEqual(await names(paths.work), []);
  });
});

Deno.test("the event loop goes on while a large body is written", async () => {
  await withStore(async (store) => {
    const file = await store.receive();
    let turns = 0;
    const turning = setInterval(() => turns++, 1);
    const buffer = new Uint8Array(1024 * 1024);
    for (let i = 0; i < 64; i++) await file.write(buffer);
    clearInterval(turning);
    await file.discard();
    assert.ok(turns > 0);
  });
});
