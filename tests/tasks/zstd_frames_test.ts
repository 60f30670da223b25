import assert from "node:assert/strict";
import { InputError } from "../../src/domain/errors.ts";
import { beginsZstdFrame, ZstdFrames } from "../../src/tasks/zstd_frames.ts";
import { compressed, concat, SKIPPABLE_FRAME, zstdBomb } from "../support/compressed.ts";

/** Lengths of the pieces of a stream that comes in chunks of this size. */
function pieces(stream: Uint8Array, chunkBytes = stream.length): number[] {
  const frames = new ZstdFrames();
  const lengths: number[] = [];
  for (let at = 0; at < stream.length; at += chunkBytes) {
    for (const piece of frames.pieces(stream.subarray(at, at + chunkBytes))) {
      lengths.push(piece.length);
    }
  }
  frames.end();
  return lengths;
}

function refusal(stream: Uint8Array, chunkBytes?: number): string {
  try {
    pieces(stream, chunkBytes);
  } catch (error) {
    assert.ok(error instanceof InputError);
    assert.equal(error.faults[0].code, "bad-compression");
    return error.message;
  }
  assert.fail("nothing was refused");
}

const ONE = compressed("zstd", "East,A,1,1,0\n".repeat(100));
/** Two raw blocks of 70,000 bytes and a checksum: of a single segment, with its size in four bytes. */
const LARGE = concat(
  Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xa4, 0xe0, 0x22, 0x02, 0),
  Uint8Array.of(0x80, 0x8b, 0x08),
  new Uint8Array(70_000),
  Uint8Array.of(0x81, 0x8b, 0x08),
  new Uint8Array(70_000 + 4),
);
const EMPTY = compressed("zstd", "");

Deno.test("a piece never reaches over the end of a frame, nor over a block that may be damaged", () => {
  const one = [9, ONE.length - 9 - 4, 4]; // headers; the only block, compressed; its checksum
  assert.deepEqual(pieces(concat(ONE, LARGE, SKIPPABLE_FRAME, EMPTY, ONE)), [
    ...one,
    ...[9 + 3 + 70_000 + 3, 70_000, 4],
    SKIPPABLE_FRAME.length,
    ...[EMPTY.length - 4, 4],
    ...one,
  ]);
});

Deno.test("chunks of any size come through whole, cut at the same ends of frames", () => {
  const stream = concat(ONE, SKIPPABLE_FRAME, EMPTY, ONE);
  const ends = pieces(stream).map((_, i, all) => all.slice(0, i + 1).reduce((a, b) => a + b));
  for (let chunkBytes = 1; chunkBytes < stream.length; chunkBytes++) {
    let at = 0;
    const cuts = new Set(pieces(stream, chunkBytes).map((length) => at += length));
    assert.equal(at, stream.length);
    for (const end of ends) assert.ok(cuts.has(end), `${chunkBytes} bytes: no cut at ${end}`);
  }
});

Deno.test("a stream that breaks off is refused, wherever it does", () => {
  const stream = concat(ONE, SKIPPABLE_FRAME, ONE);
  const ends = [0, ONE.length, ONE.length + SKIPPABLE_FRAME.length];
  for (let length = 1; length < stream.length; length++) {
    if (ends.includes(length)) continue;
    assert.match(refusal(stream.slice(0, length)), /breaks off before its end/, `at ${length}`);
  }
});

Deno.test("what follows the last frame is refused, be it zeros", () => {
  for (const rest of ["region,product\n", "\0", "(\xb5/\xfc", "PK", "P*M\x19"]) {
    const bytes = Uint8Array.from(rest, (letter) => letter.charCodeAt(0));
    for (const chunkBytes of [1, undefined]) {
      assert.match(refusal(concat(ONE, bytes), chunkBytes), /Something follows/);
    }
  }
});

/** The header of a frame with a window descriptor, and one raw block of nothing. */
const withWindow = (descriptor: number) =>
  Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, descriptor, 1, 0, 0);

Deno.test("a frame may want 8 MiB of memory and not more", () => {
  const exponent = (log: number) => (log - 10) << 3;
  assert.equal(pieces(withWindow(exponent(23))).length, 1);
  assert.match(refusal(withWindow(exponent(23) + 1)), /window of 9 MiB.*gives 8.*without --long/);
  assert.match(refusal(withWindow(exponent(27))), /window of 128 MiB/);
  // A single segment has its size instead of a window: four bytes of it here.
  const segment = (...size: number[]) =>
    Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xa0, ...size, 1, 0, 0);
  assert.equal(pieces(segment(0, 0, 0x80, 0)).length, 1);
  assert.match(refusal(segment(1, 0, 0x80, 0)), /window of 9 MiB/);
});

Deno.test("a frame that is too much is refused before its header is given on", () => {
  const frames = new ZstdFrames();
  assert.throws(() => [...frames.pieces(withWindow(0xff))], InputError);
});

Deno.test("a frame that needs a dictionary is refused, one that names none isn't", () => {
  const withDictionary = (id: number) =>
    Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x01, 0x38, id, 1, 0, 0);
  assert.match(refusal(withDictionary(7)), /dictionary/);
  assert.equal(pieces(withDictionary(0)).length, 1);
});

Deno.test("a block of a type that doesn't exist is refused", () => {
  assert.match(refusal(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x38, 7, 0, 0)), /damaged/);
});

Deno.test("a block longer than its window, or than any, is refused", () => {
  const frame = (window: number, size: number, type: number) => {
    const bits = (size << 3) | (type << 1) | 1;
    return Uint8Array.of(
      0x28,
      0xb5,
      0x2f,
      0xfd,
      0,
      window,
      bits & 255,
      (bits >> 8) & 255,
      bits >> 16,
      0,
    );
  };
  const KIB = 1024;
  for (const type of [0, 1, 2]) {
    assert.match(refusal(frame(0x38, 128 * KIB + 1, type)), /damaged/);
    assert.match(refusal(frame(0, 1 * KIB + 1, type)), /damaged/);
  }
  assert.equal(pieces(frame(0x38, 128 * KIB, 1)).length, 2);
});

Deno.test("a block of one byte over and over takes four bytes", () => {
  // The last block alone: with it the frame is judged.
  assert.deepEqual(pieces(zstdBomb(0, 1_000_000)), [6 + 4 * 7 + 3, 1]);
});

Deno.test("frames of both kinds are known by their magic number", () => {
  assert.ok(beginsZstdFrame(ONE));
  assert.ok(beginsZstdFrame(SKIPPABLE_FRAME));
  assert.ok(!beginsZstdFrame(compressed("gzip", "x")));
  assert.ok(!beginsZstdFrame(new TextEncoder().encode("P*M,")));
  assert.ok(!beginsZstdFrame(new Uint8Array()));
});
