/**
 * A client that sends its whole request before it reads a byte, as Python's urllib does: whoever stops reading a
 * refused body hangs it.
 */
import type { Hono } from "hono";

/** An app behind a real server on a free port of 127.0.0.1. */
export interface Served extends AsyncDisposable {
  readonly port: number;
}

export function serve(app: Hono): Served {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, app.fetch);
  return { port: server.addr.port, [Symbol.asyncDispose]: () => server.shutdown() };
}

export interface RawResponse {
  status: number;
  headers: Headers;
  body: string;
}

/** How long a server may leave a client waiting before the test fails, instead of hanging with it. */
const WAIT_MS_MAX = 10_000;

/** One connection; requests go one after the other. */
export class RawClient implements Disposable {
  readonly #connection: Deno.TcpConn;
  #isOpen = true;
  #unread = "";

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  static async connect(port: number): Promise<RawClient> {
    return new RawClient(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Send a head, made of a request line and headers. */
  async sendHead(line: string, headers: Record<string, string>): Promise<void> {
    const fields = Object.entries({ host: "localhost", ...headers });
    const text = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    await this.send(`${line} HTTP/1.1\r\n${text}\r\n`);
  }

  async send(bytes: string | Uint8Array): Promise<void> {
    let rest = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    while (rest.length > 0) {
      rest = rest.subarray(await this.#inTime(this.#connection.write(rest)));
    }
  }

  /** Send bytes as chunks of the chunked coding; an empty one ends the body. */
  async sendChunk(bytes: Uint8Array): Promise<void> {
    await this.send(`${bytes.length.toString(16)}\r\n`);
    await this.send(bytes);
    await this.send("\r\n");
  }

  /** Read one response with a Content-Length. @throws {Error} if the connection ends before */
  async receive(): Promise<RawResponse> {
    const { status, headers } = await this.receiveHead();
    const length = Number(headers.get("content-length") ?? 0);
    while (this.#unread.length < length) await this.#read();
    const body = this.#unread.slice(0, length);
    this.#unread = this.#unread.slice(length);
    return { status, headers, body };
  }

  /** Read one response that has no body, or begin one. @throws {Error} if the connection ends before */
  async receiveHead(): Promise<Omit<RawResponse, "body">> {
    while (!this.#unread.includes("\r\n\r\n")) await this.#read();
    const end = this.#unread.indexOf("\r\n\r\n");
    const [first, ...lines] = this.#unread.slice(0, end).split("\r\n");
    this.#unread = this.#unread.slice(end + 4);
    const headers = new Headers(lines.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }));
    return { status: Number(first.split(" ")[1]), headers };
  }

  /** Say that no more will be sent. */
  endSending(): Promise<void> {
    return this.#connection.closeWrite();
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(65_536);
    const read = await this.#inTime(this.#connection.read(buffer));
    if (read === null) throw new Error("the connection ended before the response did");
    this.#unread += new TextDecoder("latin1").decode(buffer.subarray(0, read));
  }

  /** Giving up closes the connection, which ends whatever waits on it. */
  async #inTime<T>(work: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this[Symbol.dispose](), WAIT_MS_MAX);
    try {
      return await work;
    } catch (error) {
      if (!this.#isOpen) {
        throw new Error(`the server let us wait ${WAIT_MS_MAX} ms`, { cause: error });
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  [Symbol.dispose](): void {
    if (this.#isOpen) this.#connection.close();
    this.#isOpen = false;
  }
}
