/** How far a run has come, in bytes of all the passes that will be read as far as that is known. */
import type { Progress } from "../domain/report.ts";
import type { Tally } from "./tally.ts";

export class ProgressMeter {
  readonly #onProgress: (progress: Progress) => void;
  readonly #tally: Tally;
  #stage: Progress["stage"] = "aggregate";
  #bytesRead = 0;
  #bytesTotal: number;

  /** At first two passes are expected. */
  constructor(inputBytes: number, tally: Tally, onProgress: (progress: Progress) => void) {
    this.#bytesTotal = 2 * inputBytes;
    this.#tally = tally;
    this.#onProgress = onProgress;
  }

  read(bytes: number): void {
    this.#bytesRead += bytes;
    this.#tell();
  }

  enter(stage: Progress["stage"]): void {
    this.#stage = stage;
    // Once it is writing, a run reads no more: then the total is what was read, so the share never goes back.
    if (stage === "write") this.#bytesTotal = this.#bytesRead;
    this.#tell();
  }

  #tell(): void {
    this.#onProgress({
      stage: this.#stage,
      bytes_read: this.#bytesRead,
      bytes_total: this.#bytesTotal,
      rows_read: this.#tally.rowsTotal,
      rows_rejected: this.#tally.rowsRejected,
    });
  }
}
