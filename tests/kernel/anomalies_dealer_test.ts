/** Who makes the rows of the anomalies in which segments: threads end together if the one that puts all of them out makes fewer. */
import assert from "node:assert/strict";
import { AnomaliesDealer } from "../../src/pipeline/kernel/anomalies_dealer.ts";
import type { Crew, CrewWork } from "../../src/pipeline/kernel/crew.ts";
import { OrderedResults, SELF } from "../../src/pipeline/kernel/ordered_results.ts";
import type { DoneSegment, SegmentAnomalies } from "../../src/pipeline/kernel/share.ts";

const STATISTICS = { n: 9, mean: 1, sd: 1, threshold: 3, k: 2 };
const FOUND: DoneSegment = {
  start: 0,
  to: 1,
  candidates: { start: null, endOffset: 1, bound: 0, parts: [], accepted: 0 },
};

/**
 * Deals out segments of which each thread of a crew, and this one, did as many, all of one thread next to each other; who then has them, SELF or
 * a member.
 *
 * @param isInMemory whether what this thread found in a segment can be handed over
 */
function dealt(members: number, segments: number, isInMemory = true): number[] {
  const done = Array.from({ length: segments }, (_, index) => {
    const member = Math.floor(index * (members + 1) / segments) - 1;
    return { start: index, to: index + 1, member, linesBefore: 10 * index };
  });
  const has = new Array<number>(segments).fill(SELF);
  const crew: Crew = {
    size: members,
    ask(member, _task, order) {
      for (const { index, lines } of (order as CrewWork["detect"]["order"]).segments) {
        assert.equal(lines, 10 * index);
        has[index] = member;
      }
      return new Promise(() => {});
    },
    answers: () => Promise.resolve(),
  };
  const own = { handOver: () => isInMemory ? FOUND : null };
  const results = new OrderedResults<SegmentAnomalies>(members);
  const dealer = new AnomaliesDealer(crew, own, done, STATISTICS, results);
  for (let to = 0; to <= segments; to += 5) dealer.ask(to);
  assert.equal(dealer.asked, segments);
  assert.deepEqual(done.map(({ member }) => member), has, "told who has them");
  return has;
}

function kept(has: number[]): number {
  return has.filter((member) => member === SELF).length;
}

Deno.test("beside one other thread this one keeps the first segment and about a third of its own", () => {
  const has = dealt(1, 80);
  assert.equal(has[0], SELF);
  assert.ok(kept(has) >= 12 && kept(has) <= 16, `${kept(has)} of 40`);
});

Deno.test("beside more threads it keeps the first only, and all others get as many", () => {
  const has = dealt(3, 80);
  assert.deepEqual([has[0], kept(has)], [SELF, 1]);
  for (const member of [0, 1, 2]) {
    const count = has.filter((one) => one === member).length;
    assert.ok(count >= 24 && count <= 29, `${count}`);
  }
});

Deno.test("what was found in a segment and isn't in memory stays where it is", () => {
  assert.equal(kept(dealt(2, 90, false)), 30);
});
