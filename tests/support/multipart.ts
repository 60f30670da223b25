/** Multipart bodies byte by byte, as the tests want them. */

export interface Part {
  name: string;
  filename?: string;
  /** The whole Content-Disposition instead of one made of name and filename. */
  disposition?: string;
  type?: string;
  content: string | Uint8Array;
}

export const BOUNDARY = "----boundary7MA4YWxk";
export const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

/** The body of a form. @param end false: leave the closing boundary out */
export function formBytes(parts: readonly Part[], { end = true } = {}): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const pieces: Uint8Array[] = [];
  for (const part of parts) {
    const filename = part.filename === undefined ? "" : `; filename="${part.filename}"`;
    const disposition = part.disposition ?? `form-data; name="${part.name}"${filename}`;
    const type = part.type === undefined ? "" : `Content-Type: ${part.type}\r\n`;
    pieces.push(
      encoder.encode(`--${BOUNDARY}\r\nContent-Disposition: ${disposition}\r\n${type}\r\n`),
      typeof part.content === "string" ? encoder.encode(part.content) : part.content,
      encoder.encode("\r\n"),
    );
  }
  if (end) pieces.push(encoder.encode(`--${BOUNDARY}--\r\n`));
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** A body that comes in pieces of these sizes, the last one again and again. */
export function inPieces(bytes: Uint8Array, sizes: readonly number[]): ReadableStream<Uint8Array> {
  let at = 0;
  let turn = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const size = sizes[Math.min(turn++, sizes.length - 1)];
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}
