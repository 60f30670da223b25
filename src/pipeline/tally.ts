/** Where each input row went. */
import type { Counts, RejectCode, SkipKind } from "../domain/report.ts";
import { REJECT_CODES, SKIP_KINDS } from "../domain/report.ts";

/** Counts while a pass runs; `counts` puts them in the order and form of the report. */
export interface TallyState {
  rowsAccepted: number;
  rejected: ReadonlyMap<RejectCode, number>;
  skipped: ReadonlyMap<SkipKind, number>;
}

export class Tally {
  rowsAccepted = 0;
  rowsRejected = 0;
  readonly #rejected = new Map<RejectCode, number>();
  readonly #skipped = new Map<SkipKind, number>();

  get rowsTotal(): number {
    return this.rowsAccepted + this.rowsRejected;
  }

  accept(): void {
    this.rowsAccepted++;
  }

  reject(code: RejectCode): void {
    this.rowsRejected++;
    this.#rejected.set(code, (this.#rejected.get(code) ?? 0) + 1);
  }

  skip(kind: SkipKind): void {
    this.#skipped.set(kind, (this.#skipped.get(kind) ?? 0) + 1);
  }

  /** All of it, for another thread. */
  state(): TallyState {
    const { rowsAccepted } = this;
    return { rowsAccepted, rejected: new Map(this.#rejected), skipped: new Map(this.#skipped) };
  }

  /** Add what was counted elsewhere. */
  addState({ rowsAccepted, rejected, skipped }: TallyState): void {
    this.rowsAccepted += rowsAccepted;
    for (const [code, rows] of rejected) {
      this.rowsRejected += rows;
      this.#rejected.set(code, (this.#rejected.get(code) ?? 0) + rows);
    }
    for (const [kind, rows] of skipped) {
      this.#skipped.set(kind, (this.#skipped.get(kind) ?? 0) + rows);
    }
  }

  /** Begin anew. */
  reset(): void {
    this.rowsAccepted = 0;
    this.rowsRejected = 0;
    this.#rejected.clear();
    this.#skipped.clear();
  }

  /** The code under which most rows were rejected (ties: the one that is listed first); null if none was. */
  mainCode(): RejectCode | null {
    let main: RejectCode | null = null;
    for (const code of REJECT_CODES) {
      if ((this.#rejected.get(code) ?? 0) > (main === null ? 0 : this.#rejected.get(main)!)) {
        main = code;
      }
    }
    return main;
  }

  counts(regions: number, anomalies: number): Counts {
    const skipped = inOrder(SKIP_KINDS, this.#skipped);
    return {
      rows_total: this.rowsTotal,
      rows_accepted: this.rowsAccepted,
      rows_rejected: this.rowsRejected,
      rows_skipped: Object.values(skipped).reduce((sum, rows) => sum + rows, 0),
      regions,
      anomalies,
      rejected_by_code: inOrder(REJECT_CODES, this.#rejected),
      skipped_by_kind: skipped,
    };
  }
}

/** What occurred, in the order of `words`. */
export function inOrder<Word extends string>(
  words: readonly Word[],
  counts: ReadonlyMap<Word, number>,
): Partial<Record<Word, number>> {
  const ordered: Partial<Record<Word, number>> = {};
  for (const word of words) if (counts.has(word)) ordered[word] = counts.get(word);
  return ordered;
}
