/** How much may be done ahead follows what segments came to. */
import assert from "node:assert/strict";
import { WaitingBytes } from "../../src/pipeline/kernel/waiting_bytes.ts";

Deno.test("as long as segments come to little, as many as are wanted may be done ahead", () => {
  const waiting = new WaitingBytes(1_000);
  assert.equal(waiting.limit(6), 6);
  waiting.weigh(0);
  assert.equal(waiting.limit(6), 6);
  waiting.weigh(100);
  assert.equal(waiting.limit(6), 6);
});

Deno.test("where a segment came to much, only as many may be done as there is room for, and never none", () => {
  const waiting = new WaitingBytes(1_000);
  waiting.weigh(300);
  assert.equal(waiting.limit(6), 3);
  waiting.weigh(5_000);
  assert.equal(waiting.limit(6), 1);
  assert.equal(new WaitingBytes(0).limit(6), 1);
});

Deno.test("a large segment is forgotten by and by when those behind it are small", () => {
  const waiting = new WaitingBytes(1_000);
  waiting.weigh(1_000);
  waiting.weigh(1);
  assert.equal(waiting.limit(6), 1);
  for (let i = 0; i < 30; i++) waiting.weigh(1);
  assert.equal(waiting.limit(6), 6);
});
