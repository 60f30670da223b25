/**
 * Decompress: an upload's bytes on their way in, compressed or not, become those of the file.
 *
 * The bytes decide: a gzip or Zstandard stream is known by how it begins, whatever its name or type says, since neither
 * can begin a CSV. A `Content-Encoding` must agree with them.
 */
import { type Compression, type CompressionFormat } from "../domain/compression.ts";
import { InputError } from "../domain/errors.ts";
import {
  COMPRESSED_PIECE_BYTES,
  COMPRESSION_RATIO_BYTES_MIN,
  COMPRESSION_RATIO_MAX,
} from "../domain/limits.ts";
import { slices } from "../pipeline/text/slices.ts";
import { Decompressor } from "./decompressor.ts";
import { beginsZstdFrame } from "./zstd_frames.ts";

/** How many first bytes tell a format: those of a Zstandard frame's magic number. */
const MAGIC_BYTES = 4;

export interface Decompressed {
  /** Can be read once. A chunk is only valid until the next one is asked for. */
  bytes: AsyncIterable<Uint8Array>;
  /** What the bytes were; null: not compressed. Asked once `bytes` has ended. */
  compression(): Compression | null;
}

/**
 * The bytes of a file, of which those that are given may be a compressed form.
 *
 * Reading throws {InputError} `bad-compression` or `compression-ratio`, and what reading `sent` throws. Memory is flat,
 * and who stops reading stops the reading of `sent`.
 *
 * @param declared what the sender says they are, if it says anything
 */
export function decompress(
  sent: AsyncIterable<Uint8Array>,
  declared: CompressionFormat | null = null,
): Decompressed {
  let compression: Compression | null = null;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    let decompressor: Decompressor | null = null;
    let isFirst = true;
    let bytesOut = 0;
    try {
      for await (const chunk of headTogether(sent)) {
        if (isFirst) {
          isFirst = false;
          const format = formatOf(chunk);
          if (declared !== null && format !== declared) throw misdeclared(declared);
          if (format !== null) {
            compression = { format, bytes: 0 };
            decompressor = new Decompressor(format);
          }
        }
        if (compression === null || decompressor === null) {
          yield chunk;
          continue;
        }
        for (const piece of slices(chunk, COMPRESSED_PIECE_BYTES)) {
          compression.bytes += piece.length;
          for await (const out of decompressor.push(piece)) {
            bytesOut += out.length;
            refuseRatio(bytesOut, compression.bytes);
            yield out;
          }
        }
      }
      if (decompressor !== null) yield* decompressor.finish();
    } finally {
      decompressor?.destroy();
    }
  }
  return { bytes: bytes(), compression: () => compression };
}

/** The same bytes, the first chunk with enough of them to tell a format if there are so many. */
async function* headTogether(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: number[] | null = [];
  for await (const chunk of bytes) {
    if (head === null || (head.length === 0 && chunk.length >= MAGIC_BYTES)) {
      head = null;
      yield chunk;
      continue;
    }
    const taken = chunk.subarray(0, MAGIC_BYTES - head.length);
    head.push(...taken);
    if (head.length < MAGIC_BYTES) continue;
    yield Uint8Array.from(head);
    head = null;
    if (taken.length < chunk.length) yield chunk.subarray(taken.length);
  }
  if (head !== null && head.length > 0) yield Uint8Array.from(head);
}

function formatOf(head: Uint8Array): CompressionFormat | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  return beginsZstdFrame(head) ? "zstd" : null;
}

/** Only past a size: the first bytes of the most ordinary table may repeat themselves. */
function refuseRatio(bytesOut: number, bytesIn: number): void {
  if (bytesOut <= COMPRESSION_RATIO_BYTES_MIN) return;
  if (bytesOut <= bytesIn * COMPRESSION_RATIO_MAX) return;
  throw new InputError([{
    code: "compression-ratio",
    detail: `The upload decompresses to more than ${COMPRESSION_RATIO_MAX} times its size, as no ` +
      "table with anything in it does. If it is one, upload it uncompressed.",
  }]);
}

function misdeclared(declared: CompressionFormat): InputError {
  return new InputError([{
    code: "bad-compression",
    detail: `The request says Content-Encoding: ${declared}, but its body doesn't begin as such. ` +
      "Leave that header out: compressed files are known by their bytes.",
  }]);
}
