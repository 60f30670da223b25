/** The limits that decide what bytes an artifact has, gathered so that tests can make them tiny. */
import {
  BAD_RATIO_ROWS_MIN,
  BLOCK_BYTES,
  CELL_BYTES_MAX,
  COLUMNS_MAX,
  RAW_BYTES_MAX,
  RECORD_BYTES_MAX,
  RECORD_LINES_MAX,
  REGIONS_MAX,
} from "../domain/limits.ts";

/** See `src/domain/limits.ts` for the reason of each. */
export interface PipelineLimits {
  recordBytesMax: number;
  recordLinesMax: number;
  cellBytesMax: number;
  columnsMax: number;
  regionsMax: number;
  blockBytes: number;
  badRatioRowsMin: number;
  rawBytesMax: number;
}

/** What the product runs with. */
export const PIPELINE_LIMITS: Readonly<PipelineLimits> = {
  recordBytesMax: RECORD_BYTES_MAX,
  recordLinesMax: RECORD_LINES_MAX,
  cellBytesMax: CELL_BYTES_MAX,
  columnsMax: COLUMNS_MAX,
  regionsMax: REGIONS_MAX,
  blockBytes: BLOCK_BYTES,
  badRatioRowsMin: BAD_RATIO_ROWS_MIN,
  rawBytesMax: RAW_BYTES_MAX,
};
