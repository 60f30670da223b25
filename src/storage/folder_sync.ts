/**
 * fsync of folders, shared by those who ask at the same time.
 *
 * What costs is the disk, not the number of names that it makes durable. An fsync covers what was done before it began: so
 * whoever asks while one is under way waits for the next, and all who wait share that one.
 */
import { syncFolder } from "./sync_folder.ts";

interface Turn {
  running: Promise<void>;
  /** What those wait for who came too late for `running`. */
  next: Promise<void> | null;
}

export class FolderSync {
  readonly #turns = new Map<string, Turn>();
  readonly #sync: (path: string) => Promise<void>;

  /** @param sync for tests; by default `syncFolder` */
  constructor(sync = syncFolder) {
    this.#sync = sync;
  }

  /** Resolves once the names that the folder holds now are durable. @throws {Error} the system's */
  sync(path: string): Promise<void> {
    const turn = this.#turns.get(path);
    if (turn === undefined) return this.#begin(path);
    return turn.next ??= turn.running.then(() => this.#begin(path), () => this.#begin(path));
  }

  #begin(path: string): Promise<void> {
    const turn: Turn = { running: this.#sync(path), next: null };
    this.#turns.set(path, turn);
    const end = () => {
      // Whoever waits for the next turn has begun it by now, or nobody does.
      if (turn.next === null) this.#turns.delete(path);
    };
    turn.running.then(end, end);
    return turn.running;
  }
}

/** Wait for all of them, even if one fails: nobody closes or removes what is still being synced. @throws the first fault */
export async function allDurable(syncs: readonly Promise<void>[]): Promise<void> {
  for (const end of await Promise.allSettled(syncs)) {
    if (end.status === "rejected") throw end.reason;
  }
}
