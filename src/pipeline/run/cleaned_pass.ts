/** A pass for those who want the accepted rows themselves: clean cells, canonical numbers. */
import type { ArtifactStream } from "../artifacts/artifact_stream.ts";
import { cleanedRowWriter } from "../artifacts/artifacts.ts";
import type { Header } from "../header/header.ts";
import { reread } from "./reread.ts";
import type { RunContext } from "./run_context.ts";

/**
 * Write the accepted rows of an input that the first pass has read to its end without failing.
 *
 * @throws {OperatingError} `input-damaged` if it isn't the same input any more
 */
export async function cleanedPass(
  context: RunContext,
  header: Header,
  cleaned: ArtifactStream,
): Promise<void> {
  await reread(
    context,
    header,
    "write",
    cleaned,
    (cleaner) => cleanedRowWriter(header, cleaner, cleaned),
  );
}
