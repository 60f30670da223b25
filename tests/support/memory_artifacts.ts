/** Source and sinks in memory, so that the pipeline runs with no permission at all. */
import { createHash } from "node:crypto";
import type { ArtifactKind } from "../../src/domain/artifact.ts";
import type { Sink, Sinks } from "../../src/pipeline/artifacts/sink.ts";
import type { Source } from "../../src/pipeline/run/source.ts";

/** A source of these bytes, in chunks of at most `chunkBytes`; each chunk is wiped once the next is asked for. */
export function memorySource(bytes: Uint8Array, chunkBytes = Infinity): Source {
  return {
    async *open() {
      for (let at = 0; at < bytes.length; at += chunkBytes) {
        const chunk = bytes.slice(at, at + chunkBytes);
        yield chunk;
        chunk.fill(0xff);
      }
    },
  };
}

/** Keeps what is written, as files by kind. */
export class MemoryArtifacts implements Sinks {
  /** In the order in which they were opened. */
  readonly opened: ArtifactKind[] = [];
  readonly #files = new Map<ArtifactKind, Uint8Array>();

  open(kind: ArtifactKind): Promise<Sink> {
    if (this.opened.includes(kind)) throw new Error(`${kind} was opened twice`);
    this.opened.push(kind);
    const parts: Uint8Array[] = [];
    let hash = createHash("sha256");
    return Promise.resolve({
      write: (bytes) => {
        parts.push(bytes.slice());
        hash.update(bytes);
        return Promise.resolve();
      },
      beginAnew: () => {
        parts.length = 0;
        hash = createHash("sha256");
        return Promise.resolve();
      },
      close: () => {
        const file = joined(parts);
        this.#files.set(kind, file);
        return Promise.resolve({ bytes: file.length, sha256: hash.digest("hex") });
      },
    });
  }

  /** The bytes of an artifact; null if it was never opened and closed. */
  bytes(kind: ArtifactKind): Uint8Array | null {
    return this.#files.get(kind) ?? null;
  }

  /** @throws {Error} if there is no such artifact */
  text(kind: ArtifactKind): string {
    const bytes = this.bytes(kind);
    if (bytes === null) throw new Error(`there is no ${kind}`);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
