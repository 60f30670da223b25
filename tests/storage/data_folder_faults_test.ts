import assert from "node:assert/strict";
import { QUEUE_FREE_BYTES_MIN } from "../../src/domain/limits.ts";
import { dataFolderFaults } from "../../src/storage/data_folder_faults.ts";
import { openService } from "../support/service.ts";

Deno.test("a data folder with all its folders and room has no faults", async () => {
  await using service = await openService();
  assert.deepEqual(await dataFolderFaults(service.paths, () => Promise.resolve(2 ** 40)), []);
  const unknown = () => Promise.reject(new Error("not permitted"));
  assert.deepEqual(await dataFolderFaults(service.paths, unknown), []);
});

Deno.test("absent folders and a nearly full disk are all told", async () => {
  await using service = await openService();
  await Deno.remove(service.paths.uploads);
  await Deno.remove(service.paths.inputs);
  await Deno.writeTextFile(service.paths.inputs, "no folder");
  const faults = await dataFolderFaults(
    service.paths,
    () => Promise.resolve(QUEUE_FREE_BYTES_MIN - 1),
  );
  assert.deepEqual(faults.map((fault) => /uploads|inputs|full/.exec(fault)?.[0]), [
    "uploads",
    "inputs",
    "full",
  ]);
});

Deno.test("uploads at the same time make their folders again when somebody removed them", async () => {
  await using service = await openService();
  await Deno.remove(service.paths.uploads);
  await Deno.remove(service.paths.inputs);
  const ids = await Promise.all([service.accept(), service.accept(), service.accept()]);
  assert.deepEqual(service.files(), ids.map((id) => `inputs/${id}.csv`).sort());
  assert.equal((await Deno.stat(service.paths.inputs)).mode! & 0o777, 0o700);
});
