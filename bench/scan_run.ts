/** A floor: reads a file and finds all of its structure, with one thread, and does nothing with it. `scan_run.ts <input> <delimiter>`. */
import { Kernel } from "../src/pipeline/kernel/kernel.ts";
import { WINDOW } from "../src/pipeline/kernel/memory_layout.ts";

const READ_BYTES = 1024 * 1024;
const PIECE_BYTES = 64 * 1024;

const [input, delimiter] = Deno.args;
const kernel = Kernel.acquire()!;
kernel.prepare({
  columns: 5,
  schemaColumns: [0, 1, 2, 3, 4],
  bytesMax: PIECE_BYTES,
  linesMax: 1,
  delimiter: delimiter.charCodeAt(0),
});
using file = Deno.openSync(input);
const window = kernel.bytes.subarray(WINDOW, WINDOW + READ_BYTES);
for (let count = file.readSync(window); count !== null; count = file.readSync(window)) {
  for (let at = WINDOW; at < WINDOW + count; at += PIECE_BYTES) {
    kernel.index(at, Math.min(at + PIECE_BYTES, WINDOW + count));
  }
}
