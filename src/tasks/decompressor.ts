/**
 * Pulls what a stream of `node:zlib` makes of each piece it is given, piece by piece.
 *
 * Nothing runs ahead: a piece is only worked on while its output is asked for, and the next one is only asked for when
 * all of that was taken. So memory is one piece and one chunk of output whatever the ratio, the caller's buffer is free
 * again once its piece is through, and who stops asking stops everything.
 *
 * Not `DecompressionStream`: it makes one chunk of 67 MB from one small piece, refuses a second gzip member, and knows no
 * Zstandard.
 */
import { constants, createGunzip, createZstdDecompress } from "node:zlib";
import type { CompressionFormat } from "../domain/compression.ts";
import { DECOMPRESSED_CHUNK_BYTES, ZSTD_WINDOW_BYTES_MAX } from "../domain/limits.ts";
import { badCompression } from "./bad_compression.ts";
import { ZstdFrames } from "./zstd_frames.ts";

export class Decompressor {
  readonly #format: CompressionFormat;
  readonly #stream: ReturnType<typeof createGunzip | typeof createZstdDecompress>;
  readonly #frames: ZstdFrames | null;
  #fault: Error | null = null;
  #bytesPushed = 0;
  /** Zeros behind the last gzip member have begun: zlib takes no more, and would drop whatever follows them. */
  #isPadding = false;
  #wake: () => void = () => {};

  constructor(format: CompressionFormat) {
    this.#format = format;
    this.#frames = format === "zstd" ? new ZstdFrames() : null;
    this.#stream = format === "zstd" ? zstdStream() : gzipStream();
    this.#stream.on("readable", () => this.#wake());
    this.#stream.on("error", (error) => {
      this.#fault = error;
      this.#wake();
    });
  }

  /**
   * What the next bytes decompress to.
   *
   * @param bytes must stay as they are until the generator has ended
   * @throws {InputError} `bad-compression`
   */
  async *push(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    for (const piece of this.#frames?.pieces(bytes) ?? [bytes]) {
      if (this.#isPadding) {
        refuseUnlessZeros(piece);
        continue;
      }
      yield* this.#outputOf((done) =>
        this.#stream.write(piece, (error) => {
          this.#fault ??= error ?? null; // the stream's own event comes later
          done();
        })
      );
      this.#bytesPushed += piece.length;
      if (this.#format === "gzip") this.#findPadding(piece);
    }
  }

  /** What zlib leaves of a piece stands behind the last member. */
  #findPadding(piece: Uint8Array): void {
    const left = this.#bytesPushed - this.#stream.bytesWritten;
    if (left === 0) return;
    this.#isPadding = true;
    refuseUnlessZeros(piece.subarray(piece.length - left));
  }

  /** Say that all bytes were pushed. @throws {InputError} `bad-compression` if more should have come */
  async *finish(): AsyncGenerator<Uint8Array> {
    this.#frames?.end();
    // Then the stream has ended already, and would not say so again.
    if (this.#isPadding) return;
    yield* this.#outputOf((done) => this.#stream.once("end", done).end());
  }

  /** Free its memory; may be called at any time, more than once. */
  destroy(): void {
    this.#stream.destroy();
  }

  async *#outputOf(begin: (done: () => void) => void): AsyncGenerator<Uint8Array> {
    let isDone = false;
    begin(() => {
      isDone = true;
      this.#wake();
    });
    for (;;) {
      const awake = new Promise<void>((resolve) => this.#wake = resolve);
      for (let out; (out = this.#stream.read()) !== null;) yield out;
      if (this.#fault !== null) throw this.#refusal(this.#fault);
      if (isDone) return;
      await awake;
    }
  }

  /** What zlib says about the data as a refusal; everything else (memory) as it is. */
  #refusal(fault: Error): Error {
    const code = "code" in fault ? fault.code : undefined;
    if (code === "Z_BUF_ERROR") return badCompression("The gzip stream breaks off before its end.");
    if (code === "Z_DATA_ERROR" || code === "Z_NEED_DICT") {
      return badCompression("The gzip stream is damaged, or something follows it.");
    }
    if (this.#format === "zstd") return badCompression("The Zstandard stream is damaged.");
    return fault;
  }
}

function refuseUnlessZeros(padding: Uint8Array): void {
  if (padding.some((byte) => byte !== 0)) {
    throw badCompression("Something follows the gzip stream.");
  }
}

function gzipStream() {
  return createGunzip({ chunkSize: DECOMPRESSED_CHUNK_BYTES });
}

function zstdStream() {
  return createZstdDecompress({
    chunkSize: DECOMPRESSED_CHUNK_BYTES,
    params: { [constants.ZSTD_d_windowLogMax]: Math.log2(ZSTD_WINDOW_BYTES_MAX) },
  });
}
