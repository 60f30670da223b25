/**
 * What a file is that is plainly no CSV, told by its first bytes. Compressed uploads are decompressed before: what still
 * looks compressed here was so twice.
 */

interface Signature {
  bytes: readonly number[];
  name: string;
}

const SIGNATURES: readonly Signature[] = [
  { bytes: ascii("PK\x03\x04"), name: "a ZIP archive or an Excel workbook (.xlsx)" },
  { bytes: ascii("PK\x05\x06"), name: "an empty ZIP archive" },
  { bytes: ascii("%PDF-"), name: "a PDF document" },
  { bytes: [0x1f, 0x8b], name: "a gzip archive inside of another archive" },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], name: "an old Excel workbook (.xls)" },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], name: "a Zstandard archive inside of another archive" },
  { bytes: [0x89, ...ascii("PNG\r\n\x1a\n")], name: "a PNG picture" },
];

/** The most bytes that `foreignFormat` needs. */
export const SIGNATURE_BYTES_MAX = Math.max(...SIGNATURES.map(({ bytes }) => bytes.length));

/** The name of the format that a file with these first bytes has; null if it may be a CSV. */
export function foreignFormat(head: Uint8Array): string | null {
  const match = SIGNATURES.find(({ bytes }) => bytes.every((byte, i) => head[i] === byte));
  return match?.name ?? null;
}

function ascii(text: string): number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}
