/** The limits that decide what bytes an artifact has, gathered so that tests can make them tiny. */
import {
  ASIDE_RECORDS_MAX,
  BAD_RATIO_ROWS_MIN,
  BLOCK_BYTES,
  CELL_BYTES_MAX,
  COLUMNS_MAX,
  LONE_BYTES_MAX,
  RAW_BYTES_MAX,
  RECORD_BYTES_MAX,
  RECORD_LINES_MAX,
  REGIONS_MAX,
  SAMPLE_RECORDS_MAX,
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
  /** Bytes read again after quotes that were never closed; then no more is read. Infinite in a run. */
  rescanBytesMax: number;
  sampleRecordsMax: number;
  loneBytesMax: number;
  asideRecordsMax: number;
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
  rescanBytesMax: Infinity,
  sampleRecordsMax: SAMPLE_RECORDS_MAX,
  loneBytesMax: LONE_BYTES_MAX,
  asideRecordsMax: ASIDE_RECORDS_MAX,
};
