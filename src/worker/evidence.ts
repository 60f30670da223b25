/** What is kept of a runner that died: how, and its last words. */
import { RUNNER_EVIDENCE_BYTES_MAX } from "../domain/limits.ts";

/** The tail of a runner's standard error. */
export class LastWords {
  #tail = new Uint8Array(0);

  /** Forget what was said during earlier runs. */
  clear(): void {
    this.#tail = new Uint8Array(0);
  }

  add(bytes: Uint8Array): void {
    const all = new Uint8Array(this.#tail.length + bytes.length);
    all.set(this.#tail);
    all.set(bytes, this.#tail.length);
    this.#tail = all.slice(-RUNNER_EVIDENCE_BYTES_MAX);
  }

  /** As text without the folders of this server: evidence goes on record, and clients may read it. */
  text(): string {
    const text = new TextDecoder().decode(this.#tail);
    return withoutFolders(text).trim();
  }
}

/** How a process ended, in words. */
export function describeEnd(status: Deno.CommandStatus): string {
  return status.signal === null
    ? `The runner ended with exit code ${status.code}.`
    : `The runner was ended by ${status.signal}.`;
}

/** Paths and file URLs cut down to their last part. */
function withoutFolders(text: string): string {
  return text.replaceAll(/(?:file:\/\/)?(?<![\w.])\/(?:[^\s/:"'()]+\/)+/g, "");
}
