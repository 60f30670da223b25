// Where everything stands in linear memory. `../memory_layout.ts` says the same to TypeScript: change both.
//
// All areas but the last have a fixed place and size; the heap of regions grows behind them. Pages that a run never touches
// cost no memory, so areas are as large as their worst case.

// @ts-ignore: decorator
@inline export const KIB: usize = 1024;
/** Of the processor's caches. */
export const LINE_BYTES: usize = 64;

/** 128 bits of each power of ten from 10^POWER_MIN to 10^324: `../powers_table.ts`. */
export const DECIMAL_POWERS: usize = 32 * KIB;
export const POWER_MIN: i32 = -292;
/** The digits of a number in work, and as many bytes behind them. */
export const DIGITS: usize = 48 * KIB;
/** A number in work without the marks between its groups; up to thirty-two bytes before it are read. */
export const UNSPACED: usize = 50 * KIB;
/** Of each mask of where points are in the first of two cells, then in the second: see `initTables`. */
export const POINT_TABLES: usize = 52 * KIB;
export const POINT_TABLE_BYTES: usize = 4 * KIB;
/** Four tables of sixteen bytes: see `text.ts`. */
export const UTF8_TABLES: usize = 60 * KIB;

/** Results of the last call, see `Status`. */
export const STATUS: usize = 64 * KIB;
/** The index of each schema column, in the order of `Field`. */
export const COLUMN_MAP: usize = 68 * KIB;
/** Of each byte from 80 to FF of a single-byte encoding: its UTF-8, the first byte lowest, and in the highest byte how many these are. */
export const SINGLE_BYTES: usize = 69 * KIB;
/** Start and end of the schema cells of a faulty record, in the order of the file; then the units of one of them. */
export const FAULTY_CELLS: usize = 73 * KIB;
export const FAULTY_UNITS: usize = FAULTY_CELLS + 64;
/** The currency that is taken off numbers: at most eight bytes. */
export const CURRENCY_FORM: usize = FAULTY_CELLS + 128;
/** Vectors of one byte each: delimiter, line feed, carriage return, quote. */
export const MARKS: usize = 72 * KIB;
/** Powers of ten as i64, 10^0 to 10^18, then as doubles, 10^0 to 10^22, then the largest i64 that each power leaves safe. */
export const POWERS: usize = 74 * KIB;
/** Moments: 2,048 bins of young sums, then as many of old ones. */
export const YOUNG: usize = 80 * KIB;
export const OLD: usize = 208 * KIB;
/** A text that TypeScript hands over (a region's name), or that is handed to it (transcoded, say). */
export const TEXT: usize = 336 * KIB;
export const TEXT_BYTES_MAX: usize = 1024 * KIB;

/** Rows of the cleaned file on their way to TypeScript: where a text stands only in other calls. */
export const CLEANED: usize = TEXT;
export const CLEANED_BYTES: usize = TEXT_BYTES_MAX;

/** Rows of one `decode`. */
export const ROWS: usize = 1360 * KIB;
export const ROW_BYTES: usize = 64;
export const ROWS_MAX: u32 = 4096;
/**
 * Sums that left 64 bits, on their way to TypeScript: at most one for each number of each row. Of each region that TEXT holds they may be as many, 1,152 KiB in
 * all, over what follows and into CANDIDATES: nothing of that is of use any more when regions are imported.
 */
export const SPILLS: usize = 1616 * KIB;
export const SPILL_BYTES: usize = 24;
/** Which of ROWS are faulty records: an u32 each, at most ROWS_MAX. */
export const FAULTY: usize = 2208 * KIB;
/** What TypeScript says of rejects: see `RejectColumn` and `RejectText`. */
export const REJECT_TEXTS: usize = 2224 * KIB;
/** Records that may be anomalies, on their way to TypeScript. */
export const CANDIDATES: usize = 2240 * KIB;
export const CANDIDATES_BYTES: usize = 1024 * KIB;

/** Rows of the rejects file with gaps, on their way to TypeScript or back; then their gaps, at most ROWS_MAX. No candidates stand there by then. */
export const REJECTS: usize = CANDIDATES;
export const REJECTS_BYTES: usize = 768 * KIB;
export const GAPS: usize = REJECTS + REJECTS_BYTES;
/** The same rows with their gaps filled, each with 42 bytes at most: where a text stands only in other calls. */
export const FILLED: usize = TEXT;

/** Hashes of regions that are about to be asked for, then their entries: see `regions.ts`. */
export const WARM: usize = 3264 * KIB;
export const WARM_MAX: u32 = 64;
/** Entries of the regions of rows that are about to be added. */
export const ENTRIES: usize = 3265 * KIB;
/** Regions with short names that came by lately: see `familiarRegionOf`. */
export const FAMILIAR: usize = 3266 * KIB;
export const FAMILIAR_LOG: u32 = 7;

/** Revenues of the rows of a batch, then their quantities, as doubles: see `columns.ts`. */
export const VALUES: usize = 3268 * KIB;
export const BATCH_MAX: usize = 128;

/** What the names of regions begin with, and the bounds of ranges of them: see `order.ts`. */
export const PREFIX: usize = 3280 * KIB;
export const BOUNDS: usize = 3296 * KIB;

/** The bytes in work. Sixteen bytes before may be read, and 63 behind (`structure.ts`). */
export const WINDOW: usize = 3328 * KIB;
export const WINDOW_BYTES: usize = 1536 * KIB;
/** Of each column what it is, a byte: see `ColumnKind`. */
export const COLUMN_KINDS: usize = 4872 * KIB;

/** Input that isn't UTF-8, to be transcoded: three times as much fits into TEXT. */
export const RAW: usize = 4880 * KIB;
export const RAW_BYTES: usize = 240 * KIB;

/** Offsets of delimiters, of line feeds outside quotes and of the carriage returns in front of those; one more stands before the first. */
export const SEPARATORS: usize = 5120 * KIB;
/** Of each line feed: which separator it is. */
export const LINES: usize = 11520 * KIB;
/** Offsets of quotes that open a cell or are text in a cell without quotes, and of carriage returns without a line feed. */
export const SPECIALS: usize = 17920 * KIB;
/** Offsets of line feeds in quotes. */
export const INNER_LINES: usize = 24320 * KIB;

/** Rows of an artifact on their way to TypeScript: where the index stands, which is of no use by then. */
export const OUTPUT: usize = SEPARATORS;
export const OUTPUT_BYTES: usize = 4096 * KIB;

/** Regions: slots of the hash table, regions and their names, as they come. */
export const HEAP: usize = 30720 * KIB;

/** What stands in STATUS. */
export namespace Status {
  /** u32: rows in ROWS. */
  export const ROWS_DECODED: usize = STATUS;
  /** u32: address where the next record begins. */
  export const POSITION: usize = STATUS + 4;
  /** u32: line ends passed since `index` was first called. */
  export const LINE: usize = STATUS + 8;
  /** u32: spills in SPILLS. */
  export const SPILLS: usize = STATUS + 12;
  /** u32: bytes in CANDIDATES. */
  export const CANDIDATES: usize = STATUS + 16;
  /** u32: regions. */
  export const REGIONS: usize = STATUS + 20;
  /** f64: the largest revenue per unit. */
  export const HIGHEST: usize = STATUS + 24;
  /** u32: the entry of the region that came first. */
  export const FIRST_REGION: usize = STATUS + 32;
  /** u32: bytes in TEXT after `exportRegions`. */
  export const EXPORTED: usize = STATUS + 36;
  /** u32: entries in the list that `sortRegions` or `sampleRegions` made. */
  export const SORTED: usize = STATUS + 40;
  /** u32: bytes in OUTPUT, or in CLEANED. */
  export const WRITTEN: usize = STATUS + 64;
  /** u32: rows there. */
  export const ROWS_WRITTEN: usize = STATUS + 68;
  /** u32: rows in FAULTY. */
  export const FAULTY: usize = STATUS + 72;
  /** u32: rows that the last `aggregate` added. */
  export const ADDED: usize = STATUS + 76;
  /** u32 of each bit of Row.CHANGES: cells of the rows that the last `aggregate` added. */
  export const CHANGED: usize = STATUS + 80;
  /** u32: bytes that were transcoded last. */
  export const TRANSCODED: usize = STATUS + 148;
  /** u32: bytes in REJECTS, and in FILLED. */
  export const REJECTS: usize = STATUS + 152;
  export const FILLED: usize = STATUS + 156;
  /** u32 of each kind of fault: rows in REJECTS that have it first, and their cells that have it. */
  export const REJECTED: usize = STATUS + 160;
  export const FAULTS: usize = STATUS + 176;
}

/** Number fields: revenue, quantity, discount. */
export const NUMBERS: usize = 3;

/** The schema's fields; text first. */
export namespace Field {
  export const REGION: u32 = 0;
  export const PRODUCT: u32 = 1;
  export const REVENUE: u32 = 2;
  export const QUANTITY: u32 = 3;
  export const DISCOUNT: u32 = 4;
  export const COUNT: u32 = 5;
}

/** What a column is to an artifact: left out, text, or one of the numbers, in their order. */
export namespace ColumnKind {
  export const NOT_OWN: u32 = 0;
  export const FIRST_NUMBER: u32 = 2;
}

/** A decoded row in ROWS. */
export namespace Row {
  export const REGION: usize = 0; // u32 address
  export const REGION_BYTES: usize = 4; // u32
  export const UNITS: usize = 8; // 3 x i64: revenue, quantity, discount
  export const QUOTIENT: usize = 32; // f64: revenue per unit
  export const SCALES: usize = 40; // 3 x u8
  export const FLAGS: usize = 43; // u8: QUOTED, or 0
  export const QUOTED: u8 = 1; // the record has quotes
  export const START: usize = 44; // u32 address of the record
  export const END: usize = 48; // u32 address of its line end
  export const SEPARATOR: usize = 52; // u32: which separator is its first
  export const LINE: usize = 56; // u32: line ends before it
  export const CHANGES: usize = 60; // u32, see `Changes`
}

/** What was taken off the cells of a row before they were read: a bit for each kind and field. */
export namespace Changes {
  export const TRIMMED: u32 = 1; // white space, off the cell of field f: shifted by f
  export const CURRENCY: u32 = 1 << 5; // a currency, off number n: shifted by n
  export const THOUSANDS: u32 = 1 << 8; // marks between groups of three digits (commas or points, spaces, apostrophes), likewise
  export const DECIMAL_COMMA: u32 = 1 << 11; // a comma in the place of the point, likewise
  export const PERCENT: u32 = 1 << 14; // number n is a percentage, and was divided by 100: shifted by n
  export const COUNT: u32 = 17;
}

/** The schema's columns in the order of the file. */
export namespace RejectColumn {
  /** u32: how many; none if no record is rejected here. */
  export const COUNT: usize = REJECT_TEXTS;
  export const LIST: usize = REJECT_TEXTS + 16;
  export const BYTES: usize = 12;
  export const INDEX: usize = 0; // u32
  export const FIELD: usize = 4; // u32
  export const LETTER: usize = 8; // u32: a to z, with which its label begins as labels are compared; else 0
}

/** What a row says of the first fault in each of these columns, for each kind of fault. */
export namespace RejectText {
  export const LIST: usize = REJECT_TEXTS + 128;
  export const BYTES: usize = 256;
  export const BEFORE_BYTES: usize = 0; // u8
  export const AFTER_BYTES: usize = 1; // u8
  export const BEFORE: usize = 16; // the cells before the one that is shown
  export const AFTER: usize = 64; // those behind it
}

/** What belongs in a gap. */
export namespace Gap {
  export const AT: usize = 0; // u32: so many bytes stand before it
  export const LINE: usize = 4; // u32
  export const RECORD: usize = 8; // u32
  export const BYTES: usize = 12;
}
