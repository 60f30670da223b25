/**
 * The `FileStore` on a local disk.
 *
 * Invariants:
 * - What has a name in `inputs/` or `artifacts/` is whole: names come there only by rename, of files that are written.
 * - Whoever got an answer can rely on it after a power cut: files and the folders with their names are synced before. Until then
 *   the ledger doesn't name them, so what a power cut leaves of them is nobody's.
 * - Removing is never synced. What a power cut brings back is a leftover, and the reconciler removes it again.
 * - Empty folders of a task don't stay: `work/` and `artifacts/` list the tasks that have something there.
 * - What only touches names is done at once, not handed to another thread: it takes microseconds, the hand-over ten times that.
 *   Whatever waits for the disk is awaited.
 *
 * A change to what is written, or in which order, must keep `tests/crash/power_cut_test.ts` green.
 */
import { dirname } from "node:path";
import { type Artifact, artifactFileName } from "../domain/artifact.ts";
import { OperatingError } from "../domain/errors.ts";
import { MAKE_TRIES_MAX } from "../domain/limits.ts";
import { isTaskId } from "../domain/task_id.ts";
import type { System } from "../system.ts";
import { nameDiskFull } from "./disk_full.ts";
import type { FileStore, IncomingFile } from "./file_store.ts";
import { LocalIncomingFile } from "./local_incoming_file.ts";
import type { Paths } from "./paths.ts";
import { prepareDataFolder } from "./prepare_data_folder.ts";
import { allDurable, FolderSync } from "./folder_sync.ts";
import { syncFolder } from "./sync_folder.ts";

export class LocalFileStore implements FileStore {
  readonly #paths: Paths;
  readonly #system: Pick<System, "newId">;
  readonly #folders = new FolderSync();

  constructor(paths: Paths, system: Pick<System, "newId">) {
    this.#paths = paths;
    this.#system = system;
  }

  prepare(): Promise<void> {
    return prepareDataFolder(this.#paths);
  }

  receive(): Promise<IncomingFile> {
    return LocalIncomingFile.create(this.#paths, this.#folders, this.#system.newId());
  }

  inputPath(taskId: string): string {
    return this.#paths.input(taskId);
  }

  async openWork(taskId: string, fence: number): Promise<string> {
    const folder = this.#paths.attemptWork(taskId, fence);
    try {
      const isNew = despiteTidying(() => {
        Deno.mkdirSync(dirname(folder), { recursive: true });
        return makeFolder(folder);
      });
      if (!isNew) await this.#emptyWork(folder);
    } catch (error) {
      throw nameDiskFull(error);
    }
    return folder;
  }

  async publish(taskId: string, fence: number, artifacts: readonly Artifact[]): Promise<void> {
    const work = this.#paths.attemptWork(taskId, fence);
    const published = this.#paths.attemptArtifacts(taskId, fence);
    try {
      await this.#checkWork(taskId, fence, artifacts);
      despiteTidying(() => {
        Deno.mkdirSync(dirname(published), { recursive: true });
        Deno.renameSync(work, published);
      });
      // The runner synced each file. These are the names on the way: of the files, of the attempt, of the task.
      await allDurable([
        syncFolder(published),
        syncFolder(dirname(published)),
        this.#folders.sync(this.#paths.artifacts),
        removeIfEmpty(dirname(work)), // waits for the disk as well
      ]);
    } catch (error) {
      throw nameDiskFull(error);
    }
  }

  async discardWork(taskId: string, fence: number): Promise<void> {
    try {
      await removeTree(this.#paths.attemptWork(taskId, fence));
      await removeIfEmpty(this.#paths.taskWork(taskId));
    } catch {
      // The reconciler tries again: nothing waits for the space.
    }
  }

  async openArtifact(artifact: Artifact): Promise<Deno.FsFile | null> {
    let file: Deno.FsFile;
    try {
      file = await Deno.open(this.#paths.recorded(artifact.path), { read: true });
    } catch (error) {
      if (isAbsence(error)) return null;
      throw error;
    }
    try {
      const { isFile, size } = await file.stat();
      if (isFile && size === artifact.bytes) return file;
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
    return null;
  }

  async remove(taskId: string): Promise<void> {
    refuseForeignId(taskId);
    await removeTree(this.#paths.input(taskId));
    await removeTree(this.#paths.taskWork(taskId));
    await removeTree(this.#paths.taskArtifacts(taskId));
  }

  async taskIds(): Promise<string[]> {
    const ids = new Set<string>();
    for (const name of await namesIn(this.#paths.inputs)) {
      if (name.endsWith(".csv")) ids.add(name.slice(0, -".csv".length));
    }
    for (const folder of [this.#paths.work, this.#paths.artifacts]) {
      for (const name of await namesIn(folder)) ids.add(name);
    }
    return [...ids].filter(isTaskId);
  }

  async workTaskIds(): Promise<string[]> {
    return (await namesIn(this.#paths.work)).filter(isTaskId);
  }

  async artifactTaskIds(): Promise<string[]> {
    return (await namesIn(this.#paths.artifacts)).filter(isTaskId);
  }

  async removeStaleUploads(): Promise<number> {
    const parts = (await namesIn(this.#paths.uploads)).filter((name) => name.endsWith(".part"));
    for (const part of parts) await removeTree(this.#paths.upload(part.slice(0, -".part".length)));
    return parts.length;
  }

  async removeOtherAttempts(taskId: string, fence: number | null): Promise<void> {
    refuseForeignId(taskId);
    for (const other of await fencesIn(this.#paths.taskWork(taskId))) {
      if (other !== fence) await removeTree(this.#paths.attemptWork(taskId, other));
    }
    await removeIfEmpty(this.#paths.taskWork(taskId));
    for (const other of await fencesIn(this.#paths.taskArtifacts(taskId))) {
      if (other !== fence) await removeTree(this.#paths.attemptArtifacts(taskId, other));
    }
    await removeIfEmpty(this.#paths.taskArtifacts(taskId));
  }

  /** Make a work folder anew in which an earlier try left something. */
  async #emptyWork(folder: string): Promise<void> {
    await removeTree(folder);
    despiteTidying(() => Deno.mkdirSync(folder, { recursive: true }));
  }

  /**
   * Make sure that the work folder holds these artifacts and nothing else.
   *
   * What a runner reports is not believed: it has met what is in a file. So a path must be the one that we would
   * choose, a file a plain file of the reported size, and what is in no report is removed.
   */
  async #checkWork(taskId: string, fence: number, artifacts: readonly Artifact[]): Promise<void> {
    const expected = new Set<string>();
    for (const { kind, path, bytes } of artifacts) {
      const name = artifactFileName(kind, taskId);
      const found = statIfThere(this.#paths.workFile(taskId, fence, name));
      const isRight = path === this.#paths.recordedArtifact(taskId, fence, kind) &&
        found !== null && found.isFile && found.size === bytes;
      if (!isRight) {
        throw new OperatingError(
          "internal-error",
          `The run left no whole ${kind} file behind. Run the task again; if that fails too, check the disk of the data folder.`,
        );
      }
      expected.add(name);
    }
    for (const { name } of Deno.readDirSync(this.#paths.attemptWork(taskId, fence))) {
      if (!expected.has(name)) await removeTree(this.#paths.workFile(taskId, fence, name));
    }
  }
}

/** These remove whole folders, so that an empty ID would be a disaster. */
function refuseForeignId(taskId: string): void {
  if (!isTaskId(taskId)) throw new RangeError("not a task ID");
}

/**
 * Make something in a task's folder, which another attempt of the task may remove as empty at this moment. To
 * a recursive mkdir that looks like an absent folder or, between its steps, like a name that is taken.
 */
function despiteTidying<T>(make: () => T): T {
  for (let tries = 1;; tries++) {
    try {
      return make();
    } catch (error) {
      const isTidying = isAbsence(error) || error instanceof Deno.errors.AlreadyExists;
      if (!isTidying || tries === MAKE_TRIES_MAX) throw error;
    }
  }
}

/** Remove a file, or a folder with all in it, if it is there. */
async function removeTree(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!isAbsence(error)) throw error;
  }
}

/** Make a folder in one that exists; false if it was there. */
function makeFolder(path: string): boolean {
  try {
    Deno.mkdirSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

/** Remove a folder unless something is in it. */
async function removeIfEmpty(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch {
    // Absent or in use, and both are fine.
  }
}

/** The names in a folder; none if it is absent. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name);
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

/** The attempts that have a folder in a task's folder. */
async function fencesIn(taskFolder: string): Promise<number[]> {
  return (await namesIn(taskFolder)).filter((name) => /^[0-9]+$/.test(name)).map(Number);
}

/** About the name itself, links not followed; null if it is absent. */
function statIfThere(path: string): Deno.FileInfo | null {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

function isAbsence(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound;
}
