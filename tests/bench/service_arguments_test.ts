import assert from "node:assert/strict";
import { parseServiceArguments } from "../../bench/service_arguments.ts";

Deno.test("the service's bench takes names, each with the numbers behind it; without any it is all of them", () => {
  const all = ["latency", "throughput", "large", "status", "memory"];
  assert.deepEqual(parseServiceArguments([]).map(({ bench }) => bench), all);
  assert.deepEqual(parseServiceArguments(["memory", "64", "128", "throughput", "9", "large"]), [
    { bench: "memory", numbers: [64, 128] },
    { bench: "throughput", numbers: [9] },
    { bench: "large", numbers: [] },
  ]);
});

Deno.test("the service's bench refuses what it doesn't know with a sentence", () => {
  const refusals: [string[], RegExp][] = [
    [["latncy"], /no bench latncy\. Did you mean latency\?/],
    [["5"], /5 has none before it/],
    [["throughput", "5", "6"], /6 is too many for throughput/],
    [["latency", "5"], /5 is too many for latency/],
    [["memory", "0.5"], /memory takes whole numbers from 1, not 0\.5/],
  ];
  for (const [words, message] of refusals) {
    assert.throws(() => parseServiceArguments(words), { name: "RangeError", message });
  }
});
