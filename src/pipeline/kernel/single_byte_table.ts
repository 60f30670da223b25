/** What the characters of a single-byte encoding are in UTF-8, for `assembly/transcode.ts`. */
import type { Encoding } from "../../domain/dialect.ts";
import { decoderOf } from "../text/decode.ts";

/** The bytes of the table: of each byte from 80 to FF four bytes, its UTF-8 and in the last how many these are. */
export function singleByteTable(encoding: Extract<Encoding, "windows-1252">): Uint8Array {
  const decoder = decoderOf(encoding);
  const table = new Uint8Array(4 * 128);
  for (let byte = 0x80; byte <= 0xff; byte++) {
    const utf8 = decoder.decode(Uint8Array.of(byte));
    const at = 4 * (byte - 0x80);
    table.set(utf8, at);
    table[at + 3] = utf8.length;
  }
  return table;
}
