/** Where things stand in the kernel's linear memory: what `assembly/layout.ts` says, for TypeScript. Change both. */

const KIB = 1024;

export const DECIMAL_POWERS = 32 * KIB;

export const STATUS = 64 * KIB;
/** Fields of the status: indices of 32-bit words, but for the double at `HIGHEST_AT`. */
export const ROWS_DECODED = 0;
export const POSITION = 1;
export const LINE = 2;
export const SPILLS_COUNT = 3;
export const CANDIDATES_LENGTH = 4;
export const REGIONS_COUNT = 5;
export const FIRST_REGION = 8;
export const EXPORTED_LENGTH = 9;
export const SORTED_COUNT = 10;
/** Of what the kernel wrote last. */
export const WRITTEN_LENGTH = 16;
export const ROWS_WRITTEN = 17;
/** Of the last `decode`. */
export const FAULTY_COUNT = 18;
/** By the last `aggregate`. */
export const ROWS_ADDED = 19;
/** Of each change that the kernel counts: see `COUNTED_CHANGES`. */
export const CHANGED_COUNTS = 20;
/** Of what was transcoded last. */
export const TRANSCODED_LENGTH = 37;
/** Bytes of rows with gaps that the kernel wrote last, and of those that it filled. */
export const REJECTS_LENGTH = 38;
export const FILLED_LENGTH = 39;
/** Of each kind of fault, in the order of `reject_texts.ts`: rows, and cells. */
export const REJECTED_COUNTS = 40;
export const FAULT_COUNTS = 44;
export const STATUS_WORDS = 48;
export const HIGHEST_AT = STATUS + 24;

export const COLUMN_MAP = 68 * KIB;
export const SINGLE_BYTES = 69 * KIB;
export const CURRENCY_FORM = 73 * KIB + 128;
export const TEXT = 336 * KIB;
export const FILLED = TEXT;
export const CLEANED = TEXT;
export const OLD_MOMENTS = 208 * KIB;
export const MOMENT_BINS = 2_048;

export const ROWS = 1_360 * KIB;
export const ROW_BYTES = 64;
export const ROWS_MAX = 4_096;
/** Within a row. */
export const ROW_QUOTED = 43;
export const ROW_START = 44;
export const ROW_END = 48;
export const ROW_SEPARATOR = 52;
export const ROW_LINE = 56;

export const SPILLS = 1_616 * KIB;
export const SPILL_BYTES = 24;

export const FAULTY = 2_208 * KIB;

export const REJECT_TEXTS = 2_224 * KIB;
/** Within what stands there: the columns, and their texts. */
export const REJECT_COLUMN_LIST = 16;
export const REJECT_COLUMN_BYTES = 12;
export const REJECT_TEXT_LIST = 128;
export const REJECT_TEXT_BYTES = 256;
/** Within a text. */
export const TEXT_BEFORE = 16;
export const TEXT_AFTER = 64;

export const CANDIDATES = 2_240 * KIB;
export const REJECTS = CANDIDATES;
export const REJECTS_BYTES = 768 * KIB;
export const GAPS = REJECTS + REJECTS_BYTES;
/** Numbers of a gap: the bytes before it, line, record. */
export const GAP_WORDS = 3;
export const GAPS_MAX = 4_096;
export const SEPARATORS = 5_120 * KIB;
export const OUTPUT = SEPARATORS;

export const PREFIX = 3_280 * KIB;
export const PREFIX_BYTES_MAX = 16 * KIB;
export const BOUNDS = 3_296 * KIB;
export const BOUNDS_MAX = 4_096;

/** Of a plain record and its columns, so that what is written of it fits into `CANDIDATES` and `CLEANED`, were all of it quotes that are doubled. */
export const RECORD_BYTES_MAX = 256 * KIB;
export const COLUMNS_MAX = 4_096;

export const COLUMN_KINDS = 4_872 * KIB;
/** Kinds of columns: left out of artifacts, text, the first of the numbers. */
export const COLUMN_NOT_OWN = 0;
export const COLUMN_TEXT = 1;
export const COLUMN_FIRST_NUMBER = 2;

export const RAW = 4_880 * KIB;
export const RAW_BYTES = 240 * KIB;

export const WINDOW = 3_328 * KIB;
export const WINDOW_BYTES = 1_536 * KIB;

/** Within the entry of a region, at which its name begins, unless it is a long one. */
export const ENTRY_LONG_NAME = 64;
export const SHORT_NAME_BYTES_MAX = 16;
export const ENTRY_SUMS = 16;
export const ENTRY_ROWS = 40;
export const ENTRY_LONG_SUMS = 44;
export const ENTRY_NAME_BYTES = 48;
export const ENTRY_SCALES = 60;
export const ENTRY_KIND = 63;
export const ENTRY_BEYOND = 2;
/** Within the sums of long numbers: whole units, then fractions. */
export const LONG_SUM_FRACTIONS = 24;
export const LONG_SUM_SCALE = 18;
