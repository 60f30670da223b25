/**
 * Takes `docs/page.png`, the README's picture of the page: the real service, three tasks, a real browser.
 *
 * ```sh
 * deno run --allow-read --allow-write --allow-env --allow-net=127.0.0.1 --allow-run scripts/picture.ts
 * ```
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Browser, findChromium, type Page } from "../tests/support/browser.ts";
import { startService } from "../tests/support/service_process.ts";

const HEADER = "region,product,revenue,quantity,discount\n";
const FAULTY = `North,B,"$1,234.56",2,0.05

East,C,n/a,3,0.02
South,A,1800,0,0.10
West,C,2600
Total,,116750,56,
`;

const path = findChromium();
if (path === null) throw new Error("There is no Chromium here. Install one, or set CHROMIUM.");
const folder = await Deno.makeTempDir();
const service = await startService({ dataDir: join(folder, "data") });
const browser = await Browser.start(path);
try {
  const page = await browser.open({ width: 1200, height: 900 });
  await page.goto(service.url);
  await page.click("#try-sample");
  await completed(page, "sales_data.csv");
  const sample = await page.evaluate<string>(`document.querySelector("#sample").textContent`);
  await choose(page, "march.csv", HEADER + "East,A,abc,1,0\nWest,B,,2,0.1\n");
  await choose(page, "q3_sales.csv", sample + FAULTY);
  await page.until(`document.querySelector("#rejects .content td") !== null`);
  await page.until(`document.querySelectorAll("#anomalies tbody tr").length === 2`);
  const picture = fileURLToPath(new URL("../docs/page.png", import.meta.url));
  await Deno.writeFile(picture, await page.screenshot());
} finally {
  await browser.close();
  await service.stop();
  await Deno.remove(folder, { recursive: true });
}

async function choose(page: Page, name: string, text: string): Promise<void> {
  await Deno.writeTextFile(join(folder, name), text);
  await page.choose("#file", [join(folder, name)]);
  await completed(page, name);
}

async function completed(page: Page, name: string): Promise<void> {
  await page.until(
    `document.querySelector("#detail-title").textContent === ${JSON.stringify(name)} &&
     /Completed|Failed/.test(document.querySelector("#facts").textContent)`,
  );
}
