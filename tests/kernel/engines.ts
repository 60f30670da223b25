/** Runs a case with one engine, and compares what two engines came to. */
import type { Engine } from "../../src/pipeline/run/engine.ts";
import type { Scratch } from "../../src/pipeline/run/scratch.ts";
import { expectation } from "../property/expectation.ts";
import { type Run, runInMemory } from "../property/memory_run.ts";
import type { TestCase } from "../property/test_case.ts";

const SHOWN_LENGTH_MAX = 4_000;

/** The line of the header; undefined if the case's limits leave no room for one. */
export function headerLineOf(testCase: TestCase): number | null | undefined {
  return expectation(testCase).run?.headerLine;
}

export function runWhole(
  testCase: TestCase,
  headerLine: number | null,
  engine: Engine,
  scratch?: Scratch,
): Promise<Run> {
  return runInMemory(testCase, headerLine, { name: "whole", next: () => 1 << 30 }, engine, scratch);
}

/** Scratch with so much room. */
export class MemoryScratch implements Scratch {
  readonly #bytesMax: number;
  #bytes = new Uint8Array();

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  append(bytes: Uint8Array): number | null {
    const position = this.#bytes.length;
    if (position + bytes.length > this.#bytesMax) return null;
    const all = new Uint8Array(position + bytes.length);
    all.set(this.#bytes);
    all.set(bytes, position);
    this.#bytes = all;
    return position;
  }

  read(position: number, target: Uint8Array): void {
    target.set(this.#bytes.subarray(position, position + target.length));
  }
}

/** The first artifact that differs, in both forms; null if none does. */
export function firstDifference(plain: Run, other: Run): string | null {
  for (const kind of ["summary", "anomalies", "rejects", "cleaned", "report"] as const) {
    const [right, found] = [textOf(plain, kind), textOf(other, kind)];
    if (right !== found) return `${kind}:\n  plain ${shown(right)}\n  found ${shown(found)}`;
  }
  return null;
}

/** Which engine a run says it was. */
export function engineOf({ artifacts }: Run): string {
  return JSON.parse(new TextDecoder().decode(artifacts.report)).run.engine;
}

function textOf({ artifacts }: Run, kind: keyof Run["artifacts"]): string {
  const bytes = artifacts[kind];
  if (bytes === undefined) return "(none)";
  const text = new TextDecoder().decode(bytes);
  if (kind !== "report") return text;
  const { run: _run, ...report } = JSON.parse(text);
  return JSON.stringify(report);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, SHOWN_LENGTH_MAX));
}
