/** Room outside of memory for what one thread of a run keeps: nobody else reads it, and nothing of it outlasts the run. */
export interface Scratch {
  /** Put bytes behind those that were put before; where they stand, or null if there is no room, now and from then on. */
  append(bytes: Uint8Array): number | null;
  /** Fill `target` with the bytes that stand at a position. @throws {OperatingError} `input-unreadable` */
  read(position: number, target: Uint8Array): void;
}
