/** The only clock, randomness and IDs of the service; tests pass their own. */
import { v7 } from "uuid";

export interface System {
  /** Wall clock. */
  now(): Date;
  /** Milliseconds from a fixed point, never going back: for durations. */
  monotonicMs(): number;
  /** 0 <= x < 1, for jitter. */
  random(): number;
  /** A new UUIDv7: IDs sort by time of creation, and strictly within a process. */
  newId(): string;
}

export const system: System = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  random: () => Math.random(),
  newId: () => v7(),
};
