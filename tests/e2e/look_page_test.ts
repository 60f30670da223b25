/** Looking before a run, and sending corrected rows, on the page in a real browser. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "../support/browser.ts";
import { compressed } from "../support/compressed.ts";
import { until } from "../support/deadline.ts";
import { finished, pageTest as test, visit } from "../support/page_visit.ts";
import { SAMPLE } from "../support/sales_files.ts";

const CLICKS_MAX = 5;
const CLICK_MS = 5_000;
/** Wait until the answer to a look is shown. */
const LOOKED = `document.querySelector("#look-content table") !== null`;

test("the page shows how a file would be read, marks what would be rejected, and sends it only then", () =>
  visit(async ({ open, file, service }) => {
    const page = await open();
    const text = "Report\nregion;Item;Umsatz;qty;discount\n" +
      "East ;A;1.234,50;2;0,1\nEast;A;abc;1;0\n\nTotal;;1;1;0\nWest;B;7;1;0\n";
    const path = await file("look.csv", text.replace("Umsatz", "sales"));
    await page.choose("#look-file", [path]);
    await page.until(LOOKED);
    assert.equal(await page.text("#look-title"), "look.csv");
    const words = await page.text("#look-content") ?? "";
    assert.match(
      words,
      /Read as UTF-8 with semicolons, quotes ", LF line ends, and the header on line 2/,
    );
    assert.match(words, /All of the file was looked at: 3 rows\. Nothing of it is kept\./);
    assert.match(words, /Of 3 rows 2 would be accepted and 1 rejected \(type-error 1\)/);
    assert.match(
      words,
      /No data, with their lines: 1 blank line; 1 totals row: 6; 1 line before a header: 1\./,
    );
    const mapping = await page.cells("#look-content section:nth-of-type(1)");
    assert.deepEqual(mapping[2], ["revenue", "sales", "3", "a usual word for it"]);
    const rows = await page.cells("#look-content section:nth-of-type(2)");
    assert.deepEqual(rows.map((cells) => cells.slice(0, 5)), [
      ["3", "accepted", "East", "A", "1,234.5"],
      ["4", "revenue is not a number.", "East", "A", "abc"],
      ["7", "accepted", "West", "B", "7"],
    ]);
    assert.equal(
      await page.evaluate(`document.querySelectorAll("#look-content tr.rejected").length`),
      1,
    );
    const list = await (await fetch(`${service().url}/v1/tasks`)).json();
    assert.deepEqual(list.tasks, [], "nothing was sent");

    await page.click("#look-run");
    await finished(page, "look.csv");
    assert.equal(await page.evaluate(`document.querySelector("#look").hidden`), true);
    assert.match(await page.text("#counts .content") ?? "", /^3rows in=2accepted\+1rejected/);
    assert.deepEqual(page.faults, []);
  }));

test("the page looks at the first part of a large file, plain or compressed", () =>
  visit(async ({ open, file }) => {
    const page = await open();
    const large = SAMPLE + "East,A,1,1,0\n".repeat(200_000);
    const noise = Array.from({ length: 100_000 }, (_, i) => `R${i * 7919 % 99991},A,${i},1,0\n`);
    const files = [
      await file("large.csv", large),
      await file("large.csv.gz", compressed("gzip", large)),
      await file("noise.csv.zst", compressed("zstd", SAMPLE + noise.join(""))),
    ];
    for (const path of files) {
      await page.choose("#look-file", [path]);
      const name = path.slice(path.lastIndexOf("/") + 1);
      await page.until(
        `document.querySelector("#look-title").textContent === "${name}" && ${LOOKED}`,
      );
      assert.match(await page.text("#look-content") ?? "", /The first 1 MB.* were looked at/);
      assert.equal((await page.cells("#look-content section:nth-of-type(2)")).length, 20);
      await page.click("#look-close");
      assert.equal(await page.evaluate(`document.querySelector("#look").hidden`), true);
    }
    assert.deepEqual(page.faults, []);
  }));

test("the page shows what is looked at as text, says why a file would be refused, and looks again", () =>
  visit(async ({ open, file }) => {
    const page = await open();
    await page.call("Page.addScriptToEvaluateOnNewDocument", { source: "window.ran = 0" });
    await page.goto(await page.evaluate("location.href"));
    const markup = `<img src=x onerror=window.ran++>`;
    const text = `region,product,${markup},quantity,discount\n${markup},a,1,1,0\n`;
    await page.choose("#look-file", [await file("m.csv", text)]);
    await page.until(`document.querySelector("#look-content .bad") !== null`);
    assert.match(await page.text("#look-content") ?? "", /Column "revenue" is missing/);
    await page.evaluate(
      `document.querySelector("#column-revenue").value = ${JSON.stringify(markup)}`,
    );
    await page.click("#look-again");
    await page.until(LOOKED);
    const [first] = await page.cells("#look-content section:nth-of-type(2)");
    assert.deepEqual(first.slice(1, 4), ["accepted", markup, "a"]);
    assert.equal(await page.evaluate("window.ran"), 0);
    assert.equal(await page.evaluate(`document.querySelectorAll("main img").length`), 0);
    assert.deepEqual(page.faults.filter((fault) => !/status of 422/.test(fault)), []);
  }));

test("the page sends corrected rows with their parent, links both, and adds them up", () =>
  visit(async ({ open, file, folder }) => {
    const downloads = join(folder, "downloads");
    const page = await open("", { downloads });
    const text = "region,product,revenue,quantity,discount\n" +
      "East,A,10,1,0\nEast,A,abc,1,0\nWest,A,20,1,0\nWest,A,x,1,0\n";
    await page.choose("#file", [await file("q3.csv", text)]);
    await finished(page, "q3.csv");
    const parent = await page.text("#record code");
    const rejects = await downloaded(page, join(downloads, `rejects_${parent}.csv`));
    const corrected = await file("corrected.csv", rejects.replace("abc", "11"));
    await page.call("Page.setInterceptFileChooserDialog", { enabled: true });
    await page.click("#send-corrected");
    await page.choose("#corrected", [corrected]);
    await finished(page, "corrected.csv");
    await page.until(`/both together/.test(document.querySelector("#family").textContent)`);
    assert.equal(
      await page.text("#family"),
      "Corrected rows of q3.csv. Of its 4 rows, both together: 3 accepted, 1 rejected.",
    );
    await page.click("#family a");
    await finished(page, "q3.csv");
    await page.until(
      `/sent again in corrected\\.csv/.test(document.querySelector("#family").textContent)`,
    );
    assert.deepEqual(page.faults, []);
  }));

/** The rejects by way of their link; clicked again like a person would, since a click while the page draws it anew goes nowhere. */
async function downloaded(page: Page, path: string): Promise<string> {
  for (let clicks = 1;; clicks++) {
    await page.click("#rejects .links a");
    try {
      return await until(
        "the download",
        () => Deno.readTextFile(path).then((text) => text || null, () => null),
        CLICK_MS,
      );
    } catch (fault) {
      if (clicks === CLICKS_MAX) throw fault;
    }
  }
}
