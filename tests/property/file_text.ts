/**
 * Files as strings, so that a generator can put them together from text.
 *
 * A byte that isn't UTF-8 stands in such a string as the lone surrogate U+DC80 to U+DCFF (as Python's
 * `surrogateescape` has it): `"\udcff"` is the byte FF.
 */

/** One byte from 80 to FF that stands alone, whatever comes before and after it. */
export function rawByte(byte: number): string {
  return String.fromCharCode(0xdc00 + byte);
}

/** Several of them. */
export function rawBytes(...bytes: number[]): string {
  return bytes.map(rawByte).join("");
}

/** The bytes of such a string. */
export function fileBytes(text: string): Uint8Array {
  const encoder = new TextEncoder();
  const parts = Array.from(text, (sign) => {
    const point = sign.codePointAt(0)!;
    return point >= 0xdc80 && point <= 0xdcff ? [point - 0xdc00] : [...encoder.encode(sign)];
  });
  return Uint8Array.from(parts.flat());
}

/**
 * A file as a literal that can be pasted into a test, one character for each byte:
 * `Uint8Array.from(literal, (sign) => sign.charCodeAt(0))`.
 */
export function asLiteral(bytes: Uint8Array): string {
  const signs = Array.from(bytes, (byte) => {
    if (byte === 0x0a) return "\\n";
    if (byte === 0x0d) return "\\r";
    if ([0x24, 0x5c, 0x60].includes(byte)) return "\\" + String.fromCharCode(byte);
    if (byte >= 0x20 && byte <= 0x7e) return String.fromCharCode(byte);
    return "\\x" + byte.toString(16).padStart(2, "0");
  });
  return "`" + signs.join("") + "`";
}
