/** Where artifacts go. */
import type { ArtifactKind } from "../../domain/artifact.ts";

/** Where one artifact goes. */
export interface Sink {
  /** The bytes may be reused by the caller once this resolves. */
  write(bytes: Uint8Array): Promise<void>;
  /** Forget what was written. */
  beginAnew(): Promise<void>;
  /** Make what was written durable and say what it is. */
  close(): Promise<{ bytes: number; sha256: string }>;
}

/** Opens the sink of an artifact; each kind at most once. */
export interface Sinks {
  open(kind: ArtifactKind): Promise<Sink>;
}
