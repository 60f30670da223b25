/** The pass for the accepted rows with the kernel: what `../run/cleaned_pass.ts` does, record by record, for many records at a time. */
import type { ArtifactStream } from "../artifacts/artifact_stream.ts";
import type { Header } from "../header/header.ts";
import { changedInput } from "../run/changed_input.ts";
import type { RunContext } from "../run/run_context.ts";
import { readText } from "../run/source.ts";
import { CleanedTaker } from "./cleaned_taker.ts";
import type { Kernel } from "./kernel.ts";
import { kernelDecoderOf } from "./kernel_decoder.ts";
import { readingOf } from "./reading.ts";
import { RecordWalk, type WalkSizes } from "./record_walk.ts";
import { RereadVisitor } from "./reread_visitor.ts";

/**
 * Write the accepted rows. The kernel must still be prepared for the header.
 *
 * @throws {OperatingError} `input-damaged` if it isn't the same input any more
 */
export async function kernelCleanedPass(
  context: RunContext,
  kernel: Kernel,
  sizes: WalkSizes,
  header: Header,
  cleaned: ArtifactStream,
): Promise<void> {
  const { run, clock, meter, tally } = context;
  const reading = readingOf(run.input, context.numbers.formats, context.limits);
  const taker = new CleanedTaker(kernel, header, cleaned);
  const visitor = new RereadVisitor(context, kernel, reading, header, false, "write", taker);
  const walk = new RecordWalk(kernel, visitor, reading, clock, sizes, null);
  const decoder = kernelDecoderOf(reading.encoding, kernel);
  const onChunk = (bytes: number) => meter.read(bytes);
  clock.beginPass();
  for await (const text of readText(run.source, run.input, onChunk, decoder)) {
    for (let at = 0; at < text.length;) {
      at += walk.push(text, at);
      if (cleaned.isFull) await clock.write(() => cleaned.flush());
    }
  }
  walk.end();
  clock.endPass();
  if (visitor.accepted !== tally.rowsAccepted) throw changedInput();
}
