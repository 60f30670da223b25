// The largest resident memory of this process so far, in bytes; null where the system doesn't tell.
import { readFileSync } from "node:fs";

export function peakBytes() {
  try {
    return 1024 * Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))[1]);
  } catch {
    return null;
  }
}
