// The kernel: the stages over a window of bytes in linear memory. `../kernel.ts` calls it and says in which order.

import { setPercentages } from "./columns";
import { initTables } from "./number";
import { setColumns } from "./own_cells";
import { setHeader } from "./records";
import { setRejects } from "./rejects";
import { findRegion, rowsBeforeTotals, sampleRegions } from "./regions";
import { setDelimiter } from "./structure";

export {
  aggregate,
  exportRegions,
  importRegions,
  resetAggregate as reset,
  takeAway,
} from "./aggregate";
export { writeCleaned } from "./cleaned";
export { detect } from "./detect";
export { nextBin, settleMoments } from "./moments";
export { decode, index, resume, setLine } from "./records";
export { setCurrency } from "./amounts";
export { stopAtChanged } from "./columns";
export { fillGaps, reject } from "./rejects";
export { writeAnomalies } from "./findings";
export { writeSummary } from "./summary";
export { transcodeBytes, transcodeUnits } from "./transcode";
export { rangeOf, rangeStart, setOrder } from "./order";
export { countRegions, sortRegions } from "./sort";
export { findRegion, rowsBeforeTotals, sampleRegions };

/** Say what the records below a header are like; the index of each schema column stands in COLUMN_MAP, what each column is in COLUMN_KINDS. */
export function prepare(
  columns: u32,
  recordBytesMax: u32,
  recordLinesMax: u32,
  delimiter: u32,
  hasDecimalComma: bool,
  areDiscountsPercentages: bool,
): void {
  setDelimiter(delimiter);
  initTables(hasDecimalComma);
  setHeader(columns, recordBytesMax, recordLinesMax);
  setPercentages(areDiscountsPercentages);
  setColumns(columns, delimiter);
  setRejects(columns);
}
