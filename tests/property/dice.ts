/** Choices of a generator: every one from the seed, none from anywhere else. */
import { type Random, seeded } from "../support/random.ts";

export class Dice {
  readonly #random: Random;

  /** The dice of one case: it can be thrown again alone. */
  constructor(seed: number, caseNumber: number) {
    this.#random = seeded(Math.imul(seed, 1_000_003) + caseNumber);
  }

  /** 0 <= x < 1. */
  fraction(): number {
    return this.#random.next();
  }

  /** A whole number, both ends included. */
  whole(least: number, most: number): number {
    return this.#random.whole(least, most);
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return this.#random.pick(items);
  }

  /** One of the items, each as likely as its weight says. */
  weighted<T>(items: readonly (readonly [weight: number, item: T])[]): T {
    let left = this.fraction() * items.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, item] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    return items[items.length - 1][1];
  }

  shuffled<T>(items: readonly T[]): T[] {
    const left = [...items];
    return items.map(() => left.splice(this.whole(0, left.length - 1), 1)[0]);
  }

  /** So many items, each made anew. */
  times<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: this.whole(least, most) }, make);
  }
}
