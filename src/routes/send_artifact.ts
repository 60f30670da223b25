/** Answering with an artifact: conditions, ranges, headers, and the check of what is sent. */
import type { Context } from "hono";
import { type Artifact, artifactFileName } from "../domain/artifact.ts";
import { SEND_BYTES } from "../domain/limits.ts";
import { excelVariant } from "../pipeline/artifacts/excel.ts";
import type { AppParts } from "./app_parts.ts";
import { artifactRange, bodyOf, DamagedArtifactError, wholeArtifact } from "./artifact_bytes.ts";
import { type ByteRange, parseByteRange } from "./byte_range.ts";
import { judgePreconditions } from "./preconditions.ts";
import { Problem } from "./problem.ts";

/** `excel`: the same rows for spreadsheet programs. It is made while it is sent: no length, hash or ranges. */
export type ArtifactVariant = "excel" | null;

/**
 * The response to a GET or HEAD for an artifact that the ledger has.
 *
 * @throws {Problem} `precondition-failed`, `range-not-satisfiable`, `artifact-damaged` if the file isn't what it was
 */
export async function sendArtifact(
  c: Context,
  parts: AppParts,
  { taskId, artifact, variant }: { taskId: string; artifact: Artifact; variant: ArtifactVariant },
): Promise<Response> {
  const header = (name: string) => c.req.header(name);
  const isHead = c.req.raw.method === "HEAD";
  const headers = artifactHeaders(taskId, artifact, variant);
  const verdict = judgePreconditions(headers.etag, header);
  if (verdict === "failed") {
    throw new Problem(
      "precondition-failed",
      "If-Match names another version than the one here. Take the ETag of this answer, or leave If-Match out.",
      {
        headers: { etag: headers.etag },
      },
    );
  }
  if (verdict === "not-modified") {
    const { etag, "cache-control": cacheControl } = headers;
    return new Response(null, { status: 304, headers: { etag, "cache-control": cacheControl } });
  }
  const mayRange = variant === null && !isHead && verdict === "proceed";
  const range = mayRange ? parseByteRange(header("range"), artifact.bytes) : null;
  if (range === "unsatisfiable") {
    throw new Problem(
      "range-not-satisfiable",
      `The artifact has ${artifact.bytes} bytes. Ask for some of these.`,
      {
        headers: { "content-range": `bytes */${artifact.bytes}` },
      },
    );
  }

  const file = await parts.store.openArtifact(artifact);
  if (file === null) {
    logDamage(parts, taskId, artifact);
    throw damaged();
  }
  if (isHead) {
    file.close();
    return new Response(null, { headers });
  }
  const bytes = artifactBytes(file, artifact, {
    range,
    variant,
    onDamage: () => logDamage(parts, taskId, artifact),
  });
  const first = await firstOf(bytes);
  if (range !== null) {
    headers["content-range"] = `bytes ${range.first}-${range.last}/${artifact.bytes}`;
    headers["content-length"] = String(range.last - range.first + 1);
  }
  const isAll = variant === null && artifact.bytes <= SEND_BYTES;
  if (isAll) await bytes.return(undefined);
  const body = isAll ? first : bodyOf(first, bytes);
  return new Response(body, { status: range === null ? 200 : 206, headers });
}

function artifactHeaders(
  taskId: string,
  artifact: Artifact,
  variant: ArtifactVariant,
): Record<"etag" | "cache-control", string> & Record<string, string> {
  const name = artifactFileName(artifact.kind, taskId);
  const headers = {
    "content-type": artifact.kind === "report" ? "application/json" : "text/csv; charset=utf-8",
    // The name is ours and plain ASCII; the client's file name never gets into a header.
    "content-disposition": `attachment; filename="${name}"`,
    // An artifact never changes, but it can be deleted: keep it, and ask.
    "cache-control": "private, no-cache",
  };
  if (variant !== null) return { ...headers, etag: `W/"${artifact.sha256}-${variant}"` };
  const digest = Uint8Array.fromHex(artifact.sha256).toBase64();
  return {
    ...headers,
    etag: `"${artifact.sha256}"`,
    "repr-digest": `sha-256=:${digest}:`,
    "accept-ranges": "bytes",
    "content-length": String(artifact.bytes),
  };
}

/**
 * What is sent of an artifact. Once begun, it closes the file however it ends. Damage that shows in its midst, when no
 * status can tell it any more, breaks the answer off.
 */
async function* artifactBytes(
  file: Deno.FsFile,
  artifact: Artifact,
  { range, variant, onDamage }: {
    range: ByteRange | null;
    variant: ArtifactVariant;
    onDamage: () => void;
  },
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  try {
    if (range !== null) return yield* artifactRange(file, artifact, range);
    const whole = wholeArtifact(file, artifact);
    yield* variant === "excel" ? excelVariant(whole) : whole;
  } catch (error) {
    if (error instanceof DamagedArtifactError) onDamage();
    throw error;
  } finally {
    file.close();
  }
}

/** Begin to read, while a problem document is still possible. */
async function firstOf(
  bytes: AsyncGenerator<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const first = await bytes.next();
    return first.done ? new Uint8Array() : first.value;
  } catch (error) {
    throw error instanceof DamagedArtifactError ? damaged() : error;
  }
}

function logDamage({ log }: AppParts, taskId: string, artifact: Artifact): void {
  log.error("artifact.damaged", { task_id: taskId, kind: artifact.kind });
}

function damaged(): Problem {
  return new Problem(
    "artifact-damaged",
    "The stored file isn't what was recorded when the task ended, so it isn't sent. Upload the input again.",
  );
}
