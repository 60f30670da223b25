/** Where the input comes from, and one pass over it. */
import { OperatingError } from "../domain/errors.ts";
import { READ_BYTES } from "../domain/limits.ts";
import { RecordParser } from "./parse.ts";
import type { PipelineLimits } from "./pipeline_limits.ts";
import { slices } from "./slices.ts";

/** The input file; each call of `open` reads it from its beginning. A chunk is valid until the next is asked for. */
export interface Source {
  open(): AsyncIterable<Uint8Array>;
}

/**
 * Read the input once. Yields the same parser again and again, each time with records to take until its `next`
 * returns null; to stop reading, leave the loop.
 *
 * @param bytesExpected the size of the input as recorded
 * @param onChunk told the size of each chunk once its records were taken
 * @throws {OperatingError} `input-damaged` if the source has another size
 */
export async function* readRecords(
  source: Source,
  bytesExpected: number,
  limits: PipelineLimits,
  onChunk: (bytes: number) => void,
): AsyncGenerator<RecordParser, void, void> {
  const parser = new RecordParser(limits);
  let bytesRead = 0;
  for await (const chunk of source.open()) {
    bytesRead += chunk.length;
    if (bytesRead > bytesExpected) throw damaged(`more than the recorded ${bytesExpected} bytes`);
    for (const slice of slices(chunk, READ_BYTES)) {
      parser.push(slice);
      yield parser;
    }
    onChunk(chunk.length);
  }
  if (bytesRead < bytesExpected) {
    throw damaged(`${bytesRead} bytes instead of the recorded ${bytesExpected}`);
  }
  parser.end();
  yield parser;
}

function damaged(found: string): OperatingError {
  return new OperatingError(
    "input-damaged",
    `The stored input has ${found}: it was changed or cut after its upload. Upload the file again.`,
  );
}
