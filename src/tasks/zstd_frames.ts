/**
 * Finds where the frames of a Zstandard stream end, and the blocks that may be damaged (RFC 8878, section 3.1), without
 * decompressing anything.
 *
 * Needed because the decompressor of `node:zlib` (Deno 2.9.6) is right on one frame only: whatever follows the end of a
 * frame within one write is dropped in silence, be it garbage or the next frame, and a stream that breaks off ends as if
 * it were whole. So it is given pieces that never reach over the end of a frame, and whether the stream is whole is
 * decided here. `tests/tasks/decompressor_test.ts` holds what Deno does: this file can go when that test fails.
 *
 * The second fault of that decompressor is worse: what it finds wrong is only an error of the stream if it finds it at
 * once. When its output fills a chunk in the middle of a write, it goes on later, and an error met then is thrown
 * where nobody can catch it, which ends the process. So whatever can be wrong stands at the beginning of a piece: each
 * compressed block is a piece of its own, and so are the last block and the checksum, with which the frame is judged.
 * A raw block or one of one byte repeated can only be too long, and that shows in its header.
 *
 * It also sees how much memory a frame wants before anything is taken for it: a piece that completes the header of a
 * frame is given out after the header was judged.
 *
 * A frame is a header, blocks, and a checksum if the header says so; a skippable frame (pzstd writes one first, the
 * seekable format one last) is a header with a size and so many bytes. Here either is a header and its payload.
 */
import { InputError } from "../domain/errors.ts";
import { ZSTD_WINDOW_BYTES_MAX } from "../domain/limits.ts";
import { badCompression } from "./bad_compression.ts";

const MIB = 1024 * 1024;
/** Of a skippable frame, the first byte has any lower half. */
const FRAME_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const SKIPPABLE_MAGIC = [0x50, 0x2a, 0x4d, 0x18];
const MAGIC_BYTES = 4;
const SKIPPABLE_HEADER_BYTES = 8;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;
/** Magic, descriptor, window, dictionary ID, size of the content. */
const FRAME_HEADER_BYTES_MAX = 4 + 1 + 1 + 4 + 8;

/** Bytes of the dictionary ID and of the size of the content, by their two bits in the descriptor. */
const DICTIONARY_ID_BYTES = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];

/** Types of block; the payload of the first isn't as long as its header says, the second must be decoded. */
const BLOCK_RLE = 1;
const BLOCK_COMPRESSED = 2;
const BLOCK_RESERVED = 3;
/** Of a block, whatever its window; a smaller window has smaller blocks. */
const BLOCK_BYTES_MAX = 128 * 1024;

/** Whether bytes begin as a frame does, skippable ones too. */
export function beginsZstdFrame(head: Uint8Array): boolean {
  return head.length >= MAGIC_BYTES && mayBeFrame(head);
}

export class ZstdFrames {
  /** What begins once the payload has passed. */
  #next: "frame" | "block" | "checksum" = "frame";
  #payloadBytes = 0;
  /** The header that isn't complete yet. */
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES_MAX);
  #headerBytes = 0;
  /** Of the frame that is open. */
  #hasChecksum = false;
  #blockBytesMax = 0;
  /** What is passing may turn out wrong: it is a piece of its own. */
  #mayFail = false;

  /**
   * A chunk in pieces, each of which ends with the chunk, where a frame ends, or around what may be damaged.
   *
   * @throws {InputError} `bad-compression`: no frame where one should begin, or one that needs too much
   */
  *pieces(chunk: Uint8Array): Generator<Uint8Array> {
    let from = 0;
    for (let at = 0; at < chunk.length;) {
      if (this.#payloadBytes > 0) {
        const passed = Math.min(this.#payloadBytes, chunk.length - at);
        this.#payloadBytes -= passed;
        at += passed;
        if (this.#payloadBytes > 0) continue;
      } else {
        this.#header[this.#headerBytes++] = chunk[at++];
        if (this.#headerBytes < this.#headerBytesNeeded()) continue;
        const header = this.#header.subarray(0, this.#headerBytes);
        this.#headerBytes = 0;
        if (this.#next === "frame") this.#beginFrame(header);
        else this.#beginBlock(header);
      }
      if (this.#mayFail || this.#isBetweenFrames) {
        yield chunk.subarray(from, at);
        from = at;
      }
      if (this.#payloadBytes === 0 && this.#next === "checksum") {
        this.#payloadBytes = CHECKSUM_BYTES;
        this.#next = "frame";
      }
    }
    if (from < chunk.length) yield chunk.subarray(from);
  }

  /** Say that the stream is complete. @throws {InputError} `bad-compression` if it isn't */
  end(): void {
    if (!this.#isBetweenFrames) {
      throw badCompression("The Zstandard stream breaks off before its end.");
    }
  }

  get #isBetweenFrames(): boolean {
    return this.#next === "frame" && this.#payloadBytes === 0 && this.#headerBytes === 0;
  }

  /** How long the header is, as far as its bytes so far tell. */
  #headerBytesNeeded(): number {
    if (this.#next === "block") return BLOCK_HEADER_BYTES;
    const header = this.#header.subarray(0, this.#headerBytes);
    if (!mayBeFrame(header)) throw noFrame();
    if (isSkippable(header)) return SKIPPABLE_HEADER_BYTES;
    if (header.length <= MAGIC_BYTES) return MAGIC_BYTES + 1;
    return layout(this.#header[MAGIC_BYTES]).end;
  }

  #beginFrame(header: Uint8Array): void {
    if (isSkippable(header)) {
      this.#payloadBytes = littleEndian(header.subarray(MAGIC_BYTES));
      this.#mayFail = false;
      return;
    }
    const descriptor = header[MAGIC_BYTES];
    const { isSingleSegment, dictionaryIdAt, contentSizeAt } = layout(descriptor);
    if (littleEndian(header.subarray(dictionaryIdAt, contentSizeAt)) !== 0) {
      throw badCompression("The Zstandard stream needs a dictionary, which the service hasn't.");
    }
    const window = isSingleSegment
      ? littleEndian(header.subarray(contentSizeAt))
      : windowBytes(header[MAGIC_BYTES + 1]);
    if (window > ZSTD_WINDOW_BYTES_MAX) throw tooWide(window);
    this.#hasChecksum = (descriptor & 0x04) !== 0;
    this.#blockBytesMax = Math.min(window, BLOCK_BYTES_MAX);
    this.#mayFail = false;
    this.#next = "block";
  }

  #beginBlock(header: Uint8Array): void {
    const bits = littleEndian(header);
    const isLast = (bits & 1) === 1;
    const type = (bits >> 1) & 3;
    if (type === BLOCK_RESERVED || bits >> 3 > this.#blockBytesMax) {
      throw badCompression("The Zstandard stream is damaged.");
    }
    this.#payloadBytes = type === BLOCK_RLE ? 1 : bits >> 3;
    this.#mayFail = isLast || type === BLOCK_COMPRESSED;
    if (isLast) this.#next = this.#hasChecksum ? "checksum" : "frame";
  }
}

/** Where the parts of a frame's header lie; a frame of a single segment has no window of its own. */
function layout(descriptor: number) {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryIdAt = MAGIC_BYTES + (isSingleSegment ? 1 : 2);
  const contentSizeAt = dictionaryIdAt + DICTIONARY_ID_BYTES[descriptor & 3];
  const sizeFlag = descriptor >> 6;
  const contentSizeBytes = sizeFlag === 0 && isSingleSegment ? 1 : CONTENT_SIZE_BYTES[sizeFlag];
  return { isSingleSegment, dictionaryIdAt, contentSizeAt, end: contentSizeAt + contentSizeBytes };
}

function windowBytes(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** Whether bytes, be they fewer than a magic number, are the beginning of a frame. */
function mayBeFrame(head: Uint8Array): boolean {
  return isSkippable(head) || FRAME_MAGIC.every((byte, i) => (head[i] ?? byte) === byte);
}

function isSkippable(head: Uint8Array): boolean {
  const [first, ...others] = SKIPPABLE_MAGIC;
  return (head[0] & 0xf0) === first &&
    others.every((byte, i) => (head[i + 1] ?? byte) === byte);
}

function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((number, byte) => number * 256 + byte, 0);
}

function noFrame(): InputError {
  return badCompression("Something follows the Zstandard stream that is no part of it.");
}

function tooWide(window: number): InputError {
  return new InputError([{
    code: "bad-compression",
    detail: `The Zstandard stream needs a window of ${Math.ceil(window / MIB)} MiB, and the ` +
      `service gives ${ZSTD_WINDOW_BYTES_MAX / MIB}. Compress the file again without --long and ` +
      "--ultra, or upload it uncompressed.",
  }]);
}
