/**
 * One body on its way to the disk: written under a temporary name, kept under the task's, or gone.
 *
 * The order in `keep` is what makes a 202 a promise. The bytes first (fsync of the file), then the name (rename),
 * then the folder that holds the name (fsync of `inputs/`): a power cut at any point leaves either no input or
 * all of it. That the old name is gone from `uploads/` needs no fsync: at worst it is back, and swept at the next start.
 *
 * Bytes come in pieces of some 64 KiB and go to the disk by the MiB, while the next MiB is gathered: two buffers, and
 * at most one write under way. Its fault is thrown by the next call. Buffers grow with what comes: most uploads are
 * small, and hundreds at once must not take a MiB each.
 */
import { WRITE_BYTES } from "../domain/limits.ts";
import { nameDiskFull } from "./disk_full.ts";
import type { IncomingFile } from "./file_store.ts";
import type { Paths } from "./paths.ts";
import { remakingFolder } from "./remake_folder.ts";
import { syncFolder } from "./sync_folder.ts";

export class LocalIncomingFile implements IncomingFile {
  readonly #paths: Paths;
  readonly #part: string;
  readonly #file: Deno.FsFile;
  /** What isn't written yet: `#gathered` bytes of `#buffer`. */
  #buffer = new Uint8Array(0);
  #gathered = 0;
  /** The buffer of the write under way, and that write; it never rejects. */
  #spare: Uint8Array<ArrayBuffer> | null = null;
  #writing: Promise<void> = Promise.resolve();
  #fault: unknown = null;
  #isOpen = true;
  #isKept = false;
  #isDiscarded = false;
  /** Where the bytes lie now: moves with the rename, so that `discard` finds them after a `keep` that failed. */
  #location: string;

  private constructor(paths: Paths, part: string, file: Deno.FsFile) {
    this.#paths = paths;
    this.#part = part;
    this.#file = file;
    this.#location = part;
  }

  /** Begin a file of this name (which nothing else has) in `uploads/`. @throws {OperatingError} `disk-full` */
  static async create(paths: Paths, name: string): Promise<LocalIncomingFile> {
    const part = paths.upload(name);
    try {
      return new LocalIncomingFile(
        paths,
        part,
        await remakingFolder(
          paths.uploads,
          () => Deno.open(part, { write: true, createNew: true }),
        ),
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
    const spare = this.#spare ?? new Uint8Array(0);
    this.#spare = this.#buffer;
    this.#buffer = spare;
    this.#gathered = 0;
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
    await this.#settle();
    try {
      await this.#file.sync();
      this.#close();
      const input = this.#paths.input(taskId);
      await remakingFolder(this.#paths.inputs, () => Deno.rename(this.#part, input));
      this.#location = input;
      await syncFolder(this.#paths.inputs);
      this.#isKept = true;
    } catch (error) {
      throw nameDiskFull(error);
    }
  }

  async discard(): Promise<void> {
    if (this.#isKept) return;
    this.#isDiscarded = true; // a `write` that is still going on begins nothing more
    await this.#writing;
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
