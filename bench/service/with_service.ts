/** The service as users start it, in a data folder of its own: deleting many files slows a disk down for a minute. */
import { type ServiceProcess, startService } from "../../tests/support/service_process.ts";

/** Start a service, do something with it, and end it with all that it wrote. */
export async function withService(
  env: Record<string, string>,
  work: (service: ServiceProcess) => Promise<void>,
): Promise<void> {
  const dataDir = await Deno.makeTempDir({ prefix: "datatasker-bench-" });
  const service = await startService({ dataDir, env });
  try {
    await work(service);
  } finally {
    await service.destroy();
    await Deno.remove(dataDir, { recursive: true });
  }
}
