/** Segments that a thread began within a cell, took for rows, and had to take away again: nothing of them remains. */
import { seeded } from "../support/random.ts";
import { agree } from "./crews.ts";

/** Amounts of which a thread has one taken by the kernel and another, or the same once more, by the plain engine. */
const CURRENCIES = ["$", "€", "£"].flatMap((sign) => [`${sign}7`, `${sign}350`, `${sign}981`]);
/** Amounts of which a few, in one order or another, are more than 64 bits hold. */
const LARGE = ["500000000", "900000000", "0.0000000001", "99999999.1", "99999999.12345678901", "1"];

for (
  const [what, amounts] of [["in several currencies", CURRENCIES], ["of all sizes", LARGE]] as const
) {
  Deno.test(`amounts ${what} leave nothing in regions that are none`, async () => {
    const random = seeded(17);
    const row = (letter: string) =>
      `${letter}${random.whole(0, 300)},p,${random.pick(amounts)},1,0`;
    for (let file = 0; file < 3; file++) {
      const rows = Array.from({ length: 2_000 }, () => {
        if (random.next() < 0.98) return row(random.pick(["R", "R", "Q"]));
        const lines = Array.from({ length: random.whole(20, 300) }, () => row("Q"));
        return `R0,"a\n${lines.join("\n")}\nb",1,1,0`;
      });
      await agree(rows);
    }
  });
}
