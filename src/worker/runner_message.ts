/**
 * Checks what a runner says. A runner that some file turned against us could say anything, so what it says is input,
 * and its shape is checked here.
 */
import { z } from "zod";
import { type Artifact, ARTIFACT_KINDS, type ArtifactKind } from "../domain/artifact.ts";
import { DECIDED_BY } from "../domain/decided_mark.ts";
import { TASK_ERROR_CODES } from "../domain/errors.ts";
import { DECIMAL_MARKS } from "../domain/options.ts";
import { REJECT_CODES, SKIP_KINDS, WARNING_CODES } from "../domain/report.ts";
import { NUMBER_FIELDS } from "../pipeline/number/number_format.ts";
import type { RunnerMessage } from "./protocol.ts";

const count = z.int().nonnegative();
const statistic = z.number().nullable();

const progress = z.object({
  stage: z.enum(["aggregate", "detect", "write"]),
  bytes_read: count,
  bytes_total: count,
  rows_read: count,
  rows_rejected: count,
});

const artifact = z.object({
  kind: z.enum(ARTIFACT_KINDS),
  path: z.string(),
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  rows: count.nullable(),
});

const result = z.object({
  counts: z.object({
    rows_total: count,
    rows_accepted: count,
    rows_rejected: count,
    rows_skipped: count,
    regions: count,
    anomalies: count,
    rejected_by_code: z.partialRecord(z.enum(REJECT_CODES), count),
    skipped_by_kind: z.partialRecord(z.enum(SKIP_KINDS), count),
  }),
  statistics: z.object({
    n: count,
    mean: statistic,
    sd: statistic,
    k: z.number(),
    threshold: statistic,
  }),
  warnings: z.array(z.object({ code: z.enum(WARNING_CODES), message: z.string() })),
  decimal_mark: z.partialRecord(
    z.enum(NUMBER_FIELDS),
    z.object({ mark: z.enum(DECIMAL_MARKS), decided_by: z.enum(DECIDED_BY) }),
  ).optional(),
  artifacts: z.array(artifact),
});

const error = z.object({
  code: z.enum(TASK_ERROR_CODES),
  message: z.string(),
  line: count.optional(),
  record: count.optional(),
});

const message = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  z.object({ type: z.literal("progress"), progress }),
  z.object({ type: z.literal("finished"), result }),
  z.object({ type: z.literal("refused"), error, result }),
  z.object({ type: z.literal("broke"), code: z.enum(TASK_ERROR_CODES), message: z.string() }),
  z.object({ type: z.literal("stopped") }),
]) satisfies z.ZodType<RunnerMessage>;

/**
 * A line of a runner as a message.
 *
 * @throws {SyntaxError} if it isn't JSON
 * @throws {TypeError} if it isn't a message of the protocol, naming the part that is wrong
 */
export function parseRunnerMessage(line: string): RunnerMessage {
  const parsed = message.safeParse(JSON.parse(line));
  if (parsed.success) return parsed.data;
  const { path, message: reason } = parsed.error.issues[0];
  throw new TypeError(`at ${path.join(".") || "the whole line"}: ${reason}`);
}

/**
 * Checks the kinds of what a runner made: each at most once, and each that it had to make. The rest is checked where it is
 * published, against the files.
 *
 * @param required what a completed task has; empty of a failed one
 * @throws {TypeError} naming the kind that is wrong
 */
export function checkArtifacts(
  artifacts: readonly Artifact[],
  required: readonly ArtifactKind[],
): void {
  for (const kind of ARTIFACT_KINDS) {
    const times = artifacts.filter((artifact) => artifact.kind === kind).length;
    if (times > 1) throw new TypeError(`the artifact ${kind} comes ${times} times`);
    if (times === 0 && required.includes(kind)) {
      throw new TypeError(`the artifact ${kind} is missing`);
    }
  }
}
