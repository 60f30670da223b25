import assert from "node:assert/strict";
import { CONFIG_NAMES, ConfigError, parseConfig } from "../../src/config.ts";

const machine = { cores: 4 };

function faultsOf(env: Record<string, string>): string[] {
  try {
    parseConfig(env, machine);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message.split("\n");
  }
  return [];
}

Deno.test("an empty environment gives the documented defaults", () => {
  assert.deepEqual(parseConfig({}, machine), {
    host: "127.0.0.1",
    port: 8000,
    dataDir: "./data",
    uploadBytesMax: 10 * 1024 ** 3,
    runners: 3,
    k: 2,
    hosts: [],
    logLevel: "info",
  });
});

Deno.test("a machine with one core still gets a runner", () => {
  assert.equal(parseConfig({}, { cores: 1 }).runners, 1);
});

Deno.test("every variable is read", () => {
  const config = parseConfig({
    DATATASKER_HOST: "0.0.0.0",
    DATATASKER_PORT: "0",
    DATATASKER_DATA_DIR: "/srv/data",
    DATATASKER_UPLOAD_BYTES_MAX: "1048576",
    DATATASKER_RUNNERS: "2",
    DATATASKER_K: "2.5",
    DATATASKER_HOSTS: "sales.example, [fd00::1]",
    DATATASKER_LOG_LEVEL: "debug",
  }, machine);
  assert.deepEqual(config, {
    host: "0.0.0.0",
    port: 0,
    dataDir: "/srv/data",
    uploadBytesMax: 1_048_576,
    runners: 2,
    k: 2.5,
    hosts: ["sales.example", "[fd00::1]"],
    logLevel: "debug",
  });
});

Deno.test("all faults are told at once, each with rule and value", () => {
  const faults = faultsOf({
    DATATASKER_PORT: "http",
    DATATASKER_RUNNERS: "0",
    DATATASKER_K: "-1",
    DATATASKER_HOSTS: "http://sales.example",
    DATATASKER_LOG_LEVEL: "loud",
    DATATASKER_UPLOAD_MAX: "5",
  });
  assert.equal(faults.length, 6);
  assert.match(faults.join("\n"), /DATATASKER_PORT=http must be a whole number from 0 to 65535/);
});

Deno.test("an unknown name is refused with the nearest one", () => {
  assert.deepEqual(faultsOf({ DATATASKER_PROT: "1" }), [
    "DATATASKER_PROT is not known. Did you mean DATATASKER_PORT?",
  ]);
  assert.deepEqual(faultsOf({ DATATASKER_COLOUR_SCHEME: "1" }), [
    "DATATASKER_COLOUR_SCHEME is not known.",
  ]);
});

Deno.test("what Kubernetes injects for a Service called datatasker is ignored", () => {
  const config = parseConfig({
    DATATASKER_SERVICE_HOST: "10.0.0.11",
    DATATASKER_SERVICE_PORT: "80",
    DATATASKER_SERVICE_PORT_HTTP: "80",
    DATATASKER_PORT: "tcp://10.0.0.11:80",
    DATATASKER_PORT_80_TCP: "tcp://10.0.0.11:80",
    DATATASKER_PORT_80_TCP_PROTO: "tcp",
    DATATASKER_PORT_80_TCP_PORT: "80",
    DATATASKER_PORT_80_TCP_ADDR: "10.0.0.11",
  }, machine);
  assert.equal(config.port, 8000);
});

Deno.test("names of other programs are none of ours", () => {
  assert.deepEqual(faultsOf({ PATH: "/bin", DATATASK: "1" }), []);
});

Deno.test("the README's table lists every variable", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  assert.deepEqual(CONFIG_NAMES.filter((name) => !readme.includes(`\`${name}\``)), []);
});
