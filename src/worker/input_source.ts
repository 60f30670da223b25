/** The stored input of a task as the pipeline's `Source`. */
import { OperatingError } from "../domain/errors.ts";
import { READ_BYTES } from "../domain/limits.ts";
import type { ReadAt, Source } from "../pipeline/run/source.ts";

/**
 * A file of known size. A small one is read once and kept, for the second pass as well. Of a large one all reads but the first (which is all
 * that most runs need of it here) are asynchronous, so that the event loop turns between two of them and a runner notices that its
 * standard input closed.
 *
 * Reading throws {OperatingError} `input-unreadable`, or `input-damaged` if the size isn't `bytes` any more.
 */
export function inputSource(path: string, bytes: number): Source {
  if (bytes > READ_BYTES) return { open: () => chunks(path, bytes) };
  let whole: Uint8Array | null = null;
  return {
    async *open() {
      whole ??= readWhole(path, bytes);
      if (whole.length > 0) yield whole;
    },
  };
}

function readWhole(path: string, bytes: number): Uint8Array {
  const file = openInput(path);
  try {
    // A byte more, to see that there is none.
    const buffer = new Uint8Array(bytes + 1);
    if (readInputAt(file)(0, buffer) !== bytes) throw damaged();
    return buffer.subarray(0, bytes);
  } finally {
    file.close();
  }
}

async function* chunks(path: string, bytes: number): AsyncGenerator<Uint8Array> {
  const file = openInput(path);
  try {
    const buffer = new Uint8Array(READ_BYTES);
    let total = 0;
    const readNext = async () => await file.read(buffer).catch(unreadable) ?? 0;
    for (let count = readInputAt(file)(0, buffer); count > 0; count = await readNext()) {
      total += count;
      if (total > bytes) throw damaged();
      yield buffer.subarray(0, count);
    }
    if (total < bytes) throw damaged();
  } finally {
    file.close();
  }
}

/** Open an input to read parts of it. @throws {OperatingError} `input-unreadable` */
export function openInput(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path);
  } catch (cause) {
    unreadable(cause);
  }
}

/** Reads parts of an open input, in any order. Throws {OperatingError} `input-unreadable`. */
export function readInputAt(file: Deno.FsFile): ReadAt {
  return (position, target) => {
    try {
      file.seekSync(position, Deno.SeekMode.Start);
      let count = 0;
      while (count < target.length) {
        const bytes = file.readSync(target.subarray(count));
        if (bytes === null) break;
        count += bytes;
      }
      return count;
    } catch (cause) {
      unreadable(cause);
    }
  };
}

function unreadable(cause: unknown): never {
  throw new OperatingError(
    "input-unreadable",
    "The stored file can't be read. Check the disk of the service, then upload the file again.",
    { cause },
  );
}

function damaged(): OperatingError {
  return new OperatingError(
    "input-damaged",
    "The stored file has another size than it had when it was received. Upload it again.",
  );
}
