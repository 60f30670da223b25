/** The refusal of an upload that is compressed, but can't be decompressed. */
import { InputError } from "../domain/errors.ts";

/** @param found what is wrong, as a sentence; what to do is added */
export function badCompression(found: string): InputError {
  const detail = `${found} Compress the file again and upload that, or upload it uncompressed.`;
  return new InputError([{ code: "bad-compression", detail }]);
}
