/** The oracle's word on a case. */
import { consult, type Refusal, type Verdict } from "../oracle/oracle.ts";
import { sha256 } from "../oracle/artifacts.ts";
import type { TestCase } from "./test_case.ts";

/** What all tasks of these tests are called. */
export const TASK_ID = "01980000-0000-7000-8000-000000000000";
export const SOFTWARE_VERSION = "0.0.0-test";
export const FILENAME = 'Ümsätze "Q3".csv';

export interface Expectation {
  /** Of the intake check, which knows the product's own limits only. */
  intake: Refusal | { headerLine: number | null };
  /** Of the pipeline under the case's limits; null if they leave no room for the header. */
  run: Verdict | null;
}

/** What the case must come to. */
export function expectation({ bytes, options, limits, dialect }: TestCase): Expectation {
  const spec = {
    taskId: TASK_ID,
    filename: FILENAME,
    sha256: sha256(bytes),
    options,
    softwareVersion: SOFTWARE_VERSION,
    dialect,
  };
  const intake = consult(bytes, spec);
  const run = Object.keys(limits).length === 0 ? intake : consult(bytes, { ...spec, limits });
  return { intake, run: "artifacts" in run ? run : null };
}
