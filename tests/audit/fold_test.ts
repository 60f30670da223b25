import assert from "node:assert/strict";
import fc from "fast-check";
import { type Claim, LostClaimError } from "../../src/audit/ledger.ts";
import { Sqlite } from "../../src/audit/sqlite.ts";
import { fold, verifyLedger } from "../../src/audit/verify.ts";
import type { TaskError } from "../../src/domain/errors.ts";
import { LIFECYCLE } from "../../src/domain/lifecycle.ts";
import { OPTION_DEFAULTS } from "../../src/domain/options.ts";
import { parentFrom } from "../../src/domain/parent.ts";
import { isFinal } from "../../src/domain/task.ts";
import {
  SAMPLE_MARKS,
  sampleProgress,
  sampleReceipt,
  sampleResult,
} from "../support/task_samples.ts";
import { type OpenedLedger, withLedger } from "./temp_database.ts";

const SEED = 20260105;
const RUNS = 40;

const error = fc.record({
  code: fc.constantFrom<TaskError["code"]>("disk-full", "runner-crashed", "no-valid-rows"),
  message: fc.string({ unit: "binary" }),
  line: fc.option(fc.nat(), { nil: undefined }),
});

/** What somebody does to the ledger. `which` picks one of the claims ever made, lost ones among them. */
const action = fc.oneof(
  fc.record({
    do: fc.constant("receive" as const),
    filename: fc.string({ unit: "binary", maxLength: 30 }),
    k: fc.double({ min: 0, max: 100, noNaN: true }),
    again: fc.boolean(),
  }),
  fc.record({ do: fc.constant("claim" as const) }),
  fc.record({ do: fc.constant("claim" as const) }),
  fc.record({ do: fc.constant("beat" as const), which: fc.nat() }),
  fc.record({
    do: fc.constant("complete" as const),
    which: fc.nat(),
    rejected: fc.nat(9),
    mean: fc.double({ noNaN: true, noDefaultInfinity: true }),
    marked: fc.boolean(),
  }),
  fc.record({
    do: fc.constant("fail" as const),
    which: fc.nat(),
    error,
    measured: fc.boolean(),
    evidence: fc.option(fc.string({ unit: "binary" }), { nil: undefined }),
  }),
  fc.record({
    do: fc.constant("retry" as const),
    which: fc.nat(),
    error,
    waitMs: fc.nat(120_000),
    crash: fc.boolean(),
  }),
  fc.record({ do: fc.constant("release" as const), which: fc.nat() }),
  fc.record({ do: fc.constant("delete" as const), which: fc.nat() }),
  fc.record({ do: fc.constant("clock" as const), byMs: fc.integer({ min: -9e6, max: 9e6 }) }),
);

type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

async function perform({ ledger, queries, system }: OpenedLedger, claims: Claim[], act: Action) {
  // Small numbers are drawn most often: mostly the newest claim, sometimes one that is long lost.
  const claim = "which" in act ? claims.at(-1 - act.which % claims.length) : undefined;
  if (claim === undefined && "which" in act) return;
  switch (act.do) {
    case "receive": {
      const options = { ...OPTION_DEFAULTS, k: act.k };
      const { filename } = act;
      const tasks = act.again ? await queries.tasks({ limit: 100, before: null }) : [];
      const parent = tasks.map(({ task }) => parentFrom(task)).find((found) => found !== null);
      return await ledger.receive(sampleReceipt(system.newId(), { filename, options, parent }));
    }
    case "claim": {
      const got = await ledger.claim("c1");
      if (got !== null) claims.push(got);
      return;
    }
    case "beat":
      return await ledger.heartbeat(claim!, sampleProgress(act.which));
    case "complete": {
      const result = sampleResult(claim!.task.id, claim!.fence, act.rejected);
      result.statistics.mean = act.mean;
      if (act.marked) result.decimal_mark = SAMPLE_MARKS;
      return await ledger.complete(claim!, result);
    }
    case "fail": {
      const result = act.measured ? sampleResult(claim!.task.id, claim!.fence, 10) : null;
      return await ledger.fail(claim!, act.error, result, act.evidence);
    }
    case "retry":
      return await ledger.scheduleRetry(claim!, act.error, act);
    case "release":
      return await ledger.release({ ...claim!, taskId: claim!.task.id }, "consumer-lost");
    case "delete":
      return await ledger.delete(claim!.task.id);
    case "clock":
      return system.setClock(act.byMs);
  }
}

Deno.test(`whatever is done, tasks equal the folds of their events (seed ${SEED}, ${RUNS} runs)`, async () => {
  const seen = new Set<string>();
  let parents = 0;
  const story = fc.asyncProperty(
    fc.array(action, { minLength: 20, maxLength: 40 }),
    (actions) =>
      withLedger(async (opened) => {
        const claims: Claim[] = [];
        for (let i = 0; i < 3; i++) {
          await opened.ledger.receive(sampleReceipt(opened.system.newId()));
        }
        for (const act of actions) {
          try {
            await perform(opened, claims, act);
          } catch (refusal) {
            // What can't be done any more is refused; anything else is a fault.
            if (
              !(refusal instanceof LostClaimError || refusal instanceof RangeError)
            ) throw refusal;
          }
        }
        const { queries, path } = opened;
        for (const { task } of await queries.tasks({ limit: 100, before: null })) {
          const events = await queries.events(task.id, { after: 0, limit: 100 });
          assert.deepEqual(fold(task.id, events), task);
          for (const { type } of events) seen.add(type);
          if (task.parent !== null) parents++;
          const ends = events.filter(({ type }) => /completed|failed/.test(type));
          assert.equal(ends.length, isFinal(task.state) ? 1 : 0);
        }
        const sqlite = new Sqlite(path);
        try {
          assert.deepEqual(await verifyLedger(sqlite), []);
        } finally {
          sqlite.close();
        }
      }),
  );
  await fc.assert(story, { seed: SEED, numRuns: RUNS });
  assert.ok(parents > 5, `only ${parents} tasks have parents`);
  const unseen = Object.keys(LIFECYCLE).filter((type) => !seen.has(type));
  assert.deepEqual(unseen, ["task.cancel_requested", "task.cancelled"], "all that a ledger can do");
});
