/** A pass for those who want the accepted rows themselves: clean cells, canonical numbers. */
import type { ArtifactStream } from "../artifacts/artifact_stream.ts";
import { ownColumns, writeTrimmed } from "../artifacts/artifacts.ts";
import { canonicalNumber } from "../number/canonical_number.ts";
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
  const { csv } = cleaned;
  const own = ownColumns(header);
  await reread(context, header, "write", cleaned, ({ columns }) => {
    const numbers = header.columns.map((_, i) =>
      columns.find(({ index }) => index === i)?.number ?? null
    );
    return (record) => {
      for (const i of own) {
        const number = numbers[i];
        if (number === null) writeTrimmed(csv, record, i);
        else csv.text(canonicalNumber(number));
      }
      cleaned.endRow();
    };
  });
}
