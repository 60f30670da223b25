/**
 * Lone records that wait for what follows them: it decides whether they were footnotes, titles or rows (semantics.md, section 3).
 *
 * Only the last of them can be skipped, so that memory is constant; and which these are can be told from behind, without
 * knowing how many stand before. So a part of a file can be read apart from the others: what it can't decide are the records
 * at its end (`waiting`), and of those that wait at the end of the part before it, how many the first ones here push
 * out (`first`) and what becomes of the others (`firstDecided`).
 */
import type { SkipKind } from "../../domain/report.ts";
import type { Rejection } from "../clean/clean.ts";
import { isNote, isTitle } from "../clean/lone_record.ts";
import type { CsvRecord } from "../parse/record.ts";

/** What decides: a row that isn't lone, a repeated header, or the end of the file. */
export type Decider = "row" | "repeated-header" | "end";

/** A lone record, and what it is rejected for if it is a row. It can be sent to another thread. */
export interface Lone {
  record: CsvRecord;
  rejection: Rejection;
  /** The text of its cell, trimmed. */
  text: string;
}

/** What one part of a file can't decide about lone records. */
export interface AsideState {
  first: number;
  firstDecided: Decider | null;
  waiting: readonly Lone[];
}

const NONE: readonly Lone[] = [];

export class Aside {
  readonly #recordsMax: number;
  readonly #waiting: Lone[] = [];
  /** Lone records before the first decision. */
  #first = 0;
  #firstDecided: Decider | null = null;

  constructor(recordsMax: number) {
    this.#recordsMax = recordsMax;
  }

  /** Have one more wait; those that are rows now, since too many wait. */
  add(lone: Lone): Lone[] {
    this.#waiting.push(lone);
    if (this.#firstDecided === null) this.#first++;
    return this.#pushOut(0);
  }

  /** Say what follows; all that waited. Called for each row, so it costs nothing if none did. */
  decide(by: Decider): readonly Lone[] {
    this.#firstDecided ??= by;
    return this.#waiting.length === 0 ? NONE : this.#waiting.splice(0);
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Say how many follow in the next part of the file before anything there decides; those that are rows now. */
  makeRoom(follow: number): Lone[] {
    return this.#pushOut(follow);
  }

  /** What is open, for whoever puts the parts together. */
  state(): AsideState {
    return { first: this.#first, firstDecided: this.#firstDecided, waiting: [...this.#waiting] };
  }

  #pushOut(follow: number): Lone[] {
    return this.#waiting.splice(0, Math.max(0, this.#waiting.length + follow - this.#recordsMax));
  }
}

/** As what a lone record is skipped; null: it is a row. */
export function skippedAs({ text }: Lone, by: Decider): SkipKind | null {
  if (by === "row") return null;
  if (isNote(text)) return "footnote";
  return by === "repeated-header" && isTitle(text) ? "preamble" : null;
}

/** A copy of a record that outlives it. */
export function keptRecord(record: CsvRecord): CsvRecord {
  const { blank, fault, line, offset, bytes, cells, text, textStart, textEnd, textBytes } = record;
  const from = record.starts[0];
  const starts = record.starts.slice(0, cells);
  const ends = record.ends.slice(0, cells);
  for (let i = 0; i < cells; i++) {
    starts[i] -= from;
    ends[i] -= from;
  }
  return {
    blank,
    fault,
    line,
    offset,
    cells,
    bytes: bytes.slice(from, record.ends[cells - 1]),
    starts,
    ends,
    text: text.slice(textStart, textEnd),
    textStart: 0,
    textEnd: textEnd - textStart,
    textBytes,
  };
}
