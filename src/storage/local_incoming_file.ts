/**
 * One body on its way to the disk: written under a temporary name, kept under the task's, or gone.
 *
 * `keep` is what makes a 202 a promise: when it resolves, the bytes (fsync of the file) and the name (rename, fsync of
 * `inputs/`) survive a power cut, in this order, so that an input never has its name without its bytes. That the old name
 * is gone from `uploads/` needs no fsync: at worst it is back, and swept at the next start.
 *
 * Bytes come in pieces of some 64 KiB and go to the disk by the MiB, while the next MiB is gathered: two buffers, and
 * at most one write under way. Its fault is thrown by the next call. Of a large file parts are synced while others come, so that
 * little is left to wait for at the end. Buffers grow with what comes: most uploads are
 * small, and hundreds at once must not take a MiB each.
 */
import { EARLY_SYNC_BYTES, WRITE_BYTES } from "../domain/limits.ts";
import { nameDiskFull } from "./disk_full.ts";
import type { IncomingFile } from "./file_store.ts";
import type { FolderSync } from "./folder_sync.ts";
import type { Paths } from "./paths.ts";
import { remakingFolder } from "./remake_folder.ts";

export class LocalIncomingFile implements IncomingFile {
  readonly #paths: Paths;
  readonly #folders: FolderSync;
  readonly #part: string;
  readonly #file: Deno.FsFile;
  /** What isn't written yet: `#gathered` bytes of `#buffer`. */
  #buffer = new Uint8Array(0);
  #gathered = 0;
  /** The buffer of the write under way, and that write; it never rejects. */
  #spare: Uint8Array<ArrayBuffer> | null = null;
  #writing: Promise<void> = Promise.resolve();
  #fault: unknown = null;
  /** What is written and not being synced yet, and the sync under way; it never rejects. */
  #unsynced = 0;
  #syncing: Promise<void> | null = null;
  #isOpen = true;
  #isKept = false;
  #isDiscarded = false;
  /** Where the bytes lie now: moves with the rename, so that `discard` finds them after a `keep` that failed. */
  #location: string;

  private constructor(paths: Paths, folders: FolderSync, part: string, file: Deno.FsFile) {
    this.#paths = paths;
    this.#folders = folders;
    this.#part = part;
    this.#file = file;
    this.#location = part;
  }

  /** Begin a file of this name (which nothing else has) in `uploads/`. @throws {OperatingError} `disk-full` */
  static async create(
    paths: Paths,
    folders: FolderSync,
    name: string,
  ): Promise<LocalIncomingFile> {
    const part = paths.upload(name);
    const open = () => Deno.openSync(part, { write: true, createNew: true });
    try {
      return new LocalIncomingFile(
        paths,
        folders,
        part,
        await remakingFolder(paths.uploads, open),
      );
    } catch (error) {
      throw nameDiskFull(error);
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let taken = 0; taken < bytes.length;) {
      this.#makeRoom(bytes.length - taken);
      const part = bytes.subarray(taken, taken + WRITE_BYTES - this.#gathered);
      this.#buffer.set(part, this.#gathered);
      this.#gathered += part.length;
      taken += part.length;
      if (this.#gathered === WRITE_BYTES) await this.#flush();
    }
  }

  /** Make the buffer large enough for this many bytes more, or for a whole write. */
  #makeRoom(bytes: number): void {
    const needed = Math.min(this.#gathered + bytes, WRITE_BYTES);
    if (needed <= this.#buffer.length) return;
    const size = Math.min(Math.max(needed, 2 * this.#buffer.length), WRITE_BYTES);
    const larger = new Uint8Array(size);
    larger.set(this.#buffer.subarray(0, this.#gathered));
    this.#buffer = larger;
  }

  /** Wait for the write under way and begin the next. @throws {OperatingError} `disk-full`, of either */
  async #flush(): Promise<void> {
    await this.#settle();
    if (this.#isDiscarded) {
      this.#gathered = 0;
      return;
    }
    const full = this.#buffer.subarray(0, this.#gathered);
    this.#writing = this.#writeAll(full).catch((error) => {
      this.#fault = nameDiskFull(error);
    });
    this.#unsynced += full.length;
    if (this.#unsynced >= EARLY_SYNC_BYTES) this.#syncEarly();
    const spare = this.#spare ?? new Uint8Array(0);
    this.#spare = this.#buffer;
    this.#buffer = spare;
    this.#gathered = 0;
  }

  /**
   * Have the disk begin with what is written so far, unless it is busy with an earlier part. A fault must be kept: the system tells
   * it once, and a later sync of the same file would succeed.
   */
  #syncEarly(): void {
    if (this.#syncing !== null) return;
    this.#unsynced = 0;
    this.#syncing = this.#file.syncData()
      .catch((error) => {
        this.#fault = nameDiskFull(error);
      })
      .finally(() => this.#syncing = null);
  }

  async #settle(): Promise<void> {
    await this.#writing;
    if (this.#fault !== null) throw this.#fault;
  }

  /** A write may take fewer bytes than it is given. Awaited, not `writeSync`: others go on meanwhile. */
  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      done += await this.#file.write(done === 0 ? bytes : bytes.subarray(done));
    }
  }

  async keep(taskId: string): Promise<void> {
    if (this.#gathered > 0) await this.#flush();
    await this.#syncing;
    await this.#settle();
    try {
      await this.#file.sync();
      const { inputs } = this.#paths;
      const input = this.#paths.input(taskId);
      await remakingFolder(inputs, () => Deno.renameSync(this.#part, input));
      this.#location = input;
      await this.#folders.sync(inputs);
      this.#close();
      this.#isKept = true;
    } catch (error) {
      throw nameDiskFull(error);
    }
  }

  async discard(): Promise<void> {
    if (this.#isKept) return;
    this.#isDiscarded = true; // a `write` that is still going on begins nothing more
    await this.#writing;
    await this.#syncing;
    this.#close();
    try {
      await Deno.remove(this.#location);
    } catch {
      // Gone already, or the disk is out of order: what is left is swept at the next start, or by the reconciler.
    }
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#file.close();
  }
}
