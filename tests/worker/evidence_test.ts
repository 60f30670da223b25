import assert from "node:assert/strict";
import { RUNNER_EVIDENCE_BYTES_MAX } from "../../src/domain/limits.ts";
import { describeEnd, LastWords } from "../../src/worker/evidence.ts";

function said(...texts: string[]): LastWords {
  const words = new LastWords();
  for (const text of texts) words.add(new TextEncoder().encode(text));
  return words;
}

Deno.test("the last words are the tail of what was said", () => {
  assert.equal(said("one\n", "two\n").text(), "one\ntwo");
  const long = said("lost", "x".repeat(RUNNER_EVIDENCE_BYTES_MAX - 3), "end").text();
  assert.equal(long.length, RUNNER_EVIDENCE_BYTES_MAX);
  assert.match(long, /^x+end$/);
});

Deno.test("a tail that begins in the middle of a character is still text", () => {
  const text = said("🌍".repeat(RUNNER_EVIDENCE_BYTES_MAX / 4) + "end").text();
  assert.ok(text.isWellFormed());
  assert.match(text, /end$/);
});

Deno.test("folders of the server aren't evidence, file names and positions are", () => {
  assert.equal(
    said("Error: boom\n  at run (file:///srv/app/src/pipeline/parse/parse.ts:10:5)\n").text(),
    "Error: boom\n  at run (parse.ts:10:5)",
  );
  assert.equal(said(`open '/var/lib/data/inputs/0198.csv'`).text(), "open '0198.csv'");
  assert.equal(said("3 / 4 and/or 1e3").text(), "3 / 4 and/or 1e3");
});

Deno.test("what was said before is forgotten when cleared", () => {
  const words = said("earlier");
  words.clear();
  assert.equal(words.text(), "");
});

Deno.test("an end is told by signal or exit code", () => {
  assert.equal(
    describeEnd({ success: false, code: 137, signal: "SIGKILL" }),
    "The runner was ended by SIGKILL.",
  );
  assert.equal(
    describeEnd({ success: false, code: 3, signal: null }),
    "The runner ended with exit code 3.",
  );
});
