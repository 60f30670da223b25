/** Bytes of any encoding to UTF-8 as `../text/decode.ts` has it, by the kernel. */
import type { Encoding } from "../../domain/dialect.ts";
import { type Decoder, decoderOf } from "../text/decode.ts";
import type { Kernel } from "./kernel.ts";
import { RAW, RAW_BYTES, TEXT } from "./memory_layout.ts";

/** Of one byte, or of two that are a unit. */
const UTF8_BYTES_MAX = 3;

/** A decoder at the beginning of a file; no other may be in use on this kernel. */
export function kernelDecoderOf(encoding: Encoding, kernel: Kernel): Decoder {
  return encoding === "utf-8" ? decoderOf(encoding) : new KernelDecoder(encoding, kernel);
}

class KernelDecoder implements Decoder {
  readonly #encoding: Exclude<Encoding, "utf-8">;
  readonly #kernel: Kernel;
  /** Bytes at `RAW` of a character whose end hasn't come. */
  #pending = 0;
  /** The text, outside of the kernel's memory: that may grow, and be taken away from its views, while the text is in use. */
  #text = new Uint8Array(0);
  #length = 0;

  constructor(encoding: Exclude<Encoding, "utf-8">, kernel: Kernel) {
    this.#encoding = encoding;
    this.#kernel = kernel;
  }

  decode(chunk: Uint8Array): Uint8Array {
    this.#begin(this.#pending + chunk.length);
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + RAW_BYTES - this.#pending);
      this.#kernel.bytes.set(part, RAW + this.#pending);
      this.#transcode(this.#pending + part.length, false);
      at += part.length;
    }
    return this.#text.subarray(0, this.#length);
  }

  end(): Uint8Array {
    this.#begin(this.#pending);
    this.#transcode(this.#pending, true);
    return this.#text.subarray(0, this.#length);
  }

  #begin(rawBytes: number): void {
    this.#length = 0;
    const bytes = rawBytes * UTF8_BYTES_MAX;
    if (this.#text.length < bytes) this.#text = new Uint8Array(bytes);
  }

  #transcode(rawBytes: number, isLast: boolean): void {
    const kernel = this.#kernel;
    const rawEnd = RAW + rawBytes;
    const textEnd = TEXT + rawBytes * UTF8_BYTES_MAX;
    const next = kernel.transcode(this.#encoding, RAW, rawEnd, TEXT, textEnd, isLast);
    this.#text.set(kernel.bytes.subarray(TEXT, TEXT + kernel.transcoded), this.#length);
    this.#length += kernel.transcoded;
    this.#pending = rawEnd - next;
    kernel.bytes.copyWithin(RAW, next, rawEnd);
  }
}
