/** Exit code 0 while the service on this machine answers `/healthz`: the container's health check. */
import { parseConfig } from "../src/config.ts";

if (import.meta.main) {
  const { port } = parseConfig(Deno.env.toObject(), { cores: 1 });
  try {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`, {
      signal: AbortSignal.timeout(2_000),
    });
    await response.body?.cancel();
    Deno.exit(response.ok ? 0 : 1);
  } catch (error) {
    console.error(`The service doesn't answer on port ${port}: ${(error as Error).message}`);
    Deno.exit(1);
  }
}
