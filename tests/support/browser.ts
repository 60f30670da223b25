/**
 * A real browser: headless Chromium, driven over the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/).
 *
 * One process with its own empty profile; each `Page` lives in a browser context of its own, so that pages share
 * nothing. The browser reaches 127.0.0.1 only. A page collects every fault that it reports: uncaught errors, console
 * errors and warnings, violations of the content security policy, failed requests, dialogs.
 */
import { join } from "node:path";
import { until } from "./deadline.ts";

const NAMES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The path of a Chromium on this machine; null when there is none. `CHROMIUM` overrides. */
export function findChromium(): string | null {
  const candidates = [Deno.env.get("CHROMIUM") ?? "", ...NAMES].filter(Boolean);
  return candidates.find(exists) ?? null;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

type Params = Record<string, unknown>;
// deno-lint-ignore no-explicit-any -- answers have the shapes of the protocol's documentation
type Answer = any;

/** One WebSocket with numbered calls, and events per session. */
class Connection {
  #calls = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
  #listeners = new Map<string, (method: string, params: Answer) => void>();
  #closed = Promise.withResolvers<void>();
  #next = 1;

  private constructor(readonly socket: WebSocket) {
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = () => {
      for (const call of this.#calls.values()) call.reject(new Error("the browser went away"));
      this.#calls.clear();
      this.#closed.resolve();
    };
  }

  static async open(url: string): Promise<Connection> {
    const connection = new Connection(new WebSocket(url));
    await new Promise((resolve, reject) => {
      connection.socket.onopen = resolve;
      connection.socket.onerror = () => reject(new Error(`${url} can't be opened`));
    });
    return connection;
  }

  #receive({ id, result, error, method, params, sessionId }: Answer): void {
    if (id === undefined) return this.#listeners.get(sessionId ?? "")?.(method, params);
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (error) call?.reject(new Error(error.message));
    else call?.resolve(result);
  }

  call(method: string, params: Params = {}, sessionId?: string): Promise<Answer> {
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#calls.set(id, { resolve, reject });
    this.socket.send(JSON.stringify({ id, method, params, sessionId }));
    return promise;
  }

  listen(sessionId: string, listener: (method: string, params: Answer) => void): void {
    this.#listeners.set(sessionId, listener);
  }

  get closed(): Promise<void> {
    return this.#closed.promise;
  }
}

export interface PageSettings {
  width?: number;
  height?: number;
  dark?: boolean;
  /** Where files go that are downloaded. */
  downloads?: string;
}

/** One tab. Expressions are JavaScript, evaluated in it, and answer by value. */
export class Page {
  /** What went wrong, as `kind: text`, oldest first. */
  readonly faults: string[] = [];

  constructor(readonly connection: Connection, readonly session: string) {
    connection.listen(session, (method, params) => this.#note(method, params));
  }

  #note(method: string, params: Answer): void {
    if (method === "Runtime.exceptionThrown") {
      this.faults.push(`exception: ${params.exceptionDetails.exception?.description}`);
    } else if (method === "Runtime.consoleAPICalled" && /^(error|warning)$/.test(params.type)) {
      this.faults.push(`console: ${params.args.map((arg: Answer) => arg.value).join(" ")}`);
    } else if (method === "Log.entryAdded" && params.entry.level !== "verbose") {
      this.faults.push(`${params.entry.source}: ${params.entry.text}`);
    } else if (method === "Page.javascriptDialogOpening") {
      this.faults.push(`dialog: ${params.message}`);
    }
  }

  call(method: string, params: Params = {}): Promise<Answer> {
    return this.connection.call(method, params, this.session);
  }

  async goto(url: string): Promise<void> {
    const { errorText } = await this.call("Page.navigate", { url });
    if (errorText) throw new Error(`${url}: ${errorText}`);
    await this.until("document.readyState === 'complete'");
  }

  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.call("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? expression);
    return result.value;
  }

  /** Wait until an expression is truthy. @throws {Error} after 10 s, with what the page shows */
  async until(expression: string): Promise<void> {
    try {
      await until(expression, () => this.evaluate<boolean>(`Boolean(${expression})`));
    } catch (error) {
      const shown = await this.evaluate("document.body?.innerText");
      throw new Error(`${(error as Error).message}; the page shows:\n${shown}`, { cause: error });
    }
  }

  /** The text of the first element that a selector finds, white space as one space; null when there is none. */
  text(selector: string): Promise<string | null> {
    return this.evaluate(
      `document.querySelector(${
        JSON.stringify(selector)
      })?.textContent.replace(/\\s+/g, " ").trim() ?? null`,
    );
  }

  /** The cells of a table's body, row by row. */
  cells(selector: string): Promise<string[][]> {
    return this.evaluate(
      `[...document.querySelectorAll(${JSON.stringify(`${selector} tbody tr`)})]` +
        `.map((row) => [...row.children].map((cell) => cell.textContent))`,
    );
  }

  async click(selector: string): Promise<void> {
    await this.until(`document.querySelector(${JSON.stringify(selector)})?.checkVisibility()`);
    const { x, y } = await this.#middle(selector);
    const at = { x, y, button: "left", clickCount: 1 };
    await this.call("Input.dispatchMouseEvent", { type: "mousePressed", ...at });
    await this.call("Input.dispatchMouseEvent", { type: "mouseReleased", ...at });
  }

  #middle(selector: string): Promise<{ x: number; y: number }> {
    return this.evaluate(`(() => {
      const found = document.querySelector(${JSON.stringify(selector)});
      found.scrollIntoView({ block: "center" });
      const { x, y, width, height } = found.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    })()`);
  }

  /** Choose files in a file input, as the system's dialog would. */
  async choose(selector: string, files: readonly string[]): Promise<void> {
    const { result } = await this.call("Runtime.evaluate", {
      expression: `document.querySelector(${JSON.stringify(selector)})`,
    });
    await this.call("DOM.setFileInputFiles", { files, objectId: result.objectId });
  }

  /** Drag files from the desktop onto an element and let go. */
  async drop(selector: string, files: readonly string[]): Promise<void> {
    const { x, y } = await this.#middle(selector);
    const data = { items: [], files, dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"]) {
      await this.call("Input.dispatchDragEvent", { type, x, y, data });
    }
  }

  /** A picture of the whole page as PNG. */
  async screenshot(): Promise<Uint8Array> {
    const { data } = await this.call("Page.captureScreenshot", { captureBeyondViewport: true });
    return Uint8Array.fromBase64(data);
  }
}

export class Browser {
  private constructor(
    private readonly child: Deno.ChildProcess,
    private readonly profile: string,
    private readonly connection: Connection,
  ) {}

  /** Start Chromium. @param path as `findChromium` says */
  static async start(path: string): Promise<Browser> {
    const profile = await Deno.makeTempDir({ prefix: "datatasker_browser_" });
    const child = new Deno.Command(path, {
      args: [
        "--headless",
        "--hide-scrollbars",
        // It opens nothing but this service's own page, often as root in a container, where its sandbox can't start.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--remote-debugging-port=0",
        `--user-data-dir=${profile}`,
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      const [port, path] = await until("Chromium to listen", () => readLines(profile), 30_000);
      const connection = await Connection.open(`ws://127.0.0.1:${port}${path}`);
      return new Browser(child, profile, connection);
    } catch (error) {
      child.kill("SIGKILL");
      await child.status;
      await Deno.remove(profile, { recursive: true });
      throw error;
    }
  }

  async open(settings: PageSettings = {}): Promise<Page> {
    const { browserContextId } = await this.connection.call("Target.createBrowserContext");
    if (settings.downloads !== undefined) {
      await this.connection.call("Browser.setDownloadBehavior", {
        behavior: "allow",
        browserContextId,
        downloadPath: settings.downloads,
      });
    }
    const { targetId } = await this.connection.call("Target.createTarget", {
      url: "about:blank",
      browserContextId,
    });
    const { sessionId } = await this.connection.call("Target.attachToTarget", {
      targetId,
      flatten: true,
    });
    const page = new Page(this.connection, sessionId);
    for (const domain of ["Page", "Runtime", "Log"]) await page.call(`${domain}.enable`);
    await page.call("Emulation.setDeviceMetricsOverride", {
      width: settings.width ?? 1200,
      height: settings.height ?? 900,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await page.call("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value: settings.dark ? "dark" : "light" }],
    });
    return page;
  }

  /** Ask it to end, and wait until its process is gone and its profile removed. */
  async close(): Promise<void> {
    const deadline = setTimeout(() => this.child.kill("SIGKILL"), 5_000);
    await this.connection.call("Browser.close").catch(() => {});
    await this.child.status;
    clearTimeout(deadline);
    await this.connection.closed;
    // Its own children may still be writing into the profile.
    await until(
      "the profile to be removed",
      () => Deno.remove(this.profile, { recursive: true }).then(() => true, () => false),
    );
  }
}

/** The port and path that Chromium writes once it listens; null before. */
async function readLines(profile: string): Promise<[string, string] | null> {
  try {
    const [port, path] = (await Deno.readTextFile(join(profile, "DevToolsActivePort"))).split("\n");
    return path ? [port, path.trim()] : null;
  } catch {
    return null;
  }
}
