import assert from "node:assert/strict";
import { completedKinds } from "../../src/domain/artifact.ts";
import { checkArtifacts, parseRunnerMessage } from "../../src/worker/runner_message.ts";
import { SAMPLE_MARKS, sampleResult } from "../support/task_samples.ts";

const result = sampleResult("0198c0de-0000-7000-8000-00000000000a", 1);
const { artifacts } = result;

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

Deno.test("decimal marks come with a result or don't, and only of fields, marks and reasons that there are", () => {
  const finished = (decimal_mark?: unknown) =>
    JSON.stringify({ type: "finished", result: { ...result, decimal_mark } });
  const parsed = (line: string) => {
    const message = parseRunnerMessage(line);
    return "result" in message ? message.result.decimal_mark : null;
  };
  assert.equal(parsed(finished()), undefined);
  assert.deepEqual(parsed(finished(SAMPLE_MARKS)), SAMPLE_MARKS);
  for (
    const wrong of [
      null,
      [],
      { region: SAMPLE_MARKS.revenue },
      { revenue: { mark: ";", decided_by: "values" } },
      { revenue: { mark: ",", decided_by: "chance" } },
      { revenue: { mark: "," } },
    ]
  ) assert.throws(() => parseRunnerMessage(finished(wrong)), /result\.decimal_mark/);
});
