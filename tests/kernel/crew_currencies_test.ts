/** Amounts that threads take from where they begin to read, each with what it knows of currencies. */
import assert from "node:assert/strict";
import { seeded } from "../support/random.ts";
import { agree } from "./crews.ts";

Deno.test("amounts come to the same whichever thread reads them, and are counted by their currency", async () => {
  const random = seeded(8);
  // Line ends in quotes make threads begin wrongly, so that segments are undone; the currency changes within one.
  const rows = Array.from({ length: 9_000 }, (_, index) => {
    const amount = random.whole(1, 99_999).toLocaleString("en-US");
    const revenue = index < 5_000 ? `€${amount}` : `${amount} kr`;
    const product = random.pick(["p", '"two\nlines"', '"a\nNorth,p,€5,1,0\nb"']);
    return `North,${product},"${revenue}",${random.whole(1, 9)},${random.pick(["0", "$1"])}`;
  });
  const { warnings, changes, run } = await agree(rows);
  const isMixed = ({ code }: { code: string }) => code === "mixed-currencies";
  const { message } = warnings.find(isMixed);
  assert.match(message, /: € in 5000 cells, kr in 4000 cells\. The first in kr is on line /);
  const kind = (wanted: string) =>
    changes.filter((change: { kind: string; field: string }) => {
      return change.kind === wanted && change.field === "revenue";
    });
  assert.equal(kind("currency")[0].cells, 9_000);
  // Half of them have dollars as well, of which the kernel knows nothing then; without what a thread knows from other segments it were all.
  assert.ok(run.plain_rows < 7_500, `${run.plain_rows} rows`);
});
