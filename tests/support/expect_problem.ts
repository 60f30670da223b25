/** Checks that a response is a problem document as promised, and returns it. */
import assert from "node:assert/strict";
import type { ProblemFault } from "../../src/routes/problem.ts";

export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  errors?: ProblemFault[];
}

export async function expectProblem(
  response: Response,
  status: number,
  code: string,
): Promise<ProblemDocument> {
  const text = await response.text();
  assert.equal(response.status, status, text);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  const document: ProblemDocument = JSON.parse(text);
  assert.equal(document.type, `/problems/${code}`);
  assert.equal(document.status, status);
  for (const key of ["title", "detail", "instance"] as const) assert.ok(document[key], key);
  assert.doesNotMatch(text, /\/tmp\/|datatasker_test_|\.ts\b/, "no path of the server");
  return document;
}
