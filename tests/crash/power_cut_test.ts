/**
 * A power cut, without pulling a plug: what the file store reported as done must survive it.
 *
 * The data folder lies on an ext4 file system in a file. Copying that file at some moment gives the disk as a power cut
 * would leave it, since what wasn't synced is only in memory; the copy is mounted (which replays its journal, as
 * a boot would) and looked at. `commit=300` keeps the kernel from writing on its own within the test, and a file
 * that was deliberately not synced proves that it didn't: its loss shows that the test can fail.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { type Artifact, artifactFileName } from "../../src/domain/artifact.ts";
import { EARLY_SYNC_BYTES } from "../../src/domain/limits.ts";
import { LocalFileStore } from "../../src/storage/local_file_store.ts";
import { Paths } from "../../src/storage/paths.ts";
import { system } from "../../src/system.ts";
import { makeImage, testWithMount, withMount } from "../support/mount.ts";
import { seeded } from "../support/random.ts";

const TASK = "0198c0de-0000-7000-8000-00000000000a";

/** Do something on a fresh disk, cut the power right after it, and look at what is left. */
async function afterPowerCut(
  act: (store: LocalFileStore, paths: Paths) => Promise<void>,
  look: (paths: Paths) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "datatasker-power-" });
  const [disk, copy] = [join(dir, "disk"), join(dir, "copy")];
  try {
    await makeImage(disk, 64);
    await withMount("ext4", disk, "loop,commit=300", async (root) => {
      const paths = new Paths(join(root, "data"));
      const store = new LocalFileStore(paths, system);
      await store.prepare();
      await act(store, paths);
      await Deno.writeTextFile(join(paths.root, "never-synced"), "lost");
      await Deno.copyFile(disk, copy);
    });
    await withMount("ext4", copy, "loop", async (root) => {
      const paths = new Paths(join(root, "data"));
      await look(paths);
      await assert.rejects(
        Deno.stat(join(paths.root, "never-synced")),
        Deno.errors.NotFound,
        "the kernel wrote on its own: this run proves nothing",
      );
    });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

for (const size of [1_000, 3_000_000, EARLY_SYNC_BYTES + 3_000_000]) {
  await testWithMount(
    `a kept input of ${size} bytes survives a power cut, whole`,
    "ext4",
    async () => {
      const random = seeded(3);
      const piece = new Uint8Array(1_000_000).map(() => random.whole(0, 255));
      const bytes = new Uint8Array(size).map((_, i) => piece[i % piece.length] ^ (i >> 20));
      await afterPowerCut(async (store) => {
        const file = await store.receive();
        await file.write(bytes);
        await file.keep(TASK);
      }, async (paths) => {
        const kept = await Deno.readFile(paths.input(TASK));
        assert.ok(
          Buffer.from(kept).equals(bytes),
          `${kept.length} bytes are left, not all as written`,
        );
      });
    },
  );
}

await testWithMount("published artifacts survive a power cut, whole", "ext4", async () => {
  const kinds = ["rejects", "report"] as const;
  await afterPowerCut(async (store, paths) => {
    const work = await store.openWork(TASK, 2);
    const artifacts: Artifact[] = [];
    for (const kind of kinds) {
      const file = await Deno.open(join(work, artifactFileName(kind, TASK)), {
        write: true,
        createNew: true,
      });
      const bytes = await file.write(new TextEncoder().encode(kind));
      await file.sync(); // The runner's part.
      file.close();
      const path = paths.recordedArtifact(TASK, 2, kind);
      artifacts.push({ kind, path, bytes, sha256: "", rows: null });
    }
    await store.publish(TASK, 2, artifacts);
  }, async (paths) => {
    for (const kind of kinds) {
      const path = paths.recorded(paths.recordedArtifact(TASK, 2, kind));
      assert.equal(await Deno.readTextFile(path), kind);
    }
  });
});
