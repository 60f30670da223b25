/**
 * Configuration by environment: read whole, every fault at once, unknown names refused.
 *
 * ```ts
 * import { parseConfig } from "./config.ts";
 * const config = parseConfig({ DATATASKER_PORT: "9000" }, { cores: 4 });
 * if (config.port !== 9000 || config.runners !== 3) throw new Error("unexpected");
 * ```
 */
import { z } from "zod";
import { K_MAX } from "./domain/limits.ts";
import { nearest } from "./domain/nearest.ts";
import { LOG_LEVELS, type LogLevel } from "./log.ts";

/** What an operator decides. */
export interface Config {
  /** Address to listen on. */
  host: string;
  /** TCP port; 0 lets the system choose. */
  port: number;
  /** Folder of everything that is kept. */
  dataDir: string;
  /** The largest upload. */
  uploadBytesMax: number;
  /** Runner processes, each with one task at a time. */
  runners: number;
  /** k of tasks that don't choose their own. */
  k: number;
  /** Host names, beside loopback ones, under which clients may call the service. */
  hosts: readonly string[];
  logLevel: LogLevel;
}

/** Configuration that can't be used: the message lists every fault, one per line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const PREFIX = "DATATASKER_";
const GIB = 1024 ** 3;
/** More than any one machine has cores for; each runner keeps some 30 MB while it waits. */
const RUNNERS_MAX = 256;

/** A whole number between two bounds, from text. */
function whole(least: number, most: number) {
  const rule = `must be a whole number from ${least} to ${most}`;
  return z.string().regex(/^[0-9]{1,16}$/, rule).transform(Number)
    .refine((n) => n >= least && n <= most, rule);
}

/** Each variable: its rule, default and what it is, in the words of the README's table. */
const variables = {
  DATATASKER_HOST: z.string().trim().min(1, "must be an address to listen on").default("127.0.0.1"),
  DATATASKER_PORT: whole(0, 65_535).default(8000),
  DATATASKER_DATA_DIR: z.string().min(1, "must be a folder").default("./data"),
  DATATASKER_UPLOAD_BYTES_MAX: whole(1, 1024 * GIB).default(10 * GIB),
  DATATASKER_RUNNERS: whole(1, RUNNERS_MAX).optional(),
  DATATASKER_K: z.string()
    .regex(/^[0-9]+(\.[0-9]+)?$/, `must be a number above 0 and up to ${K_MAX}`)
    .transform(Number)
    .refine((k) => k > 0 && k <= K_MAX, `must be a number above 0 and up to ${K_MAX}`)
    .default(2),
  DATATASKER_HOSTS: z.string()
    .transform((text) => text.split(",").map((host) => host.trim().toLowerCase()).filter(Boolean))
    .refine(
      (hosts) => hosts.every((host) => /^[a-z0-9.-]+$|^\[[0-9a-f:.]+\]$/.test(host)),
      "must be host names without ports, separated by commas",
    )
    .default([]),
  DATATASKER_LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`)
    .default("info"),
};

/** The names of all variables, in the README's order. */
export const CONFIG_NAMES = Object.keys(variables);

/**
 * What Kubernetes puts into the environment of each pod beside a Service called `datatasker`
 * (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables). One of them has a
 * name of ours: `DATATASKER_PORT` is then `tcp://10.0.0.1:80`, and no port a person chose.
 */
const KUBERNETES_NAME =
  /^DATATASKER_(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;
const KUBERNETES_PORT = /^(tcp|udp|sctp):\/\//;

/**
 * Read the configuration out of an environment.
 *
 * @param env all variables; those that don't begin with `DATATASKER_` are none of ours
 * @param machine `cores` decides the default number of runners
 * @throws {ConfigError} with every fault: the rule, the value, the nearest name of an unknown one
 */
export function parseConfig(
  env: Readonly<Record<string, string>>,
  machine: { cores: number },
): Config {
  const given: Record<string, string> = {};
  const faults: string[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || KUBERNETES_NAME.test(name)) continue;
    if (name === "DATATASKER_PORT" && KUBERNETES_PORT.test(value)) continue;
    if (name in variables) {
      given[name] = value;
      continue;
    }
    const near = nearest(name, CONFIG_NAMES);
    faults.push(`${name} is not known.${near === null ? "" : ` Did you mean ${near}?`}`);
  }
  const parsed = z.object(variables).safeParse(given);
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0]);
    faults.push(`${name}=${given[name]} ${issue.message}.`);
  }
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults.join("\n"));
  const values = parsed.data;
  return {
    host: values.DATATASKER_HOST,
    port: values.DATATASKER_PORT,
    dataDir: values.DATATASKER_DATA_DIR,
    uploadBytesMax: values.DATATASKER_UPLOAD_BYTES_MAX,
    runners: values.DATATASKER_RUNNERS ?? Math.max(1, machine.cores - 1),
    k: values.DATATASKER_K,
    hosts: values.DATATASKER_HOSTS,
    logLevel: values.DATATASKER_LOG_LEVEL,
  };
}
