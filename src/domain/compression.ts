/** How an upload may be compressed. What is stored is always decompressed. */

/** By their names as HTTP content codings. */
export const COMPRESSION_FORMATS = ["gzip", "zstd"] as const;

export type CompressionFormat = (typeof COMPRESSION_FORMATS)[number];

/** What an upload was before it was decompressed. */
export interface Compression {
  format: CompressionFormat;
  /** As sent. */
  bytes: number;
}
