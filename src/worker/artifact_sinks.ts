/**
 * A work folder as the pipeline's `Sinks`.
 *
 * Bytes are hashed as they are written. Of a large artifact parts are synced while others come, and closing a sink starts its last fsync without
 * waiting for it, so that those of all artifacts run at the same time; nothing is durable before `settle` resolved.
 *
 * Opening and writing block: a runner has nothing else to do meanwhile, and to hand each to another thread and back takes
 * longer than itself.
 */
import type { Hash } from "node:crypto";
import { artifactFileName, type ArtifactKind } from "../domain/artifact.ts";
import type { Sink, Sinks } from "../pipeline/artifacts/sink.ts";

/** Written bytes after which the disk is asked to begin: these take it some milliseconds, and the rest goes on meanwhile. */
const EARLY_SYNC_BYTES = 4 * 1024 * 1024;

export interface ArtifactSinks extends Sinks {
  /**
   * Wait until what was closed is durable, then free all files, those too that a broken run left open. Called again,
   * it does nothing.
   * @throws {Error} the system's, if a file can't be made durable; all are freed nevertheless
   */
  settle(): Promise<void>;
}

/** Sinks that write to a folder which exists and is empty. */
export function artifactSinks(folder: string, taskId: string): ArtifactSinks {
  const files = new Map<ArtifactKind, ArtifactFile>();
  return {
    async open(kind) {
      // Loading it takes 10 ms: here other threads are at work meanwhile.
      const { createHash } = await import("node:crypto");
      if (files.has(kind)) throw new RangeError(`the sink of ${kind} is opened twice`);
      const path = `${folder}/${artifactFileName(kind, taskId)}`;
      const file = new ArtifactFile(path, () => createHash("sha256"));
      files.set(kind, file);
      return file;
    },
    async settle() {
      const ending = [...files.values()].map((file) => file.end());
      files.clear();
      const ends = await Promise.allSettled(ending);
      for (const end of ends) if (end.status === "rejected") throw end.reason;
    },
  };
}

class ArtifactFile implements Sink {
  readonly #file: Deno.FsFile;
  readonly #newHash: () => Hash;
  #hash: Hash;
  #bytes = 0;
  /** What is written and not being synced yet. */
  #unsynced = 0;
  #isSyncing = false;
  /** Resolves once all syncs have ended; it never rejects. */
  #synced: Promise<unknown> = Promise.resolve();
  /** The first fault of a sync: the system tells it once, and a later sync of the same file would succeed. */
  #fault: unknown = null;
  #isClosed = false;

  constructor(path: string, newHash: () => Hash) {
    this.#newHash = newHash;
    this.#hash = newHash();
    this.#file = Deno.openSync(path, { write: true, createNew: true });
  }

  write(bytes: Uint8Array): Promise<void> {
    return Promise.try(() => {
      this.#hash.update(bytes);
      this.#bytes += bytes.length;
      for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
      this.#unsynced += bytes.length;
      if (this.#unsynced >= EARLY_SYNC_BYTES && !this.#isSyncing) this.#sync();
    });
  }

  beginAnew(): Promise<void> {
    return Promise.try(() => {
      this.#file.truncateSync(0);
      this.#file.seekSync(0, Deno.SeekMode.Start);
      this.#hash = this.#newHash();
      this.#bytes = 0;
    });
  }

  close(): Promise<{ bytes: number; sha256: string }> {
    if (this.#isClosed) throw new RangeError("a sink is closed twice");
    this.#isClosed = true;
    this.#sync();
    return Promise.resolve({ bytes: this.#bytes, sha256: this.#hash.digest("hex") });
  }

  /** Have the disk begin with what is written so far. Its failure is told by `end`. */
  #sync(): void {
    this.#unsynced = 0;
    this.#isSyncing = true;
    const sync = this.#file.sync()
      .catch((fault) => this.#fault ??= fault)
      .finally(() => this.#isSyncing = false);
    this.#synced = Promise.all([this.#synced, sync]);
  }

  /** @throws {Error} the system's */
  async end(): Promise<void> {
    await this.#synced;
    this.#file.close();
    if (this.#fault !== null) throw this.#fault;
  }
}
