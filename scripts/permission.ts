/**
 * Prints one value of a permission flag, so that `deno.json` can grant what the configuration needs and no more:
 * `--allow-read="$(deno run ... scripts/permission.ts data)"`.
 *
 * A configuration with faults gets the defaults here: `main.ts` then says what is wrong, all of it at once.
 */
import { resolve } from "node:path";
import { type Config, parseConfig } from "../src/config.ts";

/** What may be asked for: the data folder, where to listen, the Deno binary that runners are started with. */
const values: Record<string, (config: Config) => string> = {
  data: (config) => resolve(config.dataDir),
  listen: (config) => listenPermission(config.host, config.port),
  deno: () => Deno.execPath(),
};

/** `host:port` as `--allow-net` takes it; a port that the system chooses isn't known yet. */
function listenPermission(host: string, port: number): string {
  const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return port === 0 ? name : `${name}:${port}`;
}

function configOrDefaults(): Config {
  const machine = { cores: 1 };
  try {
    return parseConfig(Deno.env.toObject(), machine);
  } catch {
    return parseConfig({}, machine);
  }
}

if (import.meta.main) {
  const value = values[Deno.args[0]];
  if (value === undefined) {
    console.error(`usage: permission.ts ${Object.keys(values).join("|")}`);
    Deno.exit(2);
  }
  console.log(value(configOrDefaults()));
}
