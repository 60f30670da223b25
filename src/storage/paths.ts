/**
 * The only place that joins paths: where everything lies below the data folder.
 *
 * ```
 * data/
 *   datatasker.lock        held by main.ts while it lives: one per data folder
 *   consumers/<id>.lock    held by each consumer while it lives: a free lock means a dead consumer
 *   ledger.db              SQLite (with -wal and -shm)
 *   queue.kv               Deno KV, a doorbell: may be deleted while nothing runs
 *   uploads/<random>.part  a body on its way in; never outlives its request
 *   inputs/<task>.csv      the stored input of an accepted task
 *   work/<task>/<fence>/   what a runner is writing
 *   artifacts/<task>/<fence>/  what was completed
 *   scratch/               what runners have no memory for: files without a name, gone with their run
 * ```
 *
 * IDs come from us or are checked to be UUIDs before they get here; client names never do.
 */
import { join, resolve } from "node:path";
import { artifactFileName, type ArtifactKind } from "../domain/artifact.ts";

export class Paths {
  readonly root: string;
  constructor(dataDir: string) {
    this.root = resolve(dataDir);
  }
  get mainLock(): string {
    return join(this.root, "datatasker.lock");
  }
  get ledger(): string {
    return join(this.root, "ledger.db");
  }
  get queue(): string {
    return join(this.root, "queue.kv");
  }
  get consumers(): string {
    return join(this.root, "consumers");
  }
  get uploads(): string {
    return join(this.root, "uploads");
  }
  get inputs(): string {
    return join(this.root, "inputs");
  }
  get work(): string {
    return join(this.root, "work");
  }
  get scratch(): string {
    return join(this.root, "scratch");
  }
  get artifacts(): string {
    return join(this.root, "artifacts");
  }
  consumerLock(consumer: string): string {
    return join(this.consumers, `${consumer}.lock`);
  }
  upload(name: string): string {
    return join(this.uploads, `${name}.part`);
  }
  input(taskId: string): string {
    return join(this.inputs, `${taskId}.csv`);
  }
  taskWork(taskId: string): string {
    return join(this.work, taskId);
  }
  attemptWork(taskId: string, fence: number): string {
    return join(this.work, taskId, String(fence));
  }
  /** A file in an attempt's work folder; the name is one of ours, or was found there. */
  workFile(taskId: string, fence: number, name: string): string {
    return join(this.attemptWork(taskId, fence), name);
  }
  taskArtifacts(taskId: string): string {
    return join(this.artifacts, taskId);
  }
  attemptArtifacts(taskId: string, fence: number): string {
    return join(this.artifacts, taskId, String(fence));
  }
  /** An artifact's path as the ledger records it: relative to the data folder, with `/`. */
  recordedArtifact(taskId: string, fence: number, kind: ArtifactKind): string {
    return `${artifactPrefix(taskId, fence)}/${artifactFileName(kind, taskId)}`;
  }
  /** The file behind a recorded path. */
  recorded(path: string): string {
    return join(this.root, ...path.split("/"));
  }
}

/** What the recorded paths of one attempt's artifacts begin with: `artifacts/<task>/<fence>`. */
export function artifactPrefix(taskId: string, fence: number): string {
  return `artifacts/${taskId}/${fence}`;
}
