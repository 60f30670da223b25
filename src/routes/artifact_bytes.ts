/**
 * The bytes of an artifact on their way out, checked against the ledger's hash.
 *
 * A whole artifact is hashed while it is sent, and its last piece is held back until the hash agrees: of a damaged
 * file a client never gets the end, so no damaged file looks like a finished download. What fits one piece is checked
 * before anything is sent, its ranges too. A range of a larger one is sent as it is: checking it would read all of it.
 */
import { createHash } from "node:crypto";
import type { Artifact } from "../domain/artifact.ts";
import { SEND_BYTES } from "../domain/limits.ts";
import type { ByteRange } from "./byte_range.ts";

/** The file isn't what the ledger recorded. */
export class DamagedArtifactError extends Error {
  override readonly name = "DamagedArtifactError";
}

/**
 * All bytes of an artifact. Closing the file is the caller's.
 *
 * @throws {DamagedArtifactError} instead of the last piece, if size or hash differ
 */
export async function* wholeArtifact(
  file: Deno.FsFile,
  artifact: Artifact,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const hash = createHash("sha256");
  let heldBack: Uint8Array<ArrayBuffer> | null = null;
  for await (const piece of pieces(file, { first: 0, last: artifact.bytes - 1 })) {
    if (heldBack !== null) yield heldBack;
    hash.update(piece);
    heldBack = piece;
  }
  if (hash.digest("hex") !== artifact.sha256) {
    throw new DamagedArtifactError("the file's hash isn't the recorded one");
  }
  if (heldBack !== null) yield heldBack;
}

/** One range of an artifact. @throws {DamagedArtifactError} as far as it can be known */
export async function* artifactRange(
  file: Deno.FsFile,
  artifact: Artifact,
  range: ByteRange,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (artifact.bytes > SEND_BYTES) return yield* pieces(file, range);
  for await (const whole of wholeArtifact(file, artifact)) {
    yield whole.subarray(range.first, range.last + 1);
  }
}

/** Exactly these bytes, in pieces of `SEND_BYTES`. */
async function* pieces(
  file: Deno.FsFile,
  { first, last }: ByteRange,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (first > 0) await file.seek(first, Deno.SeekMode.Start);
  for (let left = last - first + 1; left > 0;) {
    const piece = new Uint8Array(Math.min(left, SEND_BYTES));
    let filled = 0;
    while (filled < piece.length) {
      const read = await file.read(piece.subarray(filled));
      if (read === null) throw new DamagedArtifactError("the file ended early");
      filled += read;
    }
    left -= filled;
    yield piece;
  }
}

/**
 * A response body that begins with a piece that was read already, so that what fails early can still become a
 * problem document, and a generator that nobody ever pulls can't keep its file open.
 */
export function bodyOf(
  first: Uint8Array<ArrayBuffer>,
  rest: AsyncIterator<Uint8Array<ArrayBuffer>>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let next: Uint8Array<ArrayBuffer> | null = first;
  return new ReadableStream({
    async pull(controller) {
      if (next !== null) {
        controller.enqueue(next);
        next = null;
        return;
      }
      const { value, done } = await rest.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await rest.return?.();
    },
  });
}
