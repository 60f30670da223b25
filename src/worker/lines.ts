/** Lines out of a byte stream: what consumer and runner say to each other. */

const LF = 10;

/**
 * The lines of a stream without their line feeds; a last one without line feed counts.
 *
 * @throws {RangeError} at a line of more than `bytesMax` bytes, before it is held whole
 * @throws {TypeError} at bytes that aren't UTF-8
 */
export async function* readLines(
  stream: ReadableStream<Uint8Array>,
  bytesMax: number,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  /** Pieces of the line that isn't complete yet, and their bytes. */
  let open: Uint8Array[] = [];
  let openBytes = 0;
  const take = (piece: Uint8Array) => {
    openBytes += piece.length;
    if (openBytes > bytesMax) throw new RangeError(`a line of more than ${bytesMax} bytes`);
    open.push(piece);
  };
  const close = () => {
    const line = new Uint8Array(openBytes);
    let at = 0;
    for (const piece of open) {
      line.set(piece, at);
      at += piece.length;
    }
    open = [];
    openBytes = 0;
    return decoder.decode(line);
  };
  for await (const chunk of stream) {
    let begin = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, begin)) {
      take(chunk.subarray(begin, end));
      yield close();
      begin = end + 1;
    }
    if (begin < chunk.length) take(chunk.subarray(begin));
  }
  if (openBytes > 0) yield close();
}
