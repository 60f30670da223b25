/** What the benches share in reading their command lines. */

export function isNumber(word: string): boolean {
  return word !== "" && Number.isFinite(Number(word));
}

/** What was parsed; or, if a RangeError says what is wrong with the words, that and the usage on standard error, and an end with 2. */
export function parsedOrExit<Asked>(parse: () => Asked, usage: string): Asked {
  try {
    return parse();
  } catch (fault) {
    if (!(fault instanceof RangeError)) throw fault;
    console.error(`${fault.message}\n${usage}`);
    Deno.exit(2);
  }
}
