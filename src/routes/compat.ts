/**
 * The four routes of the reference implementation (FastAPI and Celery), for clients that know nothing newer. Their
 * words and shapes are theirs; what they do is what `/v1` does.
 */
import type { Context, Hono } from "hono";
import type { ArtifactKind } from "../domain/artifact.ts";
import { isFinal, type Task, type TaskState } from "../domain/task.ts";
import type { AppParts } from "./app_parts.ts";
import { findTask, requireArtifact } from "./find_task.ts";
import { methods } from "./methods.ts";
import { Problem } from "./problem.ts";
import { sendArtifact } from "./send_artifact.ts";
import { receiveUpload } from "./upload.ts";

/** Celery's words for our states. */
const CELERY_STATUS: Record<TaskState, string> = {
  queued: "PENDING",
  running: "STARTED",
  retrying: "RETRY",
  completed: "SUCCESS",
  failed: "FAILURE",
  cancelled: "REVOKED",
};

export function mountCompat(app: Hono, parts: AppParts): void {
  for (const path of ["/upload", "/upload/"]) {
    methods(app, path, {
      POST: async (c) => {
        const task = await receiveUpload(c, parts, { formOnly: true });
        return c.json({
          message: "File uploaded successfully. Processing started.",
          task_id: task.id,
        });
      },
    });
  }
  methods(app, "/status/:id", {
    GET: async (c) => {
      const { task } = await findTask(parts.queries, c.req.param("id"));
      return c.json(
        {
          task_id: task.id,
          status: CELERY_STATUS[task.state],
          result: resultOf(task),
        },
        200,
        { "cache-control": "no-store" },
      );
    },
  });
  for (const kind of ["summary", "anomalies"] as const) {
    methods(app, `/download/${kind}/:id`, { GET: (c) => download(c, parts, kind) });
  }
}

function resultOf(task: Task): Record<string, unknown> | null {
  if (task.state === "failed") {
    return { task_id: task.id, status: "failed", error: task.error?.message ?? null };
  }
  if (task.state !== "completed") return null;
  const link = (kind: ArtifactKind) =>
    task.deleted_at === null ? `/download/${kind}/${task.id}` : null;
  return {
    task_id: task.id,
    status: "success",
    region_summary: link("summary"),
    anomalies: link("anomalies"),
    threshold: task.statistics?.threshold ?? null,
    mean_rev_per_unit: task.statistics?.mean ?? null,
    std_rev_per_unit: task.statistics?.sd ?? null,
    total_anomalies: task.counts?.anomalies ?? null,
  };
}

/** 404 whenever there is no file: these clients know no 409 and no 410. */
async function download(c: Context, parts: AppParts, kind: ArtifactKind): Promise<Response> {
  const { task } = await findTask(parts.queries, c.req.param("id"));
  if (!isFinal(task.state)) {
    throw new Problem("no-artifact", `The task is ${task.state}. Ask again when it is done.`);
  }
  if (task.deleted_at !== null) {
    throw new Problem("no-artifact", "The task's files were deleted. Upload the file again.");
  }
  const artifact = requireArtifact(task, kind);
  return await sendArtifact(c, parts, { taskId: task.id, artifact, variant: null });
}
