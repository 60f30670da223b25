/** Reads parts of an input in their order, skipping what lies between. */
import type { Source } from "../run/source.ts";
import { readChunks } from "../run/source.ts";

export class RangeReader {
  readonly #chunks: AsyncGenerator<Uint8Array, void, void>;
  readonly #onChunk: (bytes: number) => void;
  #chunk: Uint8Array = new Uint8Array();
  /** Where the chunk ends in the input. */
  #end = 0;

  /** @param onChunk told the size of each chunk that is read, skipped or not */
  constructor(source: Source, bytesExpected: number, onChunk: (bytes: number) => void) {
    this.#chunks = readChunks(source, bytesExpected);
    this.#onChunk = onChunk;
  }

  /**
   * The bytes in [from, to), in parts. Ranges must not overlap and come in order.
   *
   * @throws {OperatingError} `input-damaged` if the input turns out to have another size
   */
  async *range(from: number, to: number): AsyncGenerator<Uint8Array, void, void> {
    for (;;) {
      const begin = this.#end - this.#chunk.length;
      const part = this.#chunk.subarray(Math.max(0, from - begin), Math.max(0, to - begin));
      if (part.length > 0) yield part;
      if (this.#end >= to) return;
      const next = await this.#chunks.next();
      if (next.done) return;
      this.#chunk = next.value;
      this.#end += next.value.length;
      this.#onChunk(next.value.length);
    }
  }

  /** Stop reading. */
  async close(): Promise<void> {
    await this.#chunks.return();
  }
}
