/**
 * The `FileStore` contract: inputs and artifacts, each complete or absent.
 *
 * A file becomes visible whole: it is written under a temporary name, then renamed; file and folder are fsynced before
 * anyone is told. Nothing here knows the ledger.
 */
import type { Artifact } from "../domain/artifact.ts";

/** A body on its way in. Exactly one of `keep` and `discard` ends it. */
export interface IncomingFile {
  /** Append bytes; they may be reused by the caller once this resolves. */
  write(bytes: Uint8Array): Promise<void>;
  /** Rename to the task's input, fsync the file and the folder. */
  keep(taskId: string): Promise<void>;
  /** Remove every trace. Never throws; may be called after a failed `keep`. */
  discard(): Promise<void>;
}

export interface FileStore {
  /** Make the folders that are missing. */
  prepare(): Promise<void>;
  receive(): Promise<IncomingFile>;

  /** An absolute path a runner may read. */
  inputPath(taskId: string): string;
  /** Make an empty folder for one attempt and return its absolute path: what a runner may write. */
  openWork(taskId: string, fence: number): Promise<string>;
  /**
   * Publish a finished attempt: check that each file is there with its recorded size, rename the work folder to the
   * artifacts folder, fsync all folders on the way.
   * @throws {OperatingError} if a file is missing or has another size
   */
  publish(taskId: string, fence: number, artifacts: readonly Artifact[]): Promise<void>;
  /** Remove the work of an attempt that came to nothing. Never throws. */
  discardWork(taskId: string, fence: number): Promise<void>;

  /** Open an artifact for reading. Null when it is absent or its size isn't the recorded one. */
  openArtifact(artifact: Artifact): Promise<Deno.FsFile | null>;

  /** Remove a task's input, work and artifacts. Idempotent. */
  remove(taskId: string): Promise<void>;
  /** IDs of all tasks that have any file here (input, work or artifacts), for the reconciler. */
  taskIds(): Promise<string[]>;
  /** IDs of the tasks that have a work folder: the few that run, and what dead consumers left. */
  workTaskIds(): Promise<string[]>;
  /** IDs of the tasks that have published artifacts. */
  artifactTaskIds(): Promise<string[]>;
  /** Remove uploads that a killed process left behind. Only while no upload runs: at start, under the main lock. */
  removeStaleUploads(): Promise<number>;
  /** Remove published or working attempts of a task other than the given fence. */
  removeOtherAttempts(taskId: string, fence: number | null): Promise<void>;
}
