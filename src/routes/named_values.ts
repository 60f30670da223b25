/** Parsing what came as name=value: queries and form fields, every fault at once. */
import type { z } from "zod";
import { ECHO_LENGTH_MAX } from "../domain/limits.ts";
import { nearest } from "../domain/nearest.ts";
import { Problem, type ProblemFault } from "./problem.ts";

/**
 * Check names and values against a schema of texts.
 *
 * @param entries in the order in which they came; each name of the schema may come at most once
 * @throws {Problem} `bad-option` with one entry in `errors` per fault: unknown (with the nearest name), repeated, bad
 */
export function parseNamedValues<S extends z.ZodObject>(
  schema: S,
  entries: Iterable<readonly [name: string, value: string]>,
): z.output<S> {
  const names = Object.keys(schema.shape);
  const given = new Map<string, string>();
  const errors: ProblemFault[] = [];
  for (const [name, value] of entries) {
    const fault = (code: string, detail: string) =>
      errors.push({ code, field: name.slice(0, ECHO_LENGTH_MAX), value: echo(value), detail });
    if (!names.includes(name)) {
      const near = nearest(name, names);
      const cure = near === null ? `Known are ${names.join(", ")}.` : `Did you mean ${near}?`;
      fault("unknown-option", `${echo(name)} is not known. ${cure}`);
    } else if (given.has(name)) {
      fault("repeated-option", `${name} is given more than once. Give it once.`);
    } else given.set(name, value);
  }
  const parsed = schema.safeParse(Object.fromEntries(given));
  for (const issue of parsed.error?.issues ?? []) {
    const field = String(issue.path[0]);
    const value = echo(given.get(field) ?? "");
    errors.push({
      code: "bad-option",
      field,
      value,
      // One that ends in "did you mean completed?" is a whole sentence already.
      detail: `${field}=${value} ${issue.message}${issue.message.endsWith("?") ? "" : "."}`,
    });
  }
  if (!parsed.success || errors.length > 0) {
    throw new Problem("bad-option", errors.map((fault) => fault.detail).join(" "), { errors });
  }
  return parsed.data;
}

function echo(text: string): string {
  return text.length > ECHO_LENGTH_MAX ? `${text.slice(0, ECHO_LENGTH_MAX)}…` : text;
}
