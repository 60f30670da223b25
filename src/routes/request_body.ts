/**
 * The body of a request, read in large pieces, watched while it comes, and cancelled when nobody wants the rest.
 *
 * - A byte stream is read into one buffer of `BODY_READ_BYTES`, again and again: memory stays flat at any body size. Small
 *   bodies are no byte streams in Deno and come as they are. The buffer must never get smaller: after a larger read,
 *   smaller ones make Deno copy what it holds again and again, and 1 GiB then takes 640 MB and a minute.
 * - Deno.serve has no time-outs. A body that stays below `BODY_RATE_BYTES_MIN` per window ends in 408; only the time
 *   spent waiting for the client counts, not the time in which a chunk is worked on.
 * - Cancelling makes Deno read and drop what the client still sends, so that a client that sends everything before it
 *   reads gets its answer. (Leaving a half-read body alone hangs such a client; `tests/routes/refusal_test.ts`.)
 */
import { BODY_RATE_BYTES_MIN, BODY_RATE_WINDOW_MS, BODY_READ_BYTES } from "../domain/limits.ts";
import { tooLarge } from "../tasks/submit.ts";
import { Problem } from "./problem.ts";

export interface BodySettings {
  /** The largest file; more is refused, at once when the client declares it, else when it comes. */
  bytesMax: number;
  /** What the body may have beside the file. */
  overheadBytesMax?: number;
  monotonicMs(): number;
  rateWindowMs?: number;
}

/**
 * The chunks of a body. A chunk is only valid until the next is asked for.
 *
 * @throws {InputError} `too-large`
 * @throws {Problem} `broken-body` if the client went away, `body-too-slow`
 */
export async function* readBody(
  request: Request,
  settings: BodySettings,
): AsyncGenerator<Uint8Array> {
  const { bytesMax, overheadBytesMax = 0 } = settings;
  const bodyBytesMax = bytesMax + overheadBytesMax;
  if (Number(request.headers.get("content-length") ?? 0) > bodyBytesMax) throw tooLarge(bytesMax);
  if (request.body === null) return;
  const source = openSource(request.body);
  const watch = new RateWatch(settings, () => source.cancel());
  let bytes = 0;
  try {
    for (;;) {
      const chunk = await watch.over(source.read());
      if (watch.tooSlow) throw slowBody();
      if (chunk === null) return;
      bytes += chunk.length;
      if (bytes > bodyBytesMax) throw tooLarge(bytesMax);
      yield chunk;
    }
  } finally {
    await source.cancel();
  }
}

interface ByteSource {
  /** The next bytes, null at the end or once cancelled. @throws {Problem} `broken-body` */
  read(): Promise<Uint8Array | null>;
  /** Never throws. */
  cancel(): Promise<void>;
}

function openSource(body: ReadableStream<Uint8Array>): ByteSource {
  const byob = openByob(body);
  if (byob !== null) return largeReads(byob);
  const reader = body.getReader();
  return {
    read: () => reader.read().then(({ value }) => value ?? null, brokenBody),
    cancel: () => reader.cancel().catch(() => {}),
  };
}

function largeReads(reader: ReadableStreamBYOBReader): ByteSource {
  let buffer = new ArrayBuffer(BODY_READ_BYTES);
  return {
    read: () =>
      reader.read(new Uint8Array(buffer)).then(({ value, done }) => {
        if (done) return null;
        buffer = value.buffer;
        return value;
      }, brokenBody),
    cancel: () => reader.cancel().catch(() => {}),
  };
}

function openByob(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: "byob" });
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** Measures what a client sends while it is waited for, in windows; ends the wait when a window had too little. */
class RateWatch {
  readonly #windowMs: number;
  readonly #monotonicMs: () => number;
  readonly #giveUp: () => void;
  #waitedMs = 0;
  #bytes = 0;
  tooSlow = false;

  constructor(settings: BodySettings, giveUp: () => void) {
    this.#windowMs = settings.rateWindowMs ?? BODY_RATE_WINDOW_MS;
    this.#monotonicMs = settings.monotonicMs;
    this.#giveUp = giveUp;
  }

  /** Wait for one read. When `tooSlow` is true afterwards, it was given up. */
  async over(read: Promise<Uint8Array | null>): Promise<Uint8Array | null> {
    let start = this.#monotonicMs();
    let timer = setTimeout(() => {
      start = this.#monotonicMs();
      if (this.#endWindow()) timer = setTimeout(() => this.#endWindow(), this.#windowMs);
    }, this.#windowMs - this.#waitedMs);
    try {
      const chunk = await read;
      if (chunk === null) return null;
      this.#bytes += chunk.length;
      this.#waitedMs += this.#monotonicMs() - start;
      if (this.#waitedMs >= this.#windowMs) this.#endWindow();
      return chunk;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Judge the window; true: enough came, and a new one begins. */
  #endWindow(): boolean {
    if (this.#bytes < BODY_RATE_BYTES_MIN) {
      this.tooSlow = true;
      this.#giveUp();
      return false;
    }
    this.#waitedMs = 0;
    this.#bytes = 0;
    return true;
  }
}

function slowBody(): Problem {
  return new Problem("body-too-slow", "Send the file again over a faster connection.", {
    headers: { connection: "close" },
  });
}

function brokenBody(): never {
  throw new Problem(
    "broken-body",
    "The connection ended before the whole body had come. Send it again.",
  );
}
