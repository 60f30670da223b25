/**
 * Rows that may be anomalies, kept while the input is read for the first time, when the threshold isn't known yet.
 *
 * The input is seen as segments, one for each window of the walk. Rows of a segment are kept if they exceed its bound, which is
 * estimated from the rows before it, on the low side. When the threshold is known, a segment whose bound isn't above it has all
 * of its anomalies here; any other segment has to be read again. Either way the result is exact: an estimate decides only
 * what is read twice. The first segment has nothing to be estimated from, so its bound is Infinity.
 *
 * What is kept is bounded (`candidate_store.ts`): a segment for which there is no room gives up what it has, and is read again.
 */
import type { CandidateStore, Part } from "./candidate_store.ts";
import type { WalkStart } from "./record_walk.ts";

/** f64 revenue per unit, u32 line ends before it, u32 bytes, u32 whether it is ready: as `assembly/detect.ts` writes it. */
const HEAD_BYTES = 24;
const ALIGNMENT = 8;

/** A row above the bound of its segment. */
export interface Candidate {
  revPerUnit: number;
  /** Where its record begins, from 1. */
  line: number;
  /** What the artifact says of its own columns if it is ready, else its record without the line end: bytes[start, end). */
  bytes: Uint8Array;
  start: number;
  end: number;
  /** Whether it is what the anomalies file says of its own columns. */
  isReady: boolean;
  /** Where the next one begins. */
  next: number;
}

/** Records between the beginnings of two windows of the walk. */
export interface Segment {
  /** Null: the start of the file, its header and byte order mark included. */
  start: WalkStart | null;
  /** The offset of the next segment; Infinity of the last. */
  endOffset: number;
  /** Rows that don't exceed it weren't kept. */
  bound: number;
  parts: Part[];
  /** Rows accepted, to see whether it is still the same when it is read again. */
  accepted: number;
}

export class Candidates {
  readonly segments: Segment[];
  /** Where they are kept. */
  readonly store: CandidateStore;
  #segment: Segment;
  /** Bytes of the segment in work that wait on the desk of the store. */
  #waiting = 0;

  /** The first segment begins at the start of the file. */
  constructor(bound: number, store: CandidateStore) {
    this.#segment = { start: null, endOffset: Infinity, bound, parts: [], accepted: 0 };
    this.segments = [this.#segment];
    this.store = store;
  }

  /** Begin the next segment; without a bound there is no use in that. */
  begin(start: WalkStart, bound: number): void {
    if (bound === Infinity) return;
    this.end();
    this.#segment.endOffset = start.offset;
    this.#segment = { start, endOffset: Infinity, bound, parts: [], accepted: 0 };
    this.segments.push(this.#segment);
  }

  /** End the segment in work, which has all of its candidates. */
  end(): void {
    if (this.#waiting > 0) this.#put(this.store.desk.subarray(0, this.#waiting));
    this.#waiting = 0;
  }

  /** Above this, rows of the segment in work are to be kept. */
  get bound(): number {
    return this.#segment.bound;
  }

  /** Count accepted rows of the segment in work. */
  accept(rows: number): void {
    this.#segment.accepted += rows;
  }

  /** Keep what the kernel found in the segment in work. The bytes are copied. */
  keep(found: Uint8Array): void {
    if (found.length === 0) return;
    const { desk } = this.store;
    if (this.#waiting + found.length > desk.length) this.end();
    if (found.length > desk.length) return this.#put(found);
    desk.set(found, this.#waiting);
    this.#waiting += found.length;
  }

  #put(found: Uint8Array): void {
    if (this.bound === Infinity) return; // it has given up
    const part = this.store.keep(found);
    const segment = this.#segment;
    if (part !== null) {
      segment.parts.push(part);
      return;
    }
    this.store.forget(segment.parts);
    segment.parts = [];
    segment.bound = Infinity;
  }

  /** Keep an odd record of the segment in work. */
  keepRecord(revPerUnit: number, line: number, text: Uint8Array): void {
    const length = HEAD_BYTES + text.length;
    const found = new Uint8Array(Math.ceil(length / ALIGNMENT) * ALIGNMENT);
    const view = new DataView(found.buffer);
    view.setFloat64(0, revPerUnit, true);
    view.setUint32(8, line - 1, true);
    view.setUint32(12, text.length, true);
    found.set(text, HEAD_BYTES);
    this.keep(found);
  }
}

/** To be filled by `readCandidate`. */
export function newCandidate(): Candidate {
  const bytes = new Uint8Array();
  return { revPerUnit: 0, line: 0, bytes, start: 0, end: 0, isReady: false, next: 0 };
}

/** Read the candidate that begins at `at` in what is kept. */
export function readCandidate(bytes: Uint8Array, at: number, candidate: Candidate): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEAD_BYTES);
  candidate.revPerUnit = view.getFloat64(0, true);
  candidate.line = view.getUint32(8, true) + 1;
  candidate.bytes = bytes;
  candidate.start = at + HEAD_BYTES;
  candidate.end = candidate.start + view.getUint32(12, true);
  candidate.isReady = view.getUint32(16, true) === 1;
  candidate.next = Math.ceil(candidate.end / ALIGNMENT) * ALIGNMENT;
}
