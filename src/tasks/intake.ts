import { UPLOADS_MAX } from "../domain/limits.ts";

/** The gate for uploads: counts those under way, lets in only so many, and closes for a shutdown while they may end. */
export class Intake {
  readonly #uploadsMax: number;
  #underWay = 0;
  #draining = false;
  #onEmpty: (() => void) | null = null;

  constructor(uploadsMax = UPLOADS_MAX) {
    this.#uploadsMax = uploadsMax;
  }

  /** Whether new uploads are refused. */
  get draining(): boolean {
    return this.#draining;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /**
   * Begin an upload. Null when the gate is closed, for good (`draining`) or because too many are under way; else call
   * the function exactly once when the upload ended.
   */
  enter(): (() => void) | null {
    if (this.#draining || this.#underWay >= this.#uploadsMax) return null;
    this.#underWay++;
    return () => {
      this.#underWay--;
      if (this.#underWay === 0) this.#onEmpty?.();
    };
  }

  /**
   * Close the gate for good and wait until the uploads under way ended.
   *
   * @returns how many are still under way after `msMax`: 0 unless time ran out
   */
  async drain(msMax: number): Promise<number> {
    this.#draining = true;
    if (this.#underWay > 0) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
        timer = setTimeout(resolve, msMax);
      });
      clearTimeout(timer);
    }
    return this.#underWay;
  }
}
