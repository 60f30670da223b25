/**
 * Submit: bytes on their way in become an accepted task, or leave no trace. What comes compressed is decompressed on
 * the way, so that everything behind knows only the file itself.
 *
 * Order is the promise. The file is durable under its final name before the ledger accepts the task, and the ledger's
 * transaction is durable before anyone is told; only then the doorbell rings, and nobody waits for it. Killed in
 * between, the file belongs to no task, and the reconciler removes it.
 */
import { createHash } from "node:crypto";
import type { Ledger } from "../audit/ledger.ts";
import type { CompressionFormat } from "../domain/compression.ts";
import type { DialectHints } from "../domain/dialect.ts";
import { InputError } from "../domain/errors.ts";
import type { TaskOptions } from "../domain/options.ts";
import type { Parent } from "../domain/parent.ts";
import type { Task } from "../domain/task.ts";
import type { Log } from "../log.ts";
import { IntakeCheck } from "../pipeline/intake_check.ts";
import type { Queue } from "../queue/queue.ts";
import type { FileStore } from "../storage/file_store.ts";
import type { System } from "../system.ts";
import { decompress } from "./decompress.ts";
import { cleanFileName } from "./file_name.ts";

/** What a client chose for its task. */
export interface Terms {
  /** As the client named it; empty: not named. */
  filename: string;
  options: TaskOptions;
  /** What it says of the file's dialect. */
  hints: DialectHints;
  /** The task whose rejected rows it brings again. */
  parent: Parent | null;
}

/** An upload as it arrives. */
export interface Upload {
  /** The file, compressed or not. A chunk is only valid until the next one is asked for. */
  bytes: AsyncIterable<Uint8Array>;
  /** How it is compressed, where the request says so; the bytes must agree. */
  encoding?: CompressionFormat | null;
  /** The terms, if they are known before the bytes: then a header that they don't fit is refused at once. */
  known?: Terms;
  /** Asked once `bytes` has ended: in a form, fields may follow the file. May throw a refusal. */
  terms(): Promise<Terms>;
}

export interface SubmitParts {
  ledger: Ledger;
  store: FileStore;
  queue: Queue;
  system: System;
  log: Log;
  settings: { uploadBytesMax: number };
}

/**
 * Store, check and accept one upload.
 *
 * @throws {InputError} if the bytes can't become a task: empty, no CSV, a bad header, too large, badly compressed
 * @throws {OperatingError} if they can't be stored
 * @throws whatever reading the upload throws; nothing of it stays on disk in any of these cases
 */
export async function submit(parts: SubmitParts, upload: Upload): Promise<Task> {
  const { ledger, store, queue, system, log } = parts;
  const file = await store.receive();
  let keptAs: string | null = null;
  let task: Task;
  try {
    const check = new IntakeCheck(upload.known?.options ?? null, upload.known?.hints);
    const hash = createHash("sha256");
    const plain = decompress(upload.bytes, upload.encoding);
    let bytes = 0;
    for await (const chunk of plain.bytes) {
      bytes += chunk.length;
      if (bytes > parts.settings.uploadBytesMax) {
        throw tooLarge(parts.settings.uploadBytesMax, plain.compression() !== null);
      }
      check.push(chunk);
      const written = file.write(chunk);
      hash.update(chunk); // while the disk is busy
      await written;
    }
    const { filename, options, hints, parent } = await upload.terms();
    const dialect = check.finish(options, hints);
    const compression = plain.compression();
    const id = system.newId();
    await file.keep(id);
    keptAs = id;
    task = await ledger.receive({
      id,
      filename: cleanFileName(filename),
      input: { bytes, sha256: hash.digest("hex"), dialect, ...(compression && { compression }) },
      options,
      parent,
    });
  } catch (error) {
    if (keptAs === null) await file.discard();
    // What can't be removed now belongs to no task, and the reconciler finds it.
    else await store.remove(keptAs).catch(() => {});
    throw error;
  }
  log.info("task.received", { task_id: task.id, bytes: task.input.bytes });
  queue.ring(task.id).catch((error) => {
    log.warn("queue.ring_failed", { task_id: task.id, error: String(error) });
  });
  return task;
}

/** The refusal of an upload past the limit. @param isDecompressed whether only its decompressed bytes are */
export function tooLarge(bytesMax: number, isDecompressed = false): InputError {
  const upload = isDecompressed ? "The upload, decompressed," : "The upload";
  return new InputError([{
    code: "too-large",
    detail: `${upload} is larger than the ${bytesMax} bytes that are accepted. ` +
      "Split the file, or ask the operator to raise DATATASKER_UPLOAD_BYTES_MAX.",
  }]);
}
