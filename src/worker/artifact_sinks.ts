/**
 * A work folder as the pipeline's `Sinks`.
 *
 * Bytes are hashed as they are written. Closing a sink starts its fsync without waiting for it, so that those of all
 * artifacts run at the same time; nothing is durable before `settle` resolved.
 *
 * Opening and writing block: a runner has nothing else to do meanwhile, and to hand each to another thread and back takes
 * longer than itself.
 */
import { createHash } from "node:crypto";
import { artifactFileName, type ArtifactKind } from "../domain/artifact.ts";
import type { Sink, Sinks } from "../pipeline/artifacts/sink.ts";

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
    open: (kind) =>
      Promise.try(() => {
        if (files.has(kind)) throw new RangeError(`the sink of ${kind} is opened twice`);
        const file = new ArtifactFile(`${folder}/${artifactFileName(kind, taskId)}`);
        files.set(kind, file);
        return file;
      }),
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
  readonly #hash = createHash("sha256");
  #bytes = 0;
  #synced: Promise<unknown> | null = null;

  constructor(path: string) {
    this.#file = Deno.openSync(path, { write: true, createNew: true });
  }

  write(bytes: Uint8Array): Promise<void> {
    return Promise.try(() => {
      this.#hash.update(bytes);
      this.#bytes += bytes.length;
      for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
    });
  }

  close(): Promise<{ bytes: number; sha256: string }> {
    if (this.#synced !== null) throw new RangeError("a sink is closed twice");
    // Its failure is told by `end`; until somebody asks it must not count as unhandled.
    this.#synced = this.#file.sync().then(() => null, (fault) => fault);
    return Promise.resolve({ bytes: this.#bytes, sha256: this.#hash.digest("hex") });
  }

  /** @throws {Error} the system's */
  async end(): Promise<void> {
    const fault = await this.#synced;
    this.#file.close();
    if (fault !== null) throw fault;
  }
}
