/**
 * A file without a name as the pipeline's `Scratch`.
 *
 * Made when it is first needed, and at once removed from its folder: what it takes of the disk is free again once it is closed, or its
 * process is dead, and nobody else can open it. Nothing of it has to be durable, so most of it never
 * reaches the disk. A disk that has no room, or doesn't let it be made, costs a run time and nothing else.
 */
import { OperatingError } from "../domain/errors.ts";
import type { Scratch } from "../pipeline/run/scratch.ts";

export class ScratchFile implements Scratch {
  readonly #folder: string;
  readonly #bytesMax: number;
  #file: Deno.FsFile | null = null;
  #bytes = 0;
  #isFull = false;

  /** @param folder which may be read and written; made if it is missing */
  constructor(folder: string, bytesMax: number) {
    this.#folder = folder;
    this.#bytesMax = bytesMax;
  }

  append(bytes: Uint8Array): number | null {
    this.#isFull ||= this.#bytes + bytes.length > this.#bytesMax;
    if (this.#isFull) return null;
    const position = this.#bytes;
    try {
      this.#file ??= openRemoved(this.#folder);
      this.#file.seekSync(position, Deno.SeekMode.Start);
      for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
    } catch {
      this.#isFull = true;
      return null;
    }
    this.#bytes += bytes.length;
    return position;
  }

  read(position: number, target: Uint8Array): void {
    try {
      this.#file!.seekSync(position, Deno.SeekMode.Start);
      for (let at = 0; at < target.length;) {
        const count = this.#file!.readSync(target.subarray(at));
        if (count === null) throw new Error("the scratch file ends too early");
        at += count;
      }
    } catch (cause) {
      throw new OperatingError(
        "input-unreadable",
        "What was noted of the file can't be read back. Check the disk of the service, then upload the file again.",
        { cause },
      );
    }
  }

  close(): void {
    this.#file?.close();
    this.#file = null;
    this.#isFull = true;
  }
}

function openRemoved(folder: string): Deno.FsFile {
  Deno.mkdirSync(folder, { recursive: true });
  const path = Deno.makeTempFileSync({ dir: folder, prefix: "scratch-" });
  const file = Deno.openSync(path, { read: true, write: true });
  try {
    Deno.removeSync(path);
  } catch (fault) {
    file.close();
    throw fault;
  }
  return file;
}
