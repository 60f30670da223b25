/** Waiting for a condition, with a deadline: tests never sleep for a guessed time. */

/**
 * Ask until the answer isn't null, undefined or false, and return it.
 *
 * @param what the end of "waited in vain for ..."
 * @throws {Error} after `msMax`
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  msMax = 10_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const end = performance.now() + msMax;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) {
      return answer as NonNullable<Exclude<T, false>>;
    }
    if (performance.now() > end) throw new Error(`waited ${msMax} ms in vain for ${what}`);
    await moment(5);
  }
}

/** Let other things happen for a few milliseconds. */
export function moment(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
