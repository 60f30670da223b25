/** What is wrong if an input, read again, isn't what it was. */
import { OperatingError } from "../../domain/errors.ts";

export function changedInput(): OperatingError {
  return new OperatingError(
    "input-damaged",
    "The stored input changed while it was read. Upload the file again.",
  );
}
