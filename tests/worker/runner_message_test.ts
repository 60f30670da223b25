import assert from "node:assert/strict";
import { completedKinds } from "../../src/domain/artifact.ts";
import { checkArtifacts } from "../../src/worker/runner_message.ts";
import { sampleResult } from "../support/task_samples.ts";

const { artifacts } = sampleResult("0198c0de-0000-7000-8000-00000000000a", 1);

Deno.test("the cleaned rows are missing only if they were asked for", () => {
  checkArtifacts(artifacts, completedKinds({ cleaned: false }));
  const asked = completedKinds({ cleaned: true });
  assert.throws(() => checkArtifacts(artifacts, asked), /cleaned is missing/);
  checkArtifacts([...artifacts, { ...artifacts[0], kind: "cleaned" }], asked);
});

Deno.test("a failed task may lack any artifact, and none comes twice", () => {
  checkArtifacts(artifacts.slice(2), []);
  checkArtifacts([], []);
  assert.throws(() => checkArtifacts([artifacts[0], artifacts[0]], []), /summary comes 2 times/);
});
