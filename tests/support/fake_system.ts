/** A system whose clocks stand still until a test moves them. */
import type { System } from "../../src/system.ts";

export class FakeSystem implements System {
  #wallMs = Date.parse("2026-01-05T10:00:00.000Z");
  #monotonicMs = 0;
  #ids = 0;

  now(): Date {
    return new Date(this.#wallMs);
  }
  monotonicMs(): number {
    return this.#monotonicMs;
  }
  random(): number {
    return 0.5;
  }
  /** UUIDs that sort in the order in which they were asked for. */
  newId(): string {
    this.#ids += 1;
    return `019b8d00-0000-7000-8000-${this.#ids.toString(16).padStart(12, "0")}`;
  }

  /** Time passes. */
  pass(ms: number): void {
    this.#wallMs += ms;
    this.#monotonicMs += ms;
  }
  /** Somebody sets the wall clock; no time passes. */
  setClock(byMs: number): void {
    this.#wallMs += byMs;
  }
}
