/** Talking to the service: JSON in and out, and its refusals as errors. */

/** A service that is silent for so long counts as gone. */
const ANSWER_MS_MAX = 10_000;

/** A refusal in the service's words (RFC 9457), which say what to do; `sentences` has one per finding. */
export class Refusal extends Error {
  constructor(status, problem) {
    const said = [problem?.title, problem?.detail].filter((part) => typeof part === "string");
    super(said.length > 0 ? said.join(". ") : `The service answered with status ${status}.`);
    this.status = status;
    const findings = Array.isArray(problem?.errors) ? problem.errors : [];
    this.sentences = findings.length > 0
      ? findings.map((finding) => finding.detail)
      : [this.message];
    this.line = findings.find((finding) => finding.line !== undefined)?.line;
  }
}

/**
 * What the service answers at `path`, as JSON.
 *
 * @throws {Refusal} it refused
 * @throws {Error} it did not answer
 */
export async function call(path, init) {
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  const response = await fetch(path, { cache: "no-store", signal, ...init });
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new Refusal(response.status, body);
  return body;
}
