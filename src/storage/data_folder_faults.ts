/** What keeps a running service's data folder from taking uploads. */
import { READY_FREE_BYTES_MIN } from "../domain/limits.ts";
import { freeBytesAt } from "./free_bytes.ts";
import type { Paths } from "./paths.ts";

/**
 * Sentences for the operator, without paths; none if all is well. Looks, and writes nothing: readiness is asked often.
 *
 * @param freeBytes bytes free where a path lies; space that can't be read is no fault
 */
export async function dataFolderFaults(
  paths: Paths,
  freeBytes: (path: string) => Promise<number> = freeBytesAt,
): Promise<string[]> {
  const faults: string[] = [];
  for (const [name, folder] of [["uploads", paths.uploads], ["inputs", paths.inputs]]) {
    const isThere = await Deno.stat(folder).then((found) => found.isDirectory, () => false);
    if (!isThere) faults.push(`The data folder has no ${name}; the next upload makes it again.`);
  }
  const free = await freeBytes(paths.root).catch(() => Infinity);
  if (free < READY_FREE_BYTES_MIN) faults.push("The disk is nearly full. Make room on it.");
  return faults;
}
