import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { artifactSinks } from "../../src/worker/artifact_sinks.ts";

const TASK = "019b8d00-0000-7000-8000-000000000001";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

Deno.test("an artifact has the bytes that were written, and their size and hash are told", () =>
  inFolder(async (folder) => {
    const sinks = artifactSinks(folder, TASK);
    const sink = await sinks.open("summary");
    const buffer = bytesOf("region\n");
    await sink.write(buffer);
    buffer.fill(0); // The caller may use it again.
    await sink.write(bytesOf("Østfold\n"));
    const { bytes, sha256 } = await sink.close();
    await sinks.settle();
    const file = await Deno.readFile(`${folder}/summary_${TASK}.csv`);
    assert.deepEqual(file, bytesOf("region\nØstfold\n"));
    assert.equal(bytes, file.length);
    assert.equal(sha256, createHash("sha256").update(file).digest("hex"));
  }));

Deno.test("a large artifact, of which parts are synced while others come, is whole", () =>
  inFolder(async (folder) => {
    const sinks = artifactSinks(folder, TASK);
    const sink = await sinks.open("rejects");
    const hash = createHash("sha256");
    for (let part = 0; part < 20; part++) {
      const bytes = new Uint8Array(1 << 20).fill(part);
      hash.update(bytes);
      await sink.write(bytes);
    }
    const sha256 = hash.digest("hex");
    assert.deepEqual(await sink.close(), { bytes: 20 << 20, sha256 });
    await sinks.settle();
    const file = await Deno.readFile(`${folder}/rejects_${TASK}.csv`);
    assert.equal(createHash("sha256").update(file).digest("hex"), sha256);
  }));

Deno.test("an artifact that is begun anew has only what is written from then on", () =>
  inFolder(async (folder) => {
    const sinks = artifactSinks(folder, TASK);
    const sink = await sinks.open("rejects");
    await sink.write(new Uint8Array(5 << 20)); // a sync of it is under way
    await sink.beginAnew();
    await sink.write(bytesOf("a,b\n"));
    const sha256 = createHash("sha256").update("a,b\n").digest("hex");
    assert.deepEqual(await sink.close(), { bytes: 4, sha256 });
    await sinks.settle();
    assert.equal(await Deno.readTextFile(`${folder}/rejects_${TASK}.csv`), "a,b\n");
  }));

Deno.test("an artifact without bytes is an empty file", () =>
  inFolder(async (folder) => {
    const sinks = artifactSinks(folder, TASK);
    const { bytes } = await (await sinks.open("report")).close();
    await sinks.settle();
    assert.equal(bytes, 0);
    assert.equal((await Deno.stat(`${folder}/report_${TASK}.json`)).size, 0);
  }));

Deno.test("what a broken run left open is freed too, and settling twice is harmless", () =>
  inFolder(async (folder) => {
    const sinks = artifactSinks(folder, TASK);
    await (await sinks.open("rejects")).write(bytesOf("x"));
    await (await sinks.open("anomalies")).close();
    await sinks.settle();
    await sinks.settle();
  }));

Deno.test("a sink is opened once and closed once", () =>
  inFolder(async (folder) => {
    const sinks = artifactSinks(folder, TASK);
    const sink = await sinks.open("summary");
    await assert.rejects(sinks.open("summary"), RangeError);
    await sink.close();
    assert.throws(() => sink.close(), RangeError);
    await sinks.settle();
  }));

Deno.test("a file that is there already isn't written over", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/summary_${TASK}.csv`, "kept");
    await assert.rejects(artifactSinks(folder, TASK).open("summary"), Deno.errors.AlreadyExists);
  }));
