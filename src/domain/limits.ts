/**
 * Every limit of the service: its name with the unit last, its value and the reason for it.
 *
 * Limits that a user may change are configuration (`src/config.ts`); what stands here is part of the
 * definition of the product, and most of it decides what bytes an artifact has. What only one method knows (the records
 * on which a dialect is judged, the size of a buffer) stands beside it, with its reason too.
 */

const KIB = 1024;
const MIB = 1024 * KIB;

// ---- What is read (these decide results: changing one changes artifacts) ----

/** One record, without its line end. A longer one is a quote that never closed, or no CSV at all. */
export const RECORD_BYTES_MAX = 1 * MIB;
/** Physical lines that one record may span through quoted line ends. */
export const RECORD_LINES_MAX = 1_000;
/** One cell as it stands in the file, quotes included. */
export const CELL_BYTES_MAX = 256 * KIB;
/** Cells in one record. Spreadsheets end at 16,384; sales exports stay below a hundred. */
export const COLUMNS_MAX = 4_096;
/** Distinct regions: about 0.5 kB each, so that the largest summary still fits a runner. */
export const REGIONS_MAX = 1_000_000;
/** Decoded input per block: the grid on which the error budget is looked at. */
export const BLOCK_BYTES = 1 * MIB;
/** Digits from the first one that is not zero; more is no measurement, and exact sums pay for each. */
export const NUMBER_DIGITS_MAX = 400;
/** The written decimal exponent of a number, either sign: `1e-100000000` would take seconds to add exactly. */
export const NUMBER_EXPONENT_MAX = 400;
/** Rows that must have been read before `max_bad_ratio` can end a task in mid-file: below, a ratio says little. */
export const BAD_RATIO_ROWS_MIN = 100;
/** Records that decide the decimal mark of each column, if they stand in the first block: some milliseconds' reading. */
export const SAMPLE_RECORDS_MAX = 10_000;
/** How much of a rejected record's text `_raw` keeps. */
export const RAW_BYTES_MAX = 64 * KIB;
/** A longer record isn't a footnote or a title; so what is set aside of them stays small. */
export const LONE_BYTES_MAX = 1_000;
/** Records that wait at a time for what follows them: footnotes are a few lines. */
export const ASIDE_RECORDS_MAX = 20;
/** Lines of skipped rows that a report lists for each kind: enough to look some up. */
export const SKIPPED_LINES_MAX = 100;
/** How many changed cells of a kind and column a report shows, and how much of each: enough to see the pattern. */
export const CHANGE_SAMPLES_MAX = 5;
export const EXCERPT_CHARACTERS_MAX = 100;
/** The largest k that makes sense: beyond it nothing is ever flagged in a file of 10,000 rows. */
export const K_MAX = 100;
/** The first bytes in which a NUL or a foreign signature means: this is no CSV. */
export const SNIFF_BYTES = 64 * KIB;
/** The first bytes that decide the encoding: an accent may be far from the header. Looking at them takes about 2 ms. */
export const ENCODING_BYTES = 1 * MIB;
/** The last line on which a header is believed to be: those of reports are within twenty. */
export const HEADER_LINE_MAX = 1_000;
/**
 * A cell above a label, in UTF-16 code units: a longer one is no group of columns, and joined to the labels of thousands it
 * would take minutes.
 */
export const HEADER_GROUP_LENGTH_MAX = 200;

// ---- Uploads ----

/** Uploads at the same time; each may hold some 2.5 MiB of buffers. More are asked to come back in a moment. */
export const UPLOADS_MAX = 100;
/** What one read of a file asks for, and one write of an upload brings: the fastest size for both. */
export const READ_BYTES = 1 * MIB;
export const WRITE_BYTES = 1 * MIB;
/** Written bytes of an upload after which the disk is asked to begin: it takes some 30 ms, and the rest goes on meanwhile. */
export const EARLY_SYNC_BYTES = 16 * MIB;
/**
 * What one read of a body asks for: what Deno hands over at once. Asking for more costs in proportion to what was asked
 * when less comes: a chunked body of 256 MiB took 10.7 s at 1 MiB, 1.4 s at 256 KiB, 0.2 s at this.
 */
export const BODY_READ_BYTES = 64 * KIB;
/** A client's file name, in UTF-16 code units: what common file systems allow. */
export const FILENAME_LENGTH_MAX = 255;
/** Multipart fields beside the file, and the bytes of each: all options together need a dozen short ones. */
export const FORM_FIELDS_MAX = 32;
export const FORM_FIELD_BYTES_MAX = 4 * KIB;
/** Of a form's boundary, in characters: what RFC 2046, section 5.1.1, allows. */
export const FORM_BOUNDARY_LENGTH_MAX = 70;
/** How much of each chunk's end the form parser gets as a copy: more than the longest field and boundary together. */
export const FORM_COPIED_TAIL_BYTES = 2 * FORM_FIELD_BYTES_MAX;
/** What a form's body may have beside the file: 32 fields with their headers (busboy: 16 KiB each), and some air. */
export const FORM_OVERHEAD_BYTES_MAX = 1 * MIB;
/**
 * Bytes given to a decompressor at once, and taken from it at once: memory is some of each, and the ratio is looked at
 * after each of the latter. Larger ones aren't faster.
 */
export const COMPRESSED_PIECE_BYTES = 64 * KIB;
export const DECOMPRESSED_CHUNK_BYTES = 64 * KIB;
/**
 * Decompressed bytes per compressed one, judged past so many of the former. Tables with anything in them stay below 160
 * (sales 4 to 15, one constant row with a counting number 150), the same row for ever reaches 170 to 410 in gzip,
 * zeros 1,030, and Zstandard's bombs 30,000. Filling `DATATASKER_UPLOAD_BYTES_MAX` thus costs its sender 20 MB.
 */
export const COMPRESSION_RATIO_MAX = 500;
export const COMPRESSION_RATIO_BYTES_MIN = 32 * MIB;
/** The memory a Zstandard frame may want: RFC 9659 promises this much; only --ultra and --long write more. */
export const ZSTD_WINDOW_BYTES_MAX = 8 * MIB;
/** A body slower than this over the window is given up: Deno.serve itself waits for ever. */
export const BODY_RATE_WINDOW_MS = 10_000;
export const BODY_RATE_BYTES_MIN = 10 * KIB;

// ---- Looking before a run ----

/** The head of a file that is inspected: as much as decides its encoding and its decimal marks, read in some 100 ms. */
export const INSPECT_BYTES_MAX = 1 * MIB;
/**
 * What of a head may be read again after quotes that are never closed. A file that is made for it would be read 1,000
 * times; one with a damaged row in a hundred doesn't come to this.
 */
export const INSPECT_RESCAN_BYTES_MAX = 4 * MIB;
/** Rows of it that are shown: a screenful. */
export const INSPECT_ROWS_MAX = 20;
/** Distinct values that are counted of a column: beyond, it is no list of categories. */
export const INSPECT_DISTINCT_MAX = 1_000;
/** Heads that are read at the same time, each by turns of so many milliseconds: all else waits for them in between. */
export const INSPECTIONS_MAX = 4;
export const INSPECT_TURN_MS = 10;

// ---- Attempts ----

/** Counted tries at one task before an operating error becomes final. */
export const ATTEMPTS_MAX = 5;
/** Waits before attempts 2 to 5, each give or take `RETRY_JITTER`. */
export const RETRY_WAITS_MS = [1_000, 5_000, 30_000, 120_000] as const;
export const RETRY_JITTER = 0.2;
/** Runner deaths on one task, seen by a living consumer that did not order them, before it is `poisoned`. */
export const CRASHES_MAX = 3;
/** Consumers lost under one task (death or shutdown) before it is `poisoned`. */
export const LOSSES_MAX = 20;

// ---- Consumers and runners ----

/** How long a claim holds without a heartbeat. */
export const LEASE_MS = 15_000;
/** How often a consumer renews its leases and records progress. */
export const HEARTBEAT_MS = 500;
/** How often a consumer looks at the ledger itself; bounds the wait when every doorbell is lost. */
export const POLL_MS = 250;
/** How often the reconciler looks for expired leases and leftover files. */
export const RECONCILE_MS = 3_000;
/** A busy runner that says nothing for this long hangs: it reports after every block, some 50 ms. */
export const RUNNER_SILENCE_MS_MAX = 60_000;
/** A started runner that isn't ready by then is given up. */
export const RUNNER_START_MS_MAX = 30_000;
/** Niceness of a runner (0 to 19): with 10 a request gets nine times the processor time that a busy thread gets. */
export const RUNNER_NICENESS = 10;
/** How long a runner that was told to stop has for its answer before it is killed: it looks after every block, some 10 to 50 ms. */
export const RUNNER_STOP_MS_MAX = 500;
/** V8 heap of a runner: 10,000 regions need 50 MB, a million about 500. */
export const RUNNER_HEAP_MIB_MAX = 2_048;
/** What one thread of a run may keep on disk while it lasts: room for the rows that may be anomalies of 6 GB of common data. */
export const SCRATCH_BYTES_MAX = 512 * MIB;
/** Attempts whose run is over and whose artifacts are being published: enough to share fsyncs, too few to be a burden. */
export const ENDING_ATTEMPTS_MAX = 16;
/** What is kept of a runner's standard error as evidence of its death. */
export const RUNNER_EVIDENCE_BYTES_MAX = 4 * KIB;
/** One line between a consumer and a runner: a result needs some 10 kB; a runner that says more is broken. */
export const RUNNER_LINE_BYTES_MAX = 1 * MIB;
/** How often a runner tells its progress: people see ten steps a second as motion. */
export const RUNNER_PROGRESS_MS_MIN = 100;
/** The wait before a runner that died without work is replaced; doubles up to the second value. */
export const RUNNER_RESTART_MS_MIN = 100;
export const RUNNER_RESTART_MS_MAX = 10_000;
/** Waits before a consumer repeats a write that the ledger refused; then the reconciler has to mend it. */
export const RECORD_WAITS_MS = [100, 500, 2_000] as const;
/** How long a consumer that stops waits for its tasks to be given back. */
export const CONSUMER_STOP_MS_MAX = 2_000;
/** How often leftover files are looked for: they only take room, and looking lists whole folders. */
export const SWEEP_MS = 60_000;
/** How long files must have been unknown to the ledger: an upload is, between its rename and its commit. */
export const ORPHAN_MS_MIN = 10 * 60_000;
/** Tasks asked about in one query of the sweep. */
export const SWEEP_PAGE_TASKS = 500;

// ---- Files and locks ----

/** How often something is made anew when the folder above it, empty for a moment, was tidied away meanwhile. */
export const MAKE_TRIES_MAX = 5;
/** How often a refused lock is asked for, and the wait between: those who only look hold it for microseconds. */
export const LOCK_TRIES_MAX = 5;
export const LOCK_PAUSE_MS = 20;

// ---- Queue ----

/**
 * Free space below which no ring goes into the KV file: Deno's listener panics, and the process with it, when
 * it can't write, and a ring lies there up to 100 ms while uploads fill a disk at most at 1 GB/s.
 */
export const QUEUE_FREE_BYTES_MIN = 256 * MIB;
/** Free space below which the service says that it isn't ready: the same, as rings then find no way through KV. */
export const READY_FREE_BYTES_MIN = QUEUE_FREE_BYTES_MIN;
/** Rings are gathered so long before they go into the KV file together: it delivers after 50 ms on average anyway. */
export const RING_GATHER_MS = 20;
/**
 * Rings that wait for their way into the KV file; more means that something blocks it, and KV itself waits for ever. So many
 * IDs fit one message (64 KiB).
 */
export const RINGS_WAITING_MAX = 1_000;
/** How long closing the queue waits for those on their way. */
export const DRAIN_RINGS_MS_MAX = 2_000;

// ---- HTTP ----

/** Rows of a list: the default and the most. */
export const PAGE_ROWS_DEFAULT = 20;
export const PAGE_ROWS_MAX = 100;
/** One read of an artifact on its way out: small, since a hundred downloads at once hold two each. */
export const SEND_BYTES = 256 * KIB;
/** How much of a faulty value an answer repeats, in UTF-16 code units: enough to recognise it. */
export const ECHO_LENGTH_MAX = 100;
/**
 * How much of a word "did you mean" looks at, in UTF-16 code units: comparing costs the product of both lengths, and a
 * header may have thousands of long labels.
 */
export const NEAREST_LENGTH_MAX = 64;
/** What `Retry-After` says while a task isn't final, in seconds. */
export const RETRY_AFTER_S = 1;

// ---- Shutdown: must end within 30 s ----

/** How long uploads in flight may go on after the first signal. */
export const DRAIN_UPLOADS_MS_MAX = 20_000;
/** How long open responses may go on after that. */
export const DRAIN_RESPONSES_MS_MAX = 3_000;
/**
 * Within this the same signal again is an echo, not a wish to exit at once: a terminal sends Ctrl-C to the whole process
 * group, and `npx` passes its own on, some 2 ms later.
 */
export const SIGNAL_ECHO_MS_MAX = 500;

// ---- The ledger ----

/** How long one write may block the event loop while another process holds the ledger's lock. */
export const LEDGER_BUSY_MS = 10;
/** The pause, with the event loop free, before the next try at a held lock; and the tries before giving up: 10 s in all. */
export const LEDGER_BUSY_PAUSE_MS = 10;
export const LEDGER_BUSY_TRIES_MAX = 500;
/** Operations that share one commit: some 10 ms of work, so that reads in between stay prompt. */
export const LEDGER_COMMIT_OPERATIONS_MAX = 64;
/** How long a write that nobody stands idle for waits for others, while writes come by the dozen: about one commit's time. */
export const LEDGER_GATHER_MS = 2;
/** What the write-ahead log is cut down to after a checkpoint; a burst can make it larger for a while. */
export const LEDGER_WAL_BYTES_KEPT = 16 * MIB;
/** Tasks that are kept as they were read, until something is written: those that are followed at one time, some kB each. */
export const TASK_VIEWS_KEPT = 256;
/** Rows per page when the whole ledger is verified: some 20 ms between two chances for other work. */
export const LEDGER_VERIFY_PAGE_ROWS = 500;
