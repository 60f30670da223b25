/** Numbers with marks between their groups and percentages, which the kernel takes off as the plain engine does. */
import assert from "node:assert/strict";
import { seeded } from "../support/random.ts";
import { agree } from "./crews.ts";

const GROUP_MARKS = [" ", "\u00a0", "\u202f", "'", "\u2019", ","];

Deno.test("spaces and apostrophes between thousands are for the kernel", async () => {
  const random = seeded(13);
  const rows = Array.from({ length: 6_000 }, () => {
    const mark = random.pick(GROUP_MARKS);
    const amount = (random.whole(1, 99_999_999) / 100).toFixed(2).replace(
      /\B(?=([0-9]{3})+\.)/g,
      mark,
    );
    return `North,p,"${amount}",${random.whole(1, 9)},0`;
  });
  const { changes, run } = await agree(rows);
  assert.ok(changes.some(({ kind }: { kind: string }) => kind === "thousands"));
  assert.ok(run.plain_rows < 200, `${run.plain_rows} rows`);
});

Deno.test("percent signs are for the kernel, in any column and behind any space", async () => {
  const random = seeded(14);
  const cells = () => {
    const number = random.pick(["", "-", "+"]) + (random.whole(1, 9_999) / 100);
    return number + random.pick(["", "%", " %", "\u00a0%", "\u202f %"]);
  };
  const rows = Array.from({ length: 6_000 }, () => `North,p,${cells()},${cells()},${cells()}`);
  const { changes, run } = await agree(rows);
  const kinds = changes.map(({ kind, field }: { kind: string; field: string }) =>
    `${kind} ${field}`
  );
  for (const field of ["revenue", "quantity", "discount"]) {
    assert.ok(kinds.includes(`percent ${field}`), field);
  }
  assert.ok(run.plain_rows < 200, `${run.plain_rows} rows`);
});

Deno.test("a discount in a column of percentages is divided once, with a sign or without", async () => {
  const random = seeded(15);
  const cell = () => {
    const number = random.pick([
      "7",
      "12.5",
      "0.125",
      " 30 ",
      "$5",
      "1'000",
      "8.12345678901234567",
    ]);
    return random.whole(0, 2) === 0 ? `${number.trim()}%` : number;
  };
  const rows = Array.from({ length: 6_000 }, () => `North,p,${random.whole(1, 99)},1,${cell()}`);
  // A hundredth of one number has more than eighteen decimals; the other is none.
  const odd = rows.filter((row) => /8\.12|\$5%/.test(row)).length;
  const header = "region,product,revenue,quantity,discount %";
  const { changes, counts, run } = await agree(rows, { header });
  const percent = changes.find(({ kind }: { kind: string }) => kind === "percent");
  assert.equal(percent.cells, counts.rows_accepted);
  assert.ok(run.plain_rows < odd + 200, `${run.plain_rows} rows, ${odd} of them odd`);
});

Deno.test("a percentage without decimals isn't counted as a number with a decimal comma", async () => {
  const random = seeded(16);
  const cell = () => {
    const whole = random.pick(["7", "1 234", "12\u00a0345", "1.000"]);
    return whole + random.pick(["", ",5", ",250"]) + random.pick(["", "%", " %"]);
  };
  const rows = Array.from({ length: 6_000 }, () => `N;p;${cell()};${cell()};${cell()}`);
  const dialect = { encoding: "utf-8", header_line: 1, delimiter: ";", confidence: 1 } as const;
  for (const last of ["discount", "discount %"]) {
    const { run } = await agree(rows, {
      header: `region;product;revenue;quantity;${last}`,
      dialect,
    });
    assert.ok(run.plain_rows < 300, `${run.plain_rows} rows`);
  }
});

Deno.test("what such a number may have around and within it, and what it may not, is as the plain engine says", async () => {
  const cells = [
    ...["1 234", "12 34", "1 2345", "1234 567", "0 123", "1 234 567.", "1 234,567", "1 234'567"],
    ...["1  234", " 1 234 ", "1 234.5.6", "1 234e5", "-1 234", "1 23x", "1\u2009234", "1 234 "],
    ...["1 234 567 890 123 456 789", "1'234'567'890.123456789012", "1'234.12345678901234567"],
    ...["$1 234.50", "€ 1'234", "1 234 €", "1 234%", "1 234 %", "1'234.5\u00a0%", "$5%", "%", " %"],
    ...["5%%", "5% ", "5 % ", "5.%", ".5%", "-.5%", "- 5%", "(5%)", "5%-", "1e3%", "5\t%", "5‰"],
    ...["0.1234567890123456%", "0.12345678901234567%", "12345678.12345678%", "9007199254740993%"],
  ];
  const quoted = cells.map((cell) => `"${cell}"`);
  const rows = quoted.flatMap((cell) => {
    return [`N,p,${cell},1,0`, `N,p,1,${cell},0`, `N,p,1,1,${cell}`];
  });
  await agree(rows);
  await agree(rows, { header: "region,product,revenue,quantity,discount %" });
  await agree(rows.map((row) => row.replaceAll("%", "% ")));
});
