/** Numbers with as many decimals as doubles that are printed in full: read, rounded and summed by the kernel as by the plain engine. */
import assert from "node:assert/strict";
import { seeded } from "../support/random.ts";
import { agree } from "./crews.ts";

Deno.test("what a program computed and printed in full is for the kernel", async () => {
  const random = seeded(9);
  const rows = Array.from({ length: 6_000 }, () => {
    const quantity = random.whole(1, 99);
    const revenue = random.whole(1, 2_000_000) / 100 * quantity / 7;
    return `R${random.whole(0, 40)},p,${revenue},${quantity},${1 - random.whole(1, 100) / 100}`;
  });
  const { run } = await agree(rows);
  assert.ok(run.plain_rows < 100, `${run.plain_rows} rows`);
});

Deno.test("a long number becomes its nearest double, where doubles get denser too", async () => {
  const asRevenue = (number: string) => `North,p,${number},1,0`;
  const asNegative = (number: string) => `North,p,-${number},-1,0`;
  const asQuantity = (number: string) => `North,p,1,${number},0`;
  for (const power of [0, 7, 20, 26]) {
    const numbers: string[] = [];
    for (let decimals = 11; decimals <= 19 - String(2 ** power).length; decimals++) {
      const units = 10n ** BigInt(decimals);
      for (let i = -40n; i <= 40n; i++) {
        const text = String(2n ** BigInt(power) * units + i).padStart(decimals + 1, "0");
        numbers.push(`${text.slice(0, -decimals)}.${text.slice(-decimals)}`);
      }
    }
    for (const asRow of [asRevenue, asNegative, asQuantity]) {
      // So many that all others are anomalies, which show the quotient.
      const zeros = Array.from({ length: 7 * numbers.length }, () => "North,p,0,1,0");
      const { counts, run } = await agree([...zeros, ...numbers.map(asRow)]);
      assert.equal(counts.anomalies, numbers.length);
      assert.equal(run.plain_rows, 0);
    }
  }
});

Deno.test("sums of long numbers are exact whichever way they go, however many regions have some", async () => {
  const random = seeded(10);
  const digits = (count: number) =>
    Array.from({ length: count }, () => random.whole(0, 9)).join("");
  const number = () => {
    const sign = random.pick(["", "", "-", "+"]);
    const whole = random.pick(["", digits(1), digits(4), digits(8)]);
    return `${sign}${whole}.${digits(random.whole(whole === "" ? 1 : 0, 19))}`;
  };
  // Threads that begin in such a cell take its lines for rows, which are undone.
  const likeRows = `"a${"\nR1,p,1.10000000000000001,1,0".repeat(6)}\nb"`;
  const rows = Array.from({ length: 6_000 }, () => {
    const region = random.pick(["R", "a region with a long name "]) + random.whole(0, 900);
    const product = random.pick(["p", "p", likeRows]);
    return `${region},${product},${number()},${random.whole(1, 9)},${number()}`;
  });
  for (let i = 0; i < 40; i++) rows.push("down,p,-0.99999999999999999,1,-9.99999999999999999");
  for (let i = 0; i < 40; i++) rows.push("up,p,0.99999999999999999,1,9.99999999999999999");
  await agree(rows);
});

Deno.test("what is longer than a long number, or only looks like one, is as the plain engine says", async () => {
  const cells = [
    "123456789.0123456789",
    "9223372036854775808",
    "92233720.36854775808",
    "92.23372036854775807",
    "0.0000000000000000001",
    "0.000000000000000001",
    "00000000.123456789012345678",
    "000000000.12345678901234567",
    "12345678901234567",
    "12345678901234567.",
    "1.2345678901234567.8",
    "1.2345678901234567x",
    "1,2345678901234567",
    "1e2345678901234567",
    "-.12345678901234567",
    "--12345678.0123456",
    "-12345678.0123456789",
    " 3036.7599999999998 ",
    "$3036.7599999999998",
    "3,036.7599999999998",
    "(3036.7599999999998)",
  ];
  await agree(cells.flatMap((cell) => [`North,p,"${cell}",1,0`, `North,p,1,"${cell}",1`]));
});
