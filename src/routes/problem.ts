/**
 * Problem documents (RFC 9457): the only way in which an error is told to a client.
 *
 * A handler throws a `Problem`, or lets an error of the domain pass; the app's one error handler turns either into
 * a response by `problemOf` and `problemResponse`. Details are sentences that say what to do next, and show no path
 * of the server.
 */
import { InputError, OperatingError } from "../domain/errors.ts";
import { RETRY_AFTER_S } from "../domain/limits.ts";

/** Each problem by its code: the status it travels under, and its title, which never changes with the occasion. */
export const PROBLEMS = {
  "bad-option": [400, "An option can't be used"],
  "bad-form": [400, "The form can't be read"],
  "broken-body": [400, "The body broke off"],
  "foreign-origin": [403, "The request comes from a foreign web page"],
  "unknown-route": [404, "There is nothing here"],
  "unknown-task": [404, "There is no such task"],
  "no-artifact": [404, "The task has no such artifact"],
  "method-not-allowed": [405, "The method isn't allowed here"],
  "body-too-slow": [408, "The body came too slowly"],
  "not-final": [409, "The task isn't final yet"],
  "deleted": [410, "The task's files were deleted"],
  "precondition-failed": [412, "The artifact is another one"],
  "too-large": [413, "The upload is too large"],
  "compression-ratio": [413, "The upload decompresses to too much"],
  "not-csv": [415, "The upload is no CSV"],
  "unsupported-media-type": [415, "The body's type isn't supported"],
  "range-not-satisfiable": [416, "The range lies outside of the artifact"],
  "unknown-host": [421, "The service isn't known by this host name"],
  "bad-compression": [422, "The upload can't be decompressed"],
  "empty-file": [422, "The file is empty"],
  "bad-header": [422, "The header can't be read"],
  "unclear-dialect": [422, "The file's dialect can't be told"],
  "missing-column": [422, "A column is missing"],
  "duplicate-column": [422, "A column occurs more than once"],
  "ambiguous-column": [422, "Several columns could be meant"],
  "internal-error": [500, "The server failed"],
  "artifact-damaged": [500, "The artifact is damaged"],
  "draining": [503, "The service is shutting down"],
  "too-many-uploads": [503, "Too many uploads at the same time"],
  "too-many-inspections": [503, "Too many files are inspected at the same time"],
  "not-ready": [503, "The service isn't ready"],
  "disk-full": [507, "The server's disk is full"],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One finding; several make one problem. */
export interface ProblemFault {
  code: string;
  detail: string;
  line?: number;
  record?: number;
  field?: string;
  value?: string;
}

/** A refusal on its way to the client. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly errors: readonly ProblemFault[];
  readonly headers: Readonly<Record<string, string>>;

  /** @param detail what happened here and what to do about it; defaults to the details of `errors` */
  constructor(
    readonly code: ProblemCode,
    detail: string,
    more: { errors?: readonly ProblemFault[]; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.errors = more.errors ?? [];
    this.headers = more.headers ?? {};
  }

  get status(): number {
    return PROBLEMS[this.code][0];
  }
}

/** The problem that an error amounts to. What isn't known becomes `internal-error`, and tells nothing of itself. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof InputError) {
    return new Problem(error.faults[0].code, error.message, { errors: error.faults });
  }
  if (error instanceof OperatingError && error.code === "disk-full") {
    return new Problem(
      "disk-full",
      "Nothing was accepted. Try again later, or ask the operator to make room.",
      { headers: { "retry-after": String(60 * RETRY_AFTER_S) } },
    );
  }
  return new Problem(
    "internal-error",
    "The request could not be finished; the server's log has the reason. Try again, and tell the operator if it stays.",
  );
}

/** The document of a problem. @param instance the path of the request */
export function problemResponse(problem: Problem, instance: string): Response {
  const [status, title] = PROBLEMS[problem.code];
  const document = {
    type: `/problems/${problem.code}`,
    title,
    status,
    detail: problem.message,
    instance,
    ...(problem.errors.length > 0 ? { errors: problem.errors } : {}),
  };
  return new Response(JSON.stringify(document), {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...problem.headers,
    },
  });
}
