import assert from "node:assert/strict";
import { parseBenchArguments } from "../../bench/bench_arguments.ts";
import { DEFAULT_KINDS } from "../../bench/sales_files.ts";

Deno.test("the bench takes rounds, a share and kinds, each of them only if it is given", () => {
  assert.deepEqual(parseBenchArguments([]), { rounds: 5, share: 1, kinds: DEFAULT_KINDS });
  assert.deepEqual(parseBenchArguments(["3", "0.1", "clean", "huge"]), {
    rounds: 3,
    share: 0.1,
    kinds: ["clean", "huge"],
  });
  assert.deepEqual(parseBenchArguments(["wide"]).kinds, ["wide"]);
});

Deno.test("the bench refuses what it doesn't know with a sentence", () => {
  const refusals: [string[], RegExp][] = [
    [["clean", "5"], /Numbers come before kinds: 5/],
    [["qoted"], /no kind of file qoted\. Did you mean quoted\?/],
    [["0"], /whole number from 1, not 0/],
    [["5", "2"], /at most 1, not 2/],
    [["5", "1", "7"], /7 is too many/],
  ];
  for (const [words, message] of refusals) {
    assert.throws(() => parseBenchArguments(words), { name: "RangeError", message });
  }
});
