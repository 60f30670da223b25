/**
 * The service's figures.
 *
 * `deno task bench:service [latency|throughput|large|status|memory] [numbers]`; `throughput` takes how many tasks, `memory` sizes
 * in MiB: `memory 1024 4096`. Without a word: all of them. Method and figures: `bench/README.md`.
 */
import { large } from "./service/large.ts";
import { latency } from "./service/latency.ts";
import { memory } from "./service/memory.ts";
import { status } from "./service/status.ts";
import { throughput } from "./service/throughput.ts";

const BENCHES: Record<string, (numbers: number[]) => Promise<void>> = {
  latency: () => latency(),
  throughput: ([tasks]) => throughput(tasks),
  large: () => large(),
  status: () => status(),
  async memory(sizes) {
    for (const mib of sizes.length > 0 ? sizes : [1024]) await memory(mib);
  },
};

const [word, ...numbers] = Deno.args;
const names = word === undefined ? Object.keys(BENCHES) : [word];
for (const name of names) {
  const bench = BENCHES[name];
  if (bench === undefined) {
    console.error(`There is no bench ${name}; there are ${Object.keys(BENCHES).join(", ")}.`);
    Deno.exit(1);
  }
  await bench(numbers.map(Number));
}
