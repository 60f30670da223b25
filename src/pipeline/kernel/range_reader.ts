/** Reads parts of an input's text in their order, skipping what lies between. */
import type { TaskInput } from "../../domain/event.ts";
import type { Decoder } from "../text/decode.ts";
import type { Source } from "../run/source.ts";
import { readText } from "../run/source.ts";

export class RangeReader {
  readonly #parts: AsyncGenerator<Uint8Array, void, void>;
  #part: Uint8Array = new Uint8Array();
  /** Where the part ends in the text. */
  #end = 0;

  /**
   * @param onChunk told the size of each chunk of the input that is read, skipped or not
   * @param decoder for the input's encoding, at its beginning
   */
  constructor(
    source: Source,
    input: Pick<TaskInput, "bytes" | "dialect">,
    onChunk: (bytes: number) => void,
    decoder: Decoder,
  ) {
    this.#parts = readText(source, input, onChunk, decoder);
  }

  /**
   * The bytes in [from, to), in parts. Ranges must not overlap and come in order.
   *
   * @throws {OperatingError} `input-damaged` if the input turns out to have another size
   */
  async *range(from: number, to: number): AsyncGenerator<Uint8Array, void, void> {
    for (;;) {
      const begin = this.#end - this.#part.length;
      const wanted = this.#part.subarray(Math.max(0, from - begin), Math.max(0, to - begin));
      if (wanted.length > 0) yield wanted;
      if (this.#end >= to) return;
      const next = await this.#parts.next();
      if (next.done) return;
      this.#part = next.value;
      this.#end += next.value.length;
    }
  }

  /** Stop reading. */
  async close(): Promise<void> {
    await this.#parts.return();
  }
}
