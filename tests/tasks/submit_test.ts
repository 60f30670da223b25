import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { OPTION_DEFAULTS } from "../../src/domain/options.ts";
import { InputError, OperatingError } from "../../src/domain/errors.ts";
import { submit, type SubmitParts, type Upload } from "../../src/tasks/submit.ts";
import { openService, SALES_CSV } from "../support/service.ts";

const encoder = new TextEncoder();

function uploadOf(...chunks: string[]): Upload {
  // One buffer for all chunks, as bodies are read: whoever keeps a chunk sees it change.
  const buffer = new Uint8Array(4096);
  async function* bytes() {
    for (const chunk of chunks) {
      buffer.fill(0);
      yield buffer.subarray(0, encoder.encodeInto(chunk, buffer).written);
      await Promise.resolve();
    }
  }
  return {
    bytes: bytes(),
    terms: () =>
      Promise.resolve({ filename: "q3.csv", options: OPTION_DEFAULTS, hints: {}, parent: null }),
  };
}

Deno.test("a submitted task is queued, and its input holds the bytes that were hashed", async () => {
  await using service = await openService();
  const task = await submit(service.parts, uploadOf(SALES_CSV.slice(0, 30), SALES_CSV.slice(30)));
  assert.equal(task.state, "queued");
  assert.equal(task.filename, "q3.csv");
  assert.equal(task.input.bytes, SALES_CSV.length);
  assert.equal(task.input.sha256, createHash("sha256").update(SALES_CSV).digest("hex"));
  assert.deepEqual(task.input.dialect, { encoding: "utf-8", delimiter: ",", header_line: 1 });
  assert.equal(await Deno.readTextFile(service.paths.input(task.id)), SALES_CSV);
  assert.deepEqual((await service.parts.queries.task(task.id))?.task, task);
});

Deno.test("a task is on disk before the ledger accepts it, and accepted before the doorbell rings", async () => {
  await using service = await openService();
  const { parts } = service;
  const steps: string[] = [];
  const watched: SubmitParts = {
    ...parts,
    ledger: new Proxy(parts.ledger, {
      get: (ledger, name) =>
        name !== "receive" ? Reflect.get(ledger, name) : async (
          ...args: Parameters<typeof ledger.receive>
        ) => {
          assert.deepEqual(service.files(), [`inputs/${args[0].id}.csv`]);
          const task = await ledger.receive(...args);
          steps.push("received");
          return task;
        },
    }),
    queue: {
      ...parts.queue,
      ring: () => {
        steps.push("rung");
        return Promise.resolve();
      },
    },
  };
  await submit(watched, uploadOf(SALES_CSV));
  assert.deepEqual(steps, ["received", "rung"]);
});

Deno.test("a doorbell that can't be rung, or never answers, harms no submission", async () => {
  await using service = await openService();
  const dead = { ...service.parts.queue, ring: () => Promise.reject(new Error("out of reach")) };
  const mute = { ...service.parts.queue, ring: () => new Promise<void>(() => {}) };
  for (const queue of [dead, mute]) {
    const task = await submit({ ...service.parts, queue }, uploadOf(SALES_CSV));
    assert.equal(task.state, "queued");
  }
  assert.equal(service.log.filter((line) => line.includes("queue.ring_failed")).length, 1);
});

Deno.test("a ledger that refuses leaves no file behind", async () => {
  await using service = await openService();
  const ledger = new Proxy(service.parts.ledger, {
    get: (ledger, name) =>
      name === "receive"
        ? () => Promise.reject(new OperatingError("disk-full", "full"))
        : Reflect.get(ledger, name),
  });
  await assert.rejects(
    submit({ ...service.parts, ledger }, uploadOf(SALES_CSV)),
    { name: "OperatingError" },
  );
  assert.deepEqual(service.files(), []);
  assert.deepEqual(service.rings, []);
});

Deno.test("terms that are refused after the bytes leave no file and no task behind", async () => {
  await using service = await openService();
  const upload: Upload = {
    ...uploadOf(SALES_CSV),
    terms: () => Promise.reject(new RangeError("k")),
  };
  await assert.rejects(submit(service.parts, upload), RangeError);
  assert.deepEqual(service.files(), []);
  assert.deepEqual(await service.parts.queries.tasks({ limit: 10, before: null }), []);
});

Deno.test("bytes that break off leave no file behind", async () => {
  await using service = await openService();
  async function* broken() {
    yield encoder.encode(SALES_CSV);
    await Promise.resolve();
    throw new Error("gone");
  }
  await assert.rejects(submit(service.parts, { ...uploadOf(), bytes: broken() }), /gone/);
  assert.deepEqual(service.files(), []);
});

Deno.test("an upload of exactly the limit is accepted, one byte more is too large", async () => {
  await using service = await openService({ settings: { uploadBytesMax: SALES_CSV.length } });
  assert.equal((await submit(service.parts, uploadOf(SALES_CSV))).state, "queued");
  const before = service.files();
  await assert.rejects(submit(service.parts, uploadOf(SALES_CSV, "\n")), (error) => {
    assert.ok(error instanceof InputError);
    assert.equal(error.faults[0].code, "too-large");
    return true;
  });
  assert.deepEqual(service.files(), before);
});

Deno.test("a refused upload stops being read", async () => {
  await using service = await openService();
  let isStopped = false;
  async function* endless() {
    try {
      yield encoder.encode("a,b\n1,2\n");
      for (;;) yield encoder.encode("1,2\n");
    } finally {
      isStopped = true;
      await Promise.resolve();
    }
  }
  await assert.rejects(submit(service.parts, { ...uploadOf(), bytes: endless() }), InputError);
  assert.ok(isStopped);
});
