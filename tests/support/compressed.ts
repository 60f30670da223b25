/** Compressed forms of texts, for tests of what is done with them. */
import { Buffer } from "node:buffer";
import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import type { CompressionFormat } from "../../src/domain/compression.ts";

/** A skippable Zstandard frame of three bytes, as pzstd and seekable files have them. */
export const SKIPPABLE_FRAME = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 7, 7, 7);

const COMPRESS: Record<CompressionFormat, (text: string | Uint8Array) => Uint8Array> = {
  gzip: (text) => gzipSync(text),
  zstd: (text) => zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
};

/** A stream of one member or frame per text. */
export function compressed(
  format: CompressionFormat,
  ...texts: (string | Uint8Array)[]
): Uint8Array<ArrayBuffer> {
  return concat(...texts.map(COMPRESS[format]));
}

export function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}

/** A Zstandard stream of one byte, 32,768 times as long as itself: each block says "128 KiB of this". */
export function zstdBomb(byte: number, bytes: number): Uint8Array<ArrayBuffer> {
  const blockBytes = 128 * 1024;
  const blocks = Math.ceil(bytes / blockBytes);
  const header = [0x28, 0xb5, 0x2f, 0xfd, 0, 0x38]; // no size, a window of 128 KiB
  const bomb = new Uint8Array(header.length + 4 * blocks);
  bomb.set(header);
  for (let i = 0; i < blocks; i++) {
    const isLast = i === blocks - 1 ? 1 : 0;
    const bits = (blockBytes << 3) | (1 << 1) | isLast;
    bomb.set([bits & 255, (bits >> 8) & 255, bits >> 16, byte], header.length + 4 * i);
  }
  return bomb;
}
