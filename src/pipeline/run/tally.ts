/** Where each input row went. */
import { SKIPPED_LINES_MAX } from "../../domain/limits.ts";
import type { Counts, RejectCode, SkipKind, SkippedLines } from "../../domain/report.ts";
import { REJECT_CODES, SKIP_KINDS } from "../../domain/report.ts";

/** What was skipped of one kind. */
export interface Skipped {
  rows: number;
  /** The first of them; none of blank lines. */
  lines: number[];
}

/** Counts while a pass runs; `counts` puts them in the order and form of the report. */
export interface TallyState {
  rowsAccepted: number;
  rejected: ReadonlyMap<RejectCode, number>;
  skipped: ReadonlyMap<SkipKind, Skipped>;
}

export class Tally {
  rowsAccepted = 0;
  rowsRejected = 0;
  readonly #rejected = new Map<RejectCode, number>();
  readonly #skipped = new Map<SkipKind, Skipped>();

  get rowsTotal(): number {
    return this.rowsAccepted + this.rowsRejected;
  }

  accept(): void {
    this.rowsAccepted++;
  }

  reject(code: RejectCode, rows = 1): void {
    this.rowsRejected += rows;
    this.#rejected.set(code, (this.#rejected.get(code) ?? 0) + rows);
  }

  /** @param line on which it begins */
  skip(kind: SkipKind, line: number): void {
    this.#addSkipped(kind, 1, kind === "blank" ? [] : [line], 0);
  }

  /** All of it, for another thread; nothing may be counted any more. */
  state(): TallyState {
    const { rowsAccepted } = this;
    return { rowsAccepted, rejected: new Map(this.#rejected), skipped: this.#skipped };
  }

  /**
   * Add what was counted elsewhere, in the order of the file.
   *
   * @param linesBefore how many lines stand before those that were counted
   */
  addState({ rowsAccepted, rejected, skipped }: TallyState, linesBefore: number): void {
    this.rowsAccepted += rowsAccepted;
    for (const [code, rows] of rejected) this.reject(code, rows);
    for (const [kind, { rows, lines }] of skipped) this.#addSkipped(kind, rows, lines, linesBefore);
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
    const rowsByKind = [...this.#skipped].map(([kind, { rows }]) => [kind, rows] as const);
    const skipped = inOrder(SKIP_KINDS, new Map(rowsByKind));
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

  /** Where the skipped lines stand that aren't blank. */
  skippedLines(): SkippedLines[] {
    return SKIP_KINDS.flatMap((kind) => {
      const skipped = this.#skipped.get(kind);
      return kind === "blank" || skipped === undefined ? [] : [{ kind, ...skipped }];
    });
  }

  #addSkipped(kind: SkipKind, rows: number, lines: readonly number[], linesBefore: number): void {
    let skipped = this.#skipped.get(kind);
    if (skipped === undefined) this.#skipped.set(kind, skipped = { rows: 0, lines: [] });
    skipped.rows += rows;
    for (const line of lines) {
      if (skipped.lines.length === SKIPPED_LINES_MAX) break;
      skipped.lines.push(linesBefore + line);
    }
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
