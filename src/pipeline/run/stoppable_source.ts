/** A source that can be told to stop. */
import type { Source } from "./source.ts";

/** The same input; once the signal is aborted, asking for the next chunk throws its reason. */
export function stoppableSource(source: Source, signal: AbortSignal): Source {
  return { open: () => chunks(source, signal) };
}

async function* chunks(source: Source, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of source.open()) {
    signal.throwIfAborted();
    yield chunk;
  }
}
