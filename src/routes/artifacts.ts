/** `/v1/tasks/{id}/artifacts`: the list and the files. */
import type { Hono } from "hono";
import { z } from "zod";
import { ARTIFACT_KINDS, isArtifactKind } from "../domain/artifact.ts";
import { nearest } from "../domain/nearest.ts";
import type { AppParts } from "./app_parts.ts";
import { findTask, requireArtifact, requireArtifacts } from "./find_task.ts";
import { methods } from "./methods.ts";
import { parseNamedValues } from "./named_values.ts";
import { Problem } from "./problem.ts";
import { sendArtifact } from "./send_artifact.ts";
import { artifactJson } from "./task_json.ts";

const artifactQuery = z.object({
  variant: z.enum(["excel"], "must be excel, or left out").optional(),
});

export function mountArtifacts(app: Hono, parts: AppParts): void {
  methods(app, "/v1/tasks/:id/artifacts", {
    GET: async (c) => {
      const { task } = await findTask(parts.queries, c.req.param("id"));
      requireArtifacts(task);
      return c.json(
        {
          artifacts: task.artifacts.map((artifact) => artifactJson(task.id, artifact)),
        },
        200,
        { "cache-control": "no-store" },
      );
    },
  });
  methods(app, "/v1/tasks/:id/artifacts/:kind", {
    GET: async (c) => {
      const { task } = await findTask(parts.queries, c.req.param("id"));
      const kind = c.req.param("kind") ?? "";
      if (!isArtifactKind(kind)) throw unknownKind(kind);
      const { variant } = parseNamedValues(artifactQuery, new URL(c.req.url).searchParams);
      if (variant === "excel" && kind === "report") {
        throw new Problem(
          "bad-option",
          "The report is JSON; variant=excel is for the CSV artifacts. Leave it out.",
        );
      }
      requireArtifacts(task);
      const artifact = requireArtifact(task, kind);
      return await sendArtifact(c, parts, { taskId: task.id, artifact, variant: variant ?? null });
    },
  });
}

function unknownKind(kind: string): Problem {
  const near = nearest(kind, ARTIFACT_KINDS);
  const cure = near === null ? `Known are ${ARTIFACT_KINDS.join(", ")}.` : `Did you mean ${near}?`;
  return new Problem("no-artifact", `There is no such kind of artifact. ${cure}`);
}
