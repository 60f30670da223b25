/** What a run of the property tests may be told by the environment, if it may read it. */

/** Seeds all cases. */
export const SEED = setting("DATATASKER_TEST_SEED") ?? 20_240_131;
/** How many cases are made. */
export const CASES = setting("DATATASKER_TEST_CASES") ?? 2_000;
/** How many mutations of the fixtures are read. */
export const MUTATIONS = setting("DATATASKER_TEST_MUTATIONS") ?? 2_000;
/** The one case to run alone. */
export const ONLY_CASE = setting("DATATASKER_TEST_CASE");

/** The numbers of the cases to run: the first so many, or the one that was asked for. */
export function caseNumbers(count: number = CASES): number[] {
  return ONLY_CASE === null ? Array.from({ length: count }, (_, number) => number) : [ONLY_CASE];
}

function setting(variable: string): number | null {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  const text = state === "granted" ? Deno.env.get(variable) : undefined;
  if (text === undefined) return null;
  if (!/^[0-9]{1,9}$/.test(text)) {
    throw new RangeError(`${variable} must be a whole number: ${text}`);
  }
  return Number(text);
}
