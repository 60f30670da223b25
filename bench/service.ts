/**
 * The service's figures.
 *
 * `deno task bench:service [latency|throughput|large|status|memory [number ...]] ...`; `throughput` takes how many tasks, `memory` sizes
 * in MiB: `memory 1024 4096`. Without a word: all of them. Method and figures: `bench/README.md`.
 */
import { parseServiceArguments } from "./bench_arguments.ts";
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

let asked: ReturnType<typeof parseServiceArguments>;
try {
  asked = parseServiceArguments(Deno.args, Object.keys(BENCHES));
} catch (fault) {
  if (!(fault instanceof RangeError)) throw fault;
  console.error(fault.message);
  Deno.exit(2);
}
for (const { name, numbers } of asked) await BENCHES[name](numbers);
