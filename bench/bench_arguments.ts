/** What the bench of the engine is asked for on its command line. */
import { nearest } from "../src/domain/nearest.ts";
import { isNumber } from "./command_line.ts";
import { DEFAULT_KINDS, type Kind, KINDS } from "./sales_files.ts";

export interface BenchArguments {
  rounds: number;
  /** Of the full size of each file. */
  share: number;
  kinds: readonly Kind[];
}

export const USAGE = `deno task bench [rounds] [share of the full size] [kind ...]
Kinds: ${KINDS.join(" ")}. By default five rounds of all but huge, at full size.`;

/**
 * Parse the words of the command line: numbers first, then kinds.
 *
 * @throws {RangeError} a sentence about the first word that fits nowhere
 */
export function parseBenchArguments(words: readonly string[]): BenchArguments {
  const first = words.findIndex((word) => !isNumber(word));
  const numbers = first < 0 ? words : words.slice(0, first);
  const kinds = words.slice(numbers.length).map(toKind);
  const [rounds = 5, share = 1, surplus] = numbers.map(Number);
  if (surplus !== undefined) {
    throw new RangeError(`Two numbers are enough, ${surplus} is too many.`);
  }
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new RangeError(`The rounds are a whole number from 1, not ${numbers[0]}.`);
  }
  if (!(share > 0 && share <= 1)) {
    throw new RangeError(`The share is above 0 and at most 1, not ${numbers[1]}.`);
  }
  return { rounds, share, kinds: kinds.length === 0 ? DEFAULT_KINDS : kinds };
}

function toKind(word: string): Kind {
  const kind = KINDS.find((kind) => kind === word);
  if (kind !== undefined) return kind;
  if (isNumber(word)) throw new RangeError(`Numbers come before kinds: ${word} stands behind one.`);
  const guess = nearest(word, KINDS);
  throw new RangeError(
    `There is no kind of file ${word}.${guess === null ? "" : ` Did you mean ${guess}?`}`,
  );
}
