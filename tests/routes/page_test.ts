import assert from "node:assert/strict";
import { openService } from "../support/service.ts";

Deno.test("the page and all that it loads come from here, under a strict policy", async () => {
  await using service = await openService();
  const page = await service.app.request("/");
  assert.equal(page.status, 200);
  assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
  const policy = page.headers.get("content-security-policy")!;
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe/);
  const html = await page.text();
  assert.doesNotMatch(
    html,
    /<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|\sstyle=/i,
    "nothing inline",
  );
  const loaded = [...html.matchAll(/<(?:script|link)[^>]*\b(?:src|href)="(\/[^"]*)"/g)];
  assert.deepEqual(loaded.map((match) => match[1]).sort(), ["/page.css", "/page.js"]);
  for (const [, path] of loaded) {
    const response = await service.app.request(path);
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type")!, /^text\/(css|javascript); charset=utf-8$/);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    await response.body?.cancel();
  }
});
