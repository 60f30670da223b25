/** The page in a real browser over the real service, as a visitor uses it. Skipped where there is no Chromium. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { findChromium } from "../support/browser.ts";
import { until } from "../support/deadline.ts";
import { finished, pageTest as test, visit } from "../support/page_visit.ts";
import { SAMPLE } from "../support/sales_files.ts";

if (findChromium() === null) {
  console.log("tests/e2e/page_test.ts is skipped: no Chromium (Debian: apt-get install chromium)");
}

/** Whether the page must be scrolled sideways. */
const OVERFLOWS = "document.documentElement.scrollWidth > document.documentElement.clientWidth";

test("the page takes a chosen file, shows its summary and offers its downloads", () =>
  visit(async ({ open, file, folder, service }) => {
    const downloads = join(folder, "downloads");
    const page = await open("", { downloads });
    assert.equal(await page.text("#welcome-title"), "What goes in, and what comes out");
    await page.until(`document.querySelector("#no-tasks").checkVisibility()`);
    await page.choose("#file", [await file("q3 sales.csv", SAMPLE)]);
    await finished(page, "q3 sales.csv");

    await page.until(`document.querySelectorAll("#summary tbody tr").length === 4`);
    assert.deepEqual(await page.cells("#summary"), [
      ["East", "26,800", "4,466.67", "16", "0.0783", "6"],
      ["North", "43,550", "7,258.33", "13", "0.0850", "6"],
      ["South", "13,900", "2,780.00", "11", "0.0960", "5"],
      ["West", "32,500", "5,416.67", "16", "0.1050", "6"],
    ]);
    // What is rounded for the eye has every digit in its title.
    assert.equal(
      await page.evaluate(`document.querySelector("#summary tbody td:nth-child(3)").title`),
      "4466.666666666667",
    );
    assert.equal(await page.text("#threshold"), "11,154.54");
    await page.until(`document.querySelectorAll("#anomalies tbody tr").length === 2`);
    assert.deepEqual((await page.cells("#anomalies")).map((cells) => cells.slice(0, 6)), [
      ["22", "East", "A", "15,000", "1", "15,000.00"],
      ["23", "West", "B", "14,000", "1", "14,000.00"],
    ]);
    assert.equal(await page.text("#counts .content"), "23rows in=23accepted+0rejected");
    assert.equal(await page.evaluate(`document.querySelector("#rejects").hidden`), true);

    const links = await page.evaluate<string[]>(
      `[...document.querySelectorAll("#files a")].map((link) => link.getAttribute("href"))`,
    );
    assert.equal(links.length, 7);
    assert.equal(links.filter((link) => link.endsWith("?variant=excel")).length, 3);
    for (const link of links) {
      const response = await fetch(service().url + link);
      const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(await response.bytes());
      assert.equal(response.status, 200, link);
      assert.equal(text.startsWith("\ufeff"), link.endsWith("?variant=excel"), link);
    }
    await page.click("#summary .links a");
    const id = await page.text("#record code");
    // The browser makes the file first and fills it then: what is empty isn't there yet.
    const saved = await until(
      "the download",
      () =>
        Deno.readTextFile(join(downloads, `summary_${id}.csv`)).then((t) => t || null, () => null),
    );
    assert.match(saved, /^region,revenue_sum,.*\nEast,26800,4466\.666666666667,16,/);
    assert.deepEqual(page.faults, []);
  }));

test("the page shows what files hold as text and runs none of it", () =>
  visit(async ({ open, file }) => {
    const page = await open();
    await page.call("Page.addScriptToEvaluateOnNewDocument", { source: "window.ran = 0" });
    await page.goto(await page.evaluate("location.href"));
    const markup = `<img src=x onerror="window.ran++"><script>window.ran++</script>`;
    const cell = `"${markup.replaceAll('"', '""')}"`;
    const name = `"><svg onload=window.ran++> & 'x'.csv`;
    await page.drop("#drop", [
      await file(
        name,
        `region,product,revenue,quantity,discount\n${cell},${cell},10,1,0\n${cell},b,${cell},1,0\n`,
      ),
    ]);
    await finished(page, name);
    await page.until(`document.querySelector("#summary tbody th") !== null`);
    assert.equal(await page.text("#summary tbody th"), markup);
    await page.until(`document.querySelector("#rejects .content td") !== null`);
    assert.equal(await page.text("#rejects .content td.code"), markup);
    assert.equal(await page.text("#tasks .name"), name);
    assert.equal(
      await page.evaluate(`document.querySelectorAll("main img, main script").length`),
      0,
    );
    assert.equal(await page.evaluate("window.ran"), 0);
    assert.deepEqual(page.faults, []);
  }));

test("the page leaves k to the service unless the visitor sets it", () =>
  visit(async ({ open, file }) => {
    const page = await open();
    assert.equal(await page.evaluate(`document.querySelector("#k").placeholder`), "default");
    await page.choose("#file", [await file("default.csv", SAMPLE)]);
    await finished(page, "default.csv");
    assert.match(await page.text("#facts") ?? "", /k = 3\.5/);
    await page.evaluate(`document.querySelector("#k").value = "1.25"`);
    await page.choose("#file", [await file("chosen.csv", SAMPLE)]);
    await finished(page, "chosen.csv");
    assert.match(await page.text("#facts") ?? "", /k = 1\.25/);
    await page.evaluate(`document.querySelector("#k").value = "0"`);
    await page.choose("#file", [await file("refused.csv", SAMPLE)]);
    await page.until(`document.querySelector("#form-error").checkVisibility()`);
    assert.match(await page.text("#form-error") ?? "", /k must be a number above 0 and up to 100/);
    assert.deepEqual(page.faults, []);
  }, { DATATASKER_K: "3.5" }));

test("the page says why a file is refused, and which column is missing", () =>
  visit(async ({ open, file }) => {
    const page = await open();
    const path = await file("wrong.csv", "region,product,revenu,quantity,discount\nEast,A,1,1,0\n");
    await page.choose("#file", [path]);
    await page.until(`document.querySelector("#uploads .refused") !== null`);
    const said = await page.text("#uploads .refused");
    assert.match(said ?? "", /wrong\.csv/);
    assert.match(said ?? "", /Column "revenue" is missing/);
    assert.match(said ?? "", /Did you mean "revenu"\?/);
    assert.match(said ?? "", /Mend line 1 of the file, then upload it again/);
    assert.equal((await page.cells("#tasks")).length, 0);
    // The browser itself reports the refusal's status; nothing else went wrong.
    assert.deepEqual(page.faults.map((fault) => fault.replace(/.*status of (\d+).*/, "$1")), [
      "422",
    ]);
    await page.click("#uploads .refused button");
    assert.equal(await page.text("#uploads"), "");
  }));

test("the page names columns for a file whose labels say nothing, and shows what they hold", () =>
  visit(async ({ open, file }) => {
    const page = await open();
    const text = "a,b,c,Menge\n" + "East,A,10,1\n".repeat(20) + "East,Z,900,1\n";
    const path = await file("mapped.csv", text);
    const names = { region: "A", product: "b", revenue: "c", quantity: "menge" };
    for (const [field, label] of Object.entries(names)) {
      await page.evaluate(`document.querySelector("#column-${field}").value = "${label}"`);
    }
    await page.evaluate(`document.querySelector("#no-discount").checked = true`);
    await page.choose("#file", [path]);
    await finished(page, "mapped.csv");
    await page.until(`document.querySelectorAll("#anomalies .content tbody tr").length === 1`);
    const [[line, ...shown]] = await page.cells("#anomalies .content");
    assert.deepEqual([line, ...shown.slice(0, 4)], ["22", "East", "Z", "900", "1"]);
    const [[, revenue, , , discount]] = await page.cells("#summary .content");
    assert.deepEqual([revenue, discount], ["1,100", ""]);
    assert.deepEqual(page.faults, []);
  }));

test("the page says what cleaning changed, as text, and offers the cleaned rows to those who ask", () =>
  visit(async ({ open, file, service }) => {
    const page = await open();
    const markup = "<img src=x onerror=alert(1)>";
    const text = "region,product,revenue,quantity,discount\n" +
      `East ,${markup} ,$10,2,0\n`.repeat(7) + "West,A,007,1,0\nWest,A,x,1,0\n";
    await page.evaluate(`document.querySelector("#cleaned").checked = true`);
    await page.choose("#file", [await file("padded.csv", text)]);
    await finished(page, "padded.csv");
    await page.until(`document.querySelector("#changes").checkVisibility()`);
    const sentences = await page.evaluate<string[]>(
      `[...document.querySelectorAll("#changes summary")].map((node) => node.textContent)`,
    );
    assert.deepEqual(sentences, [
      "Trimmed 7 of 8 cells in region.",
      "Trimmed 7 of 8 cells in product.",
      "Took a currency sign from 7 cells of revenue.",
    ]);
    const tables = await page.cells("#changes .content");
    assert.equal(tables.length, 15);
    assert.deepEqual(tables[0], ["2", "East ", "East"]);
    assert.deepEqual(tables[5], ["2", `${markup} `, markup]);
    assert.deepEqual(tables[14], ["6", "$10", "10"]);
    assert.equal(await page.evaluate(`document.querySelectorAll("main img").length`), 0);

    const link = `#files a[href$="/cleaned"]`;
    const href = await page.evaluate<string>(
      `document.querySelector('${link}').getAttribute("href")`,
    );
    const cleaned = await (await fetch(service().url + href)).text();
    assert.deepEqual(cleaned.split("\n").slice(7), [`East,${markup},10,2,0`, "West,A,7,1,0", ""]);

    await page.evaluate(`document.querySelector("#cleaned").checked = false`);
    await page.choose("#file", [await file("sample.csv", SAMPLE)]);
    await finished(page, "sample.csv");
    await page.until(`document.querySelectorAll("#summary tbody tr").length === 4`);
    assert.equal(await page.evaluate(`document.querySelector('${link}')`), null);
    assert.equal(
      await page.evaluate(`document.querySelector("#changes").checkVisibility()`),
      false,
    );
    assert.deepEqual(page.faults, []);
  }));

test("the page counts rejected rows by reason and explains each", () =>
  visit(async ({ open, file }) => {
    const page = await open();
    const rows = [
      "East,A,10,1,0",
      "East,A,abc,1,0",
      "West,A,5 pcs,1,0",
      "West,A,5,0,0",
      "Total,,5,1,0",
    ];
    const text = ["region,product,revenue,quantity,discount", ...rows, "", "West,A,5"].join("\n");
    await page.choose("#file", [await file("partial.csv", text)]);
    await finished(page, "partial.csv");
    assert.match(await page.text("#facts") ?? "", /Completed, partial/);
    assert.equal(
      await page.text("#counts .content"),
      "5rows in=1accepted+4rejected2skipped, no data: 1 blank line, 1 totals row",
    );
    const reasons = await page.cells("#rejects .words");
    assert.deepEqual(reasons.map(([n, , , code]) => [n, code]), [
      ["2", "type-error"],
      ["1", "missing-cell"],
      ["1", "zero-quantity"],
    ]);
    await page.until(`document.querySelectorAll("#rejects .content tbody tr").length === 4`);
    const shown = await page.cells("#rejects .content");
    assert.deepEqual(shown.map(([line, , value]) => [line, value]), [
      ["3", "abc"],
      ["4", "5 pcs"],
      ["5", "0"],
      ["8", "West,A,5"],
    ]);
    assert.match(await page.text("#verdict .warn") ?? "", /./, "one row has no spread: a warning");
    assert.deepEqual(page.faults, []);
  }));

test("the page shows a failed task's sentence, and deletes its files only after asking", () =>
  visit(async ({ open, file, service }) => {
    const page = await open();
    const text = "region,product,revenue,quantity,discount\nEast,A,abc,1,0\n";
    await page.choose("#file", [await file("bad.csv", text)]);
    await finished(page, "bad.csv");
    assert.match(await page.text("#verdict .bad") ?? "", /^Failed: .{20,}/);
    assert.equal(await page.evaluate(`document.querySelector("#summary").hidden`), true);
    const href = await page.evaluate(`document.querySelector("#rejects a").getAttribute("href")`);

    await page.click("#record .danger");
    await page.until(`document.querySelector("#confirm").open`);
    await page.click("#confirm button[value=keep]");
    await page.until(`!document.querySelector("#confirm").open`);
    assert.equal((await fetch(service().url + href, { method: "HEAD" })).status, 200);
    await page.click("#record .danger");
    await page.click("#confirm-delete");
    await page.until(`/Files deleted/.test(document.querySelector("#facts").textContent)`);
    assert.equal((await fetch(service().url + href, { method: "HEAD" })).status, 410);
    const links = `[...document.querySelectorAll("#detail a[download]")]`;
    assert.equal(await page.evaluate(`${links}.some((link) => link.checkVisibility())`), false);
    assert.deepEqual(page.faults, []);
  }));

test("the page shows progress that never goes back while a larger file runs", () =>
  visit(async ({ open, file }) => {
    const page = await open();
    await page.evaluate(`{
      window.seen = [];
      const bar = document.querySelector("#bar");
      new MutationObserver(() => bar.checkVisibility() && seen.push(bar.value))
        .observe(document.querySelector("#detail"), { subtree: true, childList: true, attributes: true, characterData: true });
    }`);
    const header = "region,product,revenue,quantity,discount\n";
    const rows = "East,A,1200.50,2,0.05\nWest,B,2400,4,0.10\nNorth,C,600,1,0.02\n".repeat(150_000);
    await page.choose("#file", [await file("large.csv", header + rows)]);
    await finished(page, "large.csv");
    const seen = await page.evaluate<number[]>("seen");
    assert.ok(seen.length > 0, "progress was never shown");
    assert.deepEqual(seen, seen.toSorted((a, b) => a - b));
    await page.until(`document.querySelectorAll("#summary tbody tr").length === 3`);
    assert.deepEqual(page.faults, []);
  }));

test("the page says that the service is gone, and goes on once it is back", () =>
  visit(async ({ open, file, restart }) => {
    const page = await open();
    await page.choose("#file", [await file("before.csv", SAMPLE)]);
    await finished(page, "before.csv");
    await restart(() =>
      page.until(`/does not answer/.test(document.querySelector("#connection").textContent)`)
    );
    await page.until(
      `/is back/.test(document.querySelector("#connection").textContent) &&
       document.querySelector("#connection").checkVisibility()`,
    );
    await page.until(`document.querySelectorAll("#summary tbody tr").length === 4`);
    await page.choose("#file", [await file("after.csv", SAMPLE)]);
    await finished(page, "after.csv");
    assert.deepEqual(
      page.faults.filter((fault) => !/ERR_CONNECTION|status of 503/.test(fault)),
      [],
    );
  }));

test("the page fits a phone, and an address with a task leads to it", () =>
  visit(async ({ open, file, service }) => {
    const wide = await open();
    await wide.choose("#file", [await file("linked.csv", SAMPLE)]);
    await finished(wide, "linked.csv");
    const hash = await wide.evaluate<string>("location.hash");
    const page = await open(hash, { width: 360, height: 740, dark: true });
    await finished(page, "linked.csv");
    await page.until(`document.querySelectorAll("#summary tbody tr").length === 4`);
    assert.equal(await page.evaluate(OVERFLOWS), false);
    assert.equal(await page.evaluate(`document.querySelector("#drop").checkVisibility()`), false);
    await page.click(".back a");
    await page.until(`document.querySelector("#drop").checkVisibility()`);
    assert.equal(await page.evaluate(OVERFLOWS), false);
    assert.deepEqual([...wide.faults, ...page.faults], []);

    const lost = await open("#task=00000000-0000-7000-8000-000000000000");
    await lost.until(`/Check the ID/.test(document.querySelector("#verdict").textContent)`);
    assert.equal(new URL(await lost.evaluate("location.href")).origin, service().url);
  }));
