/** What the cells of one number column say of its decimal mark. */
import type { DecimalMark } from "../../domain/options.ts";
import { isNumber } from "./number.ts";
import { NumberText } from "./number_text.ts";
import { decodeUtf8 } from "../text/utf8.ts";

const COMMA = 0x2c;
const POINT = 0x2e;
const ZERO = 0x30;
/** Behind each mark of thousands. */
const THOUSANDS_DIGITS = 3;

export class MarkEvidence {
  /** The first cell that is a number under either mark, each time another one. */
  ambiguous: string | null = null;
  /** The same, not counting numbers in the plain form. */
  ambiguousText: string | null = null;
  /** Whether a cell has something to tell that a plain number has not. */
  isTelling = false;
  #points = 0;
  #commas = 0;
  #first: DecimalMark = ".";
  readonly #text = new NumberText();

  /** Look at the cell in [start, end), which is trimmed. */
  add(bytes: Uint8Array, start: number, end: number): void {
    if (isPlainProof(bytes, start, end)) return this.#addProof(".");
    const points = count(bytes, start, end, POINT);
    const commas = count(bytes, start, end, COMMA);
    if (points + commas === 0) return;
    const isPoint = this.#text.read(bytes, start, end, ".");
    const isComma = this.#text.read(bytes, start, end, ",");
    if (!isPoint && !isComma) return;
    if (commas > 0 || points > 1) this.isTelling = true;
    if (isPoint && isComma) this.#addAmbiguous(bytes, start, end);
    else this.#addProof(isPoint ? "." : ",");
  }

  /** The mark that more cells prove, or the first if they are as many; null without a proof. */
  get proved(): DecimalMark | null {
    if (this.#points + this.#commas === 0) return null;
    if (this.#points === this.#commas) return this.#first;
    return this.#points > this.#commas ? "." : ",";
  }

  #addProof(mark: DecimalMark): void {
    if (this.#points + this.#commas === 0) this.#first = mark;
    if (mark === ".") this.#points++;
    else this.#commas++;
  }

  #addAmbiguous(bytes: Uint8Array, start: number, end: number): void {
    this.ambiguous ??= decodeUtf8(bytes, start, end);
    if (isNumber(bytes, start, end)) return;
    this.ambiguousText ??= decodeUtf8(bytes, start, end);
    this.isTelling = true;
  }
}

/**
 * Whether a cell is digits and a point that can't mark thousands. Nearly all decimals are, and to read them in both ways takes long in
 * code that has just begun to run.
 */
function isPlainProof(bytes: Uint8Array, start: number, end: number): boolean {
  let point = -1;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === POINT && point < 0) point = at;
    else if (byte < ZERO || byte > ZERO + 9) return false;
  }
  return point > start && end - point - 1 !== THOUSANDS_DIGITS;
}

function count(bytes: Uint8Array, start: number, end: number, byte: number): number {
  let found = 0;
  for (let at = start; at < end; at++) if (bytes[at] === byte) found++;
  return found;
}
