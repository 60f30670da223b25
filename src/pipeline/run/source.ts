/** Where the input comes from, and one pass over it. */
import { OperatingError } from "../../domain/errors.ts";
import type { TaskInput } from "../../domain/event.ts";
import { READ_BYTES } from "../../domain/limits.ts";
import { type Decoder, decoderOf } from "../text/decode.ts";
import { RecordParser } from "../parse/parse.ts";
import type { PipelineLimits } from "../pipeline_limits.ts";
import { slices } from "../text/slices.ts";
import { syntaxOf } from "../parse/syntax.ts";

/** Fills `target` from a position of the input, or as far as that goes; how many bytes that were: fewer mean that it ends there. */
export type ReadAt = (position: number, target: Uint8Array) => number;

/** The input file; each call of `open` reads it from its beginning. A chunk is valid until the next is asked for. */
export interface Source {
  open(): AsyncIterable<Uint8Array>;
}

/**
 * Read the input once. Yields the same parser again and again, each time with records to take until its `next`
 * returns null; to stop reading, leave the loop.
 *
 * @param input as recorded: its size, and the dialect in which it is read
 * @param onChunk told the size of each chunk once its records were taken
 * @throws {OperatingError} `input-damaged` if the source has another size
 */
export async function* readRecords(
  source: Source,
  input: Pick<TaskInput, "bytes" | "dialect">,
  limits: PipelineLimits,
  onChunk: (bytes: number) => void,
): AsyncGenerator<RecordParser, void, void> {
  const parser = new RecordParser(limits, syntaxOf(input.dialect));
  for await (const text of readText(source, input, onChunk)) {
    parser.push(text);
    yield parser;
  }
  parser.end();
  yield parser;
}

/**
 * Read the text of the input once, as UTF-8, in parts of a bounded size. A part is valid until the next is asked for.
 *
 * @param onChunk told the size of each chunk of the input once its text was taken
 * @param decoder for the input's encoding, at its beginning
 * @throws {OperatingError} `input-damaged` if the source has another size
 */
export async function* readText(
  source: Source,
  { bytes, dialect }: Pick<TaskInput, "bytes" | "dialect">,
  onChunk: (bytes: number) => void = () => {},
  decoder: Decoder = decoderOf(dialect.encoding),
): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of readChunks(source, bytes)) {
    for (const slice of slices(chunk, READ_BYTES)) yield decoder.decode(slice);
    onChunk(chunk.length);
  }
  const rest = decoder.end();
  if (rest.length > 0) yield rest;
}

/**
 * Read the bytes of the input once.
 *
 * @throws {OperatingError} `input-damaged` if there are more or fewer than expected
 */
async function* readChunks(
  source: Source,
  bytesExpected: number,
): AsyncGenerator<Uint8Array, void, void> {
  let bytesRead = 0;
  for await (const chunk of source.open()) {
    bytesRead += chunk.length;
    if (bytesRead > bytesExpected) throw damaged(`more than the recorded ${bytesExpected} bytes`);
    yield chunk;
  }
  if (bytesRead < bytesExpected) {
    throw damaged(`${bytesRead} bytes instead of the recorded ${bytesExpected}`);
  }
}

function damaged(found: string): OperatingError {
  return new OperatingError(
    "input-damaged",
    `The stored input has ${found}: it was changed or cut after its upload. Upload the file again.`,
  );
}
