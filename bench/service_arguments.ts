/** What the bench of the service is asked for on its command line. */
import { nearest } from "../src/domain/nearest.ts";
import { isNumber } from "./command_line.ts";

/** How many numbers each bench takes. */
export const NUMBERS_MAX = {
  latency: 0,
  throughput: 1,
  large: 0,
  status: 0,
  memory: Infinity,
} as const;

export type ServiceBench = keyof typeof NUMBERS_MAX;

export const USAGE =
  "deno task bench:service [latency] [throughput [tasks]] [large] [status] [memory [MiB ...]]";

/** A bench with its numbers. */
export interface Asked {
  bench: ServiceBench;
  numbers: number[];
}

const BENCHES = Object.keys(NUMBERS_MAX) as ServiceBench[];

/**
 * Parse the words of the command line: benches, each with the numbers behind it. Without any: all benches.
 *
 * @throws {RangeError} a sentence about the first word that fits nowhere
 */
export function parseServiceArguments(words: readonly string[]): Asked[] {
  if (words.length === 0) return BENCHES.map((bench) => ({ bench, numbers: [] }));
  const asked: Asked[] = [];
  for (const word of words) {
    if (!isNumber(word)) {
      asked.push({ bench: toBench(word), numbers: [] });
      continue;
    }
    const last = asked.at(-1);
    if (last === undefined) {
      throw new RangeError(`Numbers come behind a bench: ${word} has none before it.`);
    }
    const { bench, numbers } = last;
    if (numbers.length === NUMBERS_MAX[bench]) {
      throw new RangeError(`${word} is too many for ${bench}.`);
    }
    if (!Number.isInteger(Number(word)) || Number(word) < 1) {
      throw new RangeError(`The bench ${bench} takes whole numbers from 1, not ${word}.`);
    }
    numbers.push(Number(word));
  }
  return asked;
}

function toBench(word: string): ServiceBench {
  const bench = BENCHES.find((bench) => bench === word);
  if (bench !== undefined) return bench;
  const guess = nearest(word, BENCHES);
  throw new RangeError(
    `There is no bench ${word}.${guess === null ? "" : ` Did you mean ${guess}?`}`,
  );
}
