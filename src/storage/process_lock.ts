/**
 * Locks that end with their process: how we know who lives.
 *
 * A lock is an exclusive `flock` on a file. The kernel takes it away when the process dies, however it dies, and a
 * child doesn't inherit it (Deno opens files close-on-exec). So a lock that can be had means: its owner is gone.
 *
 * Files of dead owners are removed, which opens one gap: between creating a file and locking it, somebody may take
 * it for a dead owner's and remove it, so that the lock is on a file without a name, and a second owner could have
 * the same lock. So an owner looks, once it has the lock, whether the name still means this file; and a lock
 * that is refused is asked for again a few times, since whoever looks holds it for an instant.
 */
import { LOCK_PAUSE_MS, LOCK_TRIES_MAX } from "../domain/limits.ts";
import type { Paths } from "./paths.ts";

export interface ProcessLock {
  /** Remove the file and give the lock back. May be called again. */
  release(): Promise<void>;
}

/** Hold this lock until it is released or the process dies; null if another has it. The folder must exist. */
export async function acquireLock(path: string): Promise<ProcessLock | null> {
  for (let tries = 1;; tries++) {
    const file = await Deno.open(path, { read: true, write: true, create: true });
    try {
      if (await file.tryLock(true) && isNamed(file, path)) return new FileLock(file, path);
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
    if (tries === LOCK_TRIES_MAX) return null;
    await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS));
  }
}

/**
 * IDs of the consumers that live, and the end of the files of those that don't. `own` are this process's: living
 * without being asked.
 *
 * A consumer that starts after this was asked is not in the answer: whoever acts on absence must ask again first.
 */
export async function livingConsumers(paths: Paths, own: readonly string[]): Promise<string[]> {
  const living = new Set(own);
  for await (const { name } of Deno.readDir(paths.consumers)) {
    if (!name.endsWith(".lock")) continue;
    const consumer = name.slice(0, -".lock".length);
    if (!living.has(consumer) && isHeldOrClear(paths.consumerLock(consumer))) living.add(consumer);
  }
  return [...living];
}

/** Whether somebody holds this lock; if not, its file goes. Without a pause in between, so that nobody is kept waiting. */
function isHeldOrClear(path: string): boolean {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  try {
    // Shared: two who look don't take each other for an owner.
    if (!file.tryLockSync(false)) return true;
    removeIfThere(path);
    return false;
  } finally {
    file.close();
  }
}

class FileLock implements ProcessLock {
  #file: Deno.FsFile | null;
  readonly #path: string;

  constructor(file: Deno.FsFile, path: string) {
    this.#file = file;
    this.#path = path;
  }

  release(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    if (file !== null) {
      // The name first (if it is still ours): whoever gets the lock through the old file sees that it has none.
      if (isNamed(file, this.#path)) removeIfThere(this.#path);
      file.close();
    }
    return Promise.resolve();
  }
}

/** Whether this path leads to this very file. */
function isNamed(file: Deno.FsFile, path: string): boolean {
  const mine = file.statSync();
  try {
    const named = Deno.statSync(path);
    return mine.dev === named.dev && mine.ino === named.ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
