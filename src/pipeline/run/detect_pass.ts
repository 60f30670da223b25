/** The second pass: the same rows again, now that the threshold is known; anomalies are written as they are found. */
import type { Statistics } from "../../domain/report.ts";
import type { ArtifactStream } from "../artifacts/artifact_stream.ts";
import { ownColumns, writeAnomaly } from "../artifacts/artifacts.ts";
import type { Header } from "../header/header.ts";
import { reread } from "./reread.ts";
import type { RunContext } from "./run_context.ts";

/**
 * Write the anomalies of an input of which the first pass found the header and the statistics.
 *
 * @throws {OperatingError} `input-damaged` if it isn't the same input any more
 */
export async function detectPass(
  context: RunContext,
  header: Header,
  statistics: Statistics,
  anomalies: ArtifactStream,
): Promise<void> {
  const own = ownColumns(header);
  const threshold = statistics.threshold ?? Infinity;
  await reread(context, header, "detect", anomalies, ({ row }) => (record) => {
    if (row.revPerUnit <= threshold) return;
    writeAnomaly(anomalies, own, record, row.revPerUnit, statistics);
    anomalies.endRow();
  });
}
