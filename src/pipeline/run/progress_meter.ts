/**
 * How far a run has come, in bytes of all the passes that will be read as far as that is known.
 *
 * The share of what is read never goes back: what turns out not to be needed is taken off the total, but what has to be read
 * unexpectedly is added only as it is read.
 */
import type { Progress } from "../../domain/report.ts";
import type { Tally } from "./tally.ts";

export class ProgressMeter {
  readonly #onProgress: (progress: Progress) => void;
  readonly #tally: Tally;
  #stage: Progress["stage"] = "aggregate";
  #bytesRead = 0;
  /** Of what is read again, how much was counted before. */
  #bytesCounted = 0;
  #bytesTotal: number;

  /** @param bytesTotal what is expected to be read at first, in all passes */
  constructor(bytesTotal: number, tally: Tally, onProgress: (progress: Progress) => void) {
    this.#bytesTotal = bytesTotal;
    this.#tally = tally;
    this.#onProgress = onProgress;
  }

  /** What was read so far is read again, and counted once. */
  beginAnew(): void {
    this.#bytesCounted = this.#bytesRead;
  }

  read(bytes: number): void {
    const counted = Math.min(bytes, this.#bytesCounted);
    this.#bytesCounted -= counted;
    this.#bytesRead += bytes - counted;
    this.#bytesTotal = Math.max(this.#bytesTotal, this.#bytesRead);
    this.#tell();
  }

  /** @param bytesToCome what the stage will read, if it is the one that writes */
  enter(stage: Progress["stage"], bytesToCome = 0): void {
    this.#stage = stage;
    if (stage === "write") {
      this.#bytesTotal = Math.min(this.#bytesTotal, this.#bytesRead + bytesToCome);
    }
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
