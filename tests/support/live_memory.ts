/** What memory is really in use: right after a collection of garbage, which otherwise comes when it pleases. */
import v8 from "node:v8";
import vm from "node:vm";
import { moment } from "./deadline.ts";

v8.setFlagsFromString("--expose-gc");
/** A context that is made after the flag was set has the function; this one was made before. */
const collectGarbage: () => void = vm.runInNewContext("gc");

/** Bytes of the heap and of buffers outside of it that something still refers to. */
export async function liveBytes(): Promise<number> {
  await moment(1); // What is closed lets go of its buffers in a turn of its own.
  collectGarbage();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}
