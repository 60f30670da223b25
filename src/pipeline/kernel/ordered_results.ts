/** Results of segments, which come in any order and are taken in that of the grid. */

/** This thread, beside the members of the crew, which count from 0. */
export const SELF = -1;

export class OrderedResults<Result> {
  readonly #results = new Map<number, { member: number; result: Result }>();
  readonly #waiting: number[];
  #failure: { reason: unknown } | null = null;
  #wake = () => {};

  /** @param members of the crew */
  constructor(members: number) {
    this.#waiting = new Array(members).fill(0);
  }

  /** How many segments a member was asked for and hasn't done. */
  waiting(member: number): number {
    return this.#waiting[member];
  }

  /** The member that has the least to do. */
  idlest(): number {
    return this.#waiting.indexOf(Math.min(...this.#waiting));
  }

  /** How many all members have to do. */
  get waitingAll(): number {
    return this.#waiting.reduce((sum, waiting) => sum + waiting, 0);
  }

  /** Put a segment here once a member has done it. */
  expect(index: number, member: number, answer: Promise<Result>): void {
    this.#waiting[member]++;
    answer.then((result) => {
      this.#waiting[member]--;
      this.put(index, member, result);
    }).catch((reason) => this.#failure = { reason }).finally(() => this.#wake());
  }

  put(index: number, member: number, result: Result): void {
    this.#results.set(index, { member, result });
  }

  has(index: number): boolean {
    return this.#results.has(index);
  }

  take(index: number): { member: number; result: Result } {
    const result = this.#results.get(index)!;
    this.#results.delete(index);
    return result;
  }

  /** Until a segment is done. @throws what a member failed with */
  async arrival(index: number): Promise<void> {
    while (this.#failure === null && !this.#results.has(index)) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    if (this.#failure !== null) throw this.#failure.reason;
  }
}
