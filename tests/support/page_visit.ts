/** Visits to the page of a real service in a real browser. */
import { join } from "node:path";
import { Browser, findChromium, type Page, type PageSettings } from "./browser.ts";
import { type ServiceProcess, startService } from "./service_process.ts";

const chromium = findChromium();

/** A test that is skipped where there is no Chromium. */
export function pageTest(name: string, run: () => Promise<void>): void {
  Deno.test({ name, ignore: chromium === null, fn: run });
}

/** What a visitor has. */
export interface Visitor {
  open(hash?: string, settings?: PageSettings): Promise<Page>;
  /** Make a file to choose; its path. */
  file(name: string, content: string | Uint8Array): Promise<string>;
  folder: string;
  service(): ServiceProcess;
  restart(meanwhile: () => Promise<void>): Promise<void>;
}

/** The service, a browser and a folder of files to choose from, all gone afterwards. */
export async function visit(
  work: (visitor: Visitor) => Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "datatasker_page_" });
  const dataDir = join(folder, "data");
  let service = await startService({ dataDir, env });
  try {
    const browser = await Browser.start(chromium!);
    try {
      await work({
        folder,
        service: () => service,
        open: async (hash = "", settings = {}) => {
          const page = await browser.open(settings);
          await page.goto(`${service.url}/${hash}`);
          return page;
        },
        file: async (name, content) => {
          const path = join(folder, name);
          const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
          await Deno.writeFile(path, bytes);
          return path;
        },
        restart: async (meanwhile) => {
          const port = new URL(service.url).port;
          await service.stop();
          await meanwhile();
          service = await startService({ dataDir, env: { ...env, DATATASKER_PORT: port } });
        },
      });
    } finally {
      await browser.close();
    }
  } finally {
    await service.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Wait until the task that is shown has this file name and is final. */
export async function finished(page: Page, filename: string): Promise<void> {
  await page.until(
    `document.querySelector("#detail-title").textContent === ${JSON.stringify(filename)} &&
     document.querySelector("#detail-title").checkVisibility() &&
     /Completed|Failed/.test(document.querySelector("#facts").textContent)`,
  );
}
