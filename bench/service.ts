/**
 * The service's figures: what `service_arguments.ts` says of the command line, by default all of them. Method and figures: `bench/README.md`.
 */
import { parsedOrExit } from "./command_line.ts";
import { large } from "./service/large.ts";
import { latency } from "./service/latency.ts";
import { memory } from "./service/memory.ts";
import { status } from "./service/status.ts";
import { throughput } from "./service/throughput.ts";
import { parseServiceArguments, type ServiceBench, USAGE } from "./service_arguments.ts";

const BENCHES: Record<ServiceBench, (numbers: number[]) => Promise<void>> = {
  latency: () => latency(),
  throughput: ([tasks]) => throughput(tasks),
  large: () => large(),
  status: () => status(),
  async memory(sizes) {
    for (const mib of sizes.length > 0 ? sizes : [1024]) await memory(mib);
  },
};

const asked = parsedOrExit(() => parseServiceArguments(Deno.args), USAGE);
for (const { bench, numbers } of asked) await BENCHES[bench](numbers);
