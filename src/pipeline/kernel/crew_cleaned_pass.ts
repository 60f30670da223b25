/**
 * The pass for the accepted rows by all threads: each writes segments as it becomes free, and this one puts them into the artifact in the order of the grid.
 *
 * The buffers in which they come go round: memory that a thread touches for the first time costs as much as what it writes there.
 */
import { ArtifactStream } from "../artifacts/artifact_stream.ts";
import { changedInput } from "../run/changed_input.ts";
import type { RunContext } from "../run/run_context.ts";
import type { Crew } from "./crew.ts";
import { giveBack } from "./give_back.ts";
import { OrderedResults, SELF } from "./ordered_results.ts";
import type { CleanOrder, SegmentRange, SegmentRows, Share } from "./share.ts";
import { WaitingBytes } from "./waiting_bytes.ts";

/** Segments for each thread that may be written ahead of the one that is next. */
const AHEAD_MAX = 4;
/** Room for the rows of a segment, beyond its own size: what is quoted or padded with zeros nowhere is no longer than it was. */
const SPARE_BYTES = 64 * 1024;

/** Sizes, of which tests make some tiny. */
export interface CleanedPassSizes {
  segmentBytes: number;
  /** Bytes of rows for each thread that may wait. */
  waitingBytesMax: number;
}

/**
 * Write the accepted rows.
 *
 * @param own what this thread does
 * @param segments all of them, in the order of the grid
 * @throws {OperatingError} `input-damaged` if it isn't the same input any more
 */
export async function crewCleanedPass(
  { run, clock, meter, tally }: RunContext,
  crew: Crew,
  own: Share,
  segments: readonly SegmentRange[],
  { segmentBytes, waitingBytesMax }: CleanedPassSizes,
  cleaned: ArtifactStream,
): Promise<void> {
  const results = new OrderedResults<SegmentRows>(crew.size);
  const waiting = new WaitingBytes(waitingBytesMax);
  const free: Uint8Array<ArrayBuffer>[] = [];
  let next = 0;
  const orderOf = (index: number): CleanOrder => {
    const { start, to } = segments[index];
    return { start, to, room: free.pop() ?? new Uint8Array(segmentBytes + SPARE_BYTES) };
  };
  clock.beginPass();
  for (let index = 0; index < segments.length; index++) {
    run.signal?.throwIfAborted();
    while (!results.has(index)) {
      const atOnceMax = waiting.limit(AHEAD_MAX);
      const last = Math.min(segments.length, index + atOnceMax * (crew.size + 1));
      while (next < last) {
        const member = results.idlest();
        if (results.waiting(member) >= atOnceMax) break;
        const asked = next++;
        results.expect(asked, member, crew.ask(member, "clean", orderOf(asked)));
      }
      if (next < last) {
        const taken = next++;
        results.put(taken, SELF, own.clean(orderOf(taken)));
        await crew.answers();
      } else {
        clock.beginRecord();
        await results.arrival(index);
        clock.lap("write");
      }
    }
    const { bytes, rows } = results.take(index).result;
    const read = (segments[index + 1]?.start ?? run.input.bytes) - segments[index].start;
    waiting.weigh(bytes.length * segmentBytes / Math.max(1, read));
    await clock.write(() => cleaned.append(bytes, rows));
    free.push(new Uint8Array(bytes.buffer));
    meter.read(read);
  }
  giveBack(...free);
  clock.endPass();
  if (cleaned.rows !== tally.rowsAccepted) throw changedInput();
}
